//! Ad-hoc SQL over the facts.

use super::{
    Metrics, MetricsError,
    session::{Fact, plain},
};
use crate::model::ColumnKind;
use datafusion::{
    arrow::{
        array::{ArrayRef, AsArray, RecordBatch, StringArray},
        datatypes::DataType,
        util::display::{ArrayFormatter, FormatOptions},
    },
    datasource::{ViewTable, provider_as_source},
    error::{DataFusionError, Result},
    execution::SessionStateBuilder,
    logical_expr::{ColumnarValue, Expr, LogicalPlanBuilder, ScalarUDF, Volatility, cast, create_udf, ident, lit},
    prelude::{SQLOptions, SessionContext},
    scalar::ScalarValue,
    sql::{
        parser::{DFParser, Statement},
        sqlparser::{ast::Statement as Sql, dialect::GenericDialect},
    },
};
use std::sync::Arc;

impl Metrics {
    /// Runs one `SELECT` over the facts by name; `cutoff` may be named as in definitions. Returns the column names and
    /// the rows as text, NULL empty. Texts come as they leave their store and what may not leave as NULL, unless `in_full`:
    /// what it returns then is for the store's own eyes.
    ///
    /// # Errors
    /// [`MetricsError::Query`] for anything but one `SELECT`, and for what does not plan or run.
    pub fn query(
        &self,
        sql: &str,
        in_full: bool,
    ) -> std::result::Result<(Vec<String>, Vec<Vec<String>>), MetricsError> {
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
        let state = if in_full { self.session.state.clone() } else { self.masked().map_err(bad)?.state() };
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

    /// The facts under their names, as views without what is personal.
    fn masked(&self) -> Result<SessionContext> {
        let config = self.session.state.config().clone();
        let state = SessionStateBuilder::new().with_config(config).with_default_features().build();
        let context = SessionContext::new_with_state(state);
        for (name, fact) in &self.session.facts {
            let columns = fact.names().map(|column| shown(fact, column));
            let scan = LogicalPlanBuilder::scan(&**name, provider_as_source(fact.table()), None)?;
            let view = ViewTable::new(scan.project(columns)?.build()?, None);
            context.register_table(&**name, Arc::new(view))?;
        }
        Ok(context)
    }
}

/// A column as HQ may see it.
fn shown(fact: &Fact, name: &str) -> Expr {
    match fact.column(name).map(|column| (column.kind, column.leaving())) {
        Some((_, None)) => lit(ScalarValue::Utf8(None)).alias(name),
        Some((ColumnKind::Text, Some(mask))) => {
            masking(name, mask).call(vec![cast(ident(name), DataType::Utf8)]).alias(name)
        }
        _ => ident(name),
    }
}

/// The mask of a column's texts as a function of the engine.
fn masking(column: &str, mask: fn(&str) -> String) -> ScalarUDF {
    let masked = move |arguments: &[ColumnarValue]| {
        let texts = ColumnarValue::values_to_arrays(arguments)?;
        let texts = texts.first().and_then(|texts| texts.as_string_opt::<i32>());
        let masked = texts.into_iter().flatten().map(|text| text.map(mask));
        Ok(ColumnarValue::Array(Arc::new(masked.collect::<StringArray>()) as ArrayRef))
    };
    let name = format!("leaving_{column}");
    create_udf(&name, vec![DataType::Utf8], DataType::Utf8, Volatility::Immutable, Arc::new(masked))
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
