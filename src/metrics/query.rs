//! Ad-hoc SQL over the facts of the lake.

use super::{
    Metrics, MetricsError,
    session::{Fact, plain},
};
use crate::{
    lake::Lake,
    model::{ColumnKind, Message},
};
use datafusion::{
    arrow::{
        array::{ArrayRef, AsArray, RecordBatch, StringArray},
        datatypes::DataType,
        util::display::{ArrayFormatter, FormatOptions},
    },
    common::tree_node::TreeNodeRecursion,
    datasource::{
        TableProvider, ViewTable,
        empty::EmptyTable,
        file_format::parquet::ParquetFormat,
        listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl},
        provider_as_source,
    },
    error::{DataFusionError, Result},
    logical_expr::{
        ColumnarValue, Expr, LogicalPlan, LogicalPlanBuilder, ScalarUDF, Volatility, cast, create_udf, ident, lit,
    },
    physical_plan::collect,
    prelude::{SQLOptions, SessionConfig, SessionContext},
    scalar::ScalarValue,
    sql::{
        parser::{DFParser, Statement},
        sqlparser::{ast::Statement as Sql, dialect::GenericDialect},
    },
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::runtime::Builder;

/// What a query gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The names of its columns.
    pub columns: Vec<String>,
    /// Its rows as text, NULL empty.
    pub rows: Vec<Vec<String>>,
    /// The columns that it rests on and that may not leave their store, as `fact.column`: they are NULL in it.
    pub withheld: Vec<Arc<str>>,
}

impl Metrics {
    /// Runs one `SELECT` over the facts, by name, of the partitions `store_keys` of `lake`; `cutoff` may be named as in
    /// definitions. Texts come as they leave their store and what may not leave as NULL, unless `in_full`: what it returns
    /// then is for the store's own eyes.
    ///
    /// # Errors
    /// [`MetricsError::Query`] for anything but one `SELECT`, and for what does not plan or run; when a partition is
    /// missing or threads cannot be started.
    pub fn query(
        &self,
        lake: &Lake,
        store_keys: &[String],
        sql: &str,
        in_full: bool,
        threads: usize,
    ) -> std::result::Result<Answer, MetricsError> {
        let bad = |error: DataFusionError| MetricsError::Query(plain(&error).into());
        let mut statements = DFParser::parse_sql_with_dialect(sql, &GenericDialect {}).map_err(bad)?;
        let only_select = || MetricsError::Query(Message::new("failure.only_select").into());
        let (Some(Statement::Statement(mut statement)), None) = (statements.pop_front(), statements.pop_front()) else {
            return Err(only_select());
        };
        if !matches!(*statement, Sql::Query(_)) {
            return Err(only_select());
        }
        self.session.fill_cutoff(&mut *statement);
        let runtime = match threads.max(1) {
            1 => Builder::new_current_thread().build(),
            threads => Builder::new_multi_thread().worker_threads(threads).build(),
        };
        let runtime = runtime.map_err(MetricsError::Threads)?;
        let state = self.context(lake, store_keys, in_full, threads.max(1))?.state();
        let withheld = match in_full {
            true => Vec::new(),
            false => {
                // Views have NULL where nothing may leave; over the facts themselves the plan says what it rests on.
                let full = self.context(lake, store_keys, true, 1)?.state();
                let statement = Statement::Statement(statement.clone());
                let plan = runtime.block_on(full.statement_to_plan(statement)).and_then(|plan| full.optimize(&plan));
                self.withheld(&plan.map_err(bad)?).map_err(bad)?
            }
        };
        let plan = runtime.block_on(state.statement_to_plan(Statement::Statement(statement))).map_err(bad)?;
        let options = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
        options.verify_plan(&plan).map_err(|_| only_select())?;
        let columns = plan.schema().fields().iter().map(|field| field.name().clone()).collect();
        let batches = runtime.block_on(async {
            let physical = state.create_physical_plan(&plan).await?;
            collect(physical, state.task_ctx()).await
        });
        let mut rows = Vec::new();
        for batch in &batches.map_err(bad)? {
            render(batch, &mut rows).map_err(bad)?;
        }
        Ok(Answer { columns, rows, withheld })
    }

    /// The columns that a plan over the facts reads and that may not leave their store, in the order of facts and columns.
    fn withheld(&self, plan: &LogicalPlan) -> Result<Vec<Arc<str>>> {
        let mut read: BTreeSet<(Arc<str>, String)> = BTreeSet::new();
        plan.apply_with_subqueries(|node| {
            if let LogicalPlan::TableScan(scan) = node {
                let fact: Arc<str> = scan.table_name.table().into();
                let shown = scan.projected_schema.fields().iter().map(|field| field.name().clone());
                let asked = scan.filters.iter().flat_map(|filter| filter.column_refs());
                let names = shown.chain(asked.map(|column| column.name.clone()));
                read.extend(names.map(|name| (fact.clone(), name)));
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
        let of = |(name, fact): (&Arc<str>, &Fact)| -> Vec<Arc<str>> {
            let kept = fact.columns.iter().filter(|column| column.leaving().is_none());
            let kept = kept.filter(|column| read.contains(&(name.clone(), column.name.to_string())));
            kept.map(|column| format!("{name}.{}", column.name).into()).collect()
        };
        Ok(self.session.facts.iter().flat_map(of).collect())
    }

    /// The facts under their names: as they are, or as views without what is personal.
    fn context(
        &self,
        lake: &Lake,
        store_keys: &[String],
        in_full: bool,
        threads: usize,
    ) -> std::result::Result<SessionContext, MetricsError> {
        let mut config = SessionConfig::new()
            .with_target_partitions(threads)
            .with_collect_statistics(false)
            .with_information_schema(true);
        // Page indexes are not written; looking for them costs a read a file.
        config.options_mut().execution.parquet.enable_page_index = false;
        let context = SessionContext::new_with_config(config);
        for (name, fact) in &self.session.facts {
            let table = table(fact, &lake.files(store_keys, name)?)?;
            let table = if in_full {
                table
            } else {
                let columns = fact.names().map(|column| shown(fact, column));
                let scan = LogicalPlanBuilder::scan(&**name, provider_as_source(table), None)?;
                Arc::new(ViewTable::new(scan.project(columns)?.build()?, None))
            };
            context.register_table(&**name, table)?;
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
/// Parquet files as one table. Files without a column of the schema have NULL there.
fn table(fact: &Fact, files: &[PathBuf]) -> Result<Arc<dyn TableProvider>> {
    let schema = fact.arrow();
    if files.is_empty() {
        return Ok(Arc::new(EmptyTable::new(schema)));
    }
    let urls = files.iter().map(|file| ListingTableUrl::parse(file_url(file)));
    let config = ListingTableConfig::new_with_multi_paths(urls.collect::<Result<_>>()?)
        .with_listing_options(ListingOptions::new(Arc::new(ParquetFormat::default())))
        .with_schema(schema);
    Ok(Arc::new(ListingTable::try_new(config)?))
}

/// An absolute path as a URL: a bare path would be read as a pattern where a folder's name holds `[` or `*`.
fn file_url(path: &Path) -> String {
    let mut url = String::from("file://");
    for part in path.iter().skip(1) {
        url.push('/');
        for byte in part.as_encoded_bytes() {
            if byte.is_ascii_alphanumeric() || b"-_.~".contains(byte) {
                url.push(char::from(*byte));
            } else {
                url.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    url
}
