//! Ad-hoc SQL over the facts.

use super::{Metrics, MetricsError, session::plain};
use datafusion::{
    arrow::{
        array::RecordBatch,
        util::display::{ArrayFormatter, FormatOptions},
    },
    error::{DataFusionError, Result},
    prelude::SQLOptions,
    sql::{
        parser::{DFParser, Statement},
        sqlparser::{ast::Statement as Sql, dialect::GenericDialect},
    },
};

impl Metrics {
    /// Runs one `SELECT` over the facts by name; `cutoff` may be named as in definitions. Returns the column names and
    /// the rows as text, NULL empty. The facts hold personal data in full: what it returns is for the store's own eyes.
    ///
    /// # Errors
    /// [`MetricsError::Query`] for anything but one `SELECT`, and for what does not plan or run.
    pub fn query(&self, sql: &str) -> std::result::Result<(Vec<String>, Vec<Vec<String>>), MetricsError> {
        let bad = |error: DataFusionError| MetricsError::Query(plain(&error));
        let mut statements = DFParser::parse_sql_with_dialect(sql, &GenericDialect {}).map_err(bad)?;
        let only_select = || MetricsError::Query("只能是一条 SELECT 语句 (one SELECT statement only)".to_owned());
        let (Some(Statement::Statement(mut statement)), None) = (statements.pop_front(), statements.pop_front()) else {
            return Err(only_select());
        };
        if !matches!(*statement, Sql::Query(_)) {
            return Err(only_select());
        }
        self.session.fill_cutoff(&mut *statement);
        let state = &self.session.state;
        let plan = self.session.wait(state.statement_to_plan(Statement::Statement(statement))).map_err(bad)?;
        let options = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
        options.verify_plan(&plan).map_err(|_| only_select())?;
        let names = plan.schema().fields().iter().map(|field| field.name().clone()).collect();
        let batches = self.session.collect(&plan).map_err(bad)?;
        let mut rows = Vec::new();
        for batch in &batches {
            render(batch, &mut rows).map_err(bad)?;
        }
        Ok((names, rows))
    }
}

fn render(batch: &RecordBatch, into: &mut Vec<Vec<String>>) -> Result<()> {
    let options = FormatOptions::new().with_null("").with_timestamp_format(Some("%Y-%m-%d %H:%M:%S"));
    let columns = batch.columns().iter().map(|cells| ArrayFormatter::try_new(cells.as_ref(), &options));
    let columns = columns.collect::<std::result::Result<Vec<_>, _>>()?;
    for row in 0..batch.num_rows() {
        into.push(columns.iter().map(|cells| cells.value(row).to_string()).collect());
    }
    Ok(())
}
