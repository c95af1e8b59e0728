//! The engine: facts as tables, expressions of definitions as typed plans.

use super::MetricsError;
use crate::{
    catalog::{Catalog, Expression},
    lake::{Lake, arrow_schema},
    model::{FactColumn, Instant},
};
use datafusion::{
    arrow::{array::RecordBatch, datatypes::DataType, error::ArrowError},
    common::{DFSchema, tree_node::TreeNode},
    datasource::{
        TableProvider,
        empty::EmptyTable,
        file_format::parquet::ParquetFormat,
        listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl},
        provider_as_source,
    },
    error::{DataFusionError, Result},
    execution::{SessionState, SessionStateBuilder},
    logical_expr::{
        Expr, ExprSchemable, LogicalPlan, LogicalPlanBuilder, Volatility, ident, lit, simplify::SimplifyContext,
    },
    optimizer::simplify_expressions::ExprSimplifier,
    physical_plan::collect,
    prelude::{SessionConfig, SessionContext},
    sql::sqlparser::ast::{
        CastKind, DataType as SqlType, Expr as SqlExpr, ExprWithAlias, TimezoneInfo, Value, VisitMut,
        visit_expressions_mut,
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::runtime::{Builder, Runtime};

/// A fact as the engine sees it.
pub(super) struct Fact {
    /// The declarations.
    pub columns: Vec<FactColumn>,
    schema: Arc<DFSchema>,
    table: Arc<dyn TableProvider>,
}

impl Fact {
    /// Whether SQL sees a column of this name.
    pub fn has(&self, name: &str) -> bool {
        self.schema.field_with_unqualified_name(name).is_ok()
    }

    /// The names of all columns that SQL sees.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.schema.fields().iter().map(|field| field.name().as_str())
    }

    /// The rows.
    pub fn table(&self) -> Arc<dyn TableProvider> {
        self.table.clone()
    }

    /// The declaration of a column.
    pub fn column(&self, name: &str) -> Option<&FactColumn> {
        self.columns.iter().find(|column| &*column.name == name)
    }
}

/// An engine with the facts of some partitions, and threads of its own.
pub(super) struct Session {
    runtime: Runtime,
    pub state: SessionState,
    pub facts: BTreeMap<Arc<str>, Fact>,
    /// For each sheet, the stores that never sent it.
    absent: BTreeMap<Arc<str>, Vec<Arc<str>>>,
    cutoff: Instant,
}

impl Session {
    pub fn open(
        lake: &Lake,
        store_keys: &[String],
        catalog: &Catalog,
        absent: &BTreeMap<Arc<str>, Vec<Arc<str>>>,
        cutoff: Instant,
        threads: usize,
    ) -> std::result::Result<Session, MetricsError> {
        let threads = threads.max(1);
        let runtime = match threads {
            1 => Builder::new_current_thread().build(),
            _ => Builder::new_multi_thread().worker_threads(threads).build(),
        };
        let mut config = SessionConfig::new()
            .with_target_partitions(threads)
            .with_collect_statistics(false)
            .with_information_schema(true);
        // Page indexes are not written; looking for them costs a read a file.
        config.options_mut().execution.parquet.enable_page_index = false;
        // One pass is all that these plans need, and planning is most of the work on a small group.
        config.options_mut().optimizer.max_passes = 1;
        // `x IS NOT TRUE` is never NULL to the planner and may be NULL to the executor, which is no reason to stop.
        config.options_mut().execution.skip_physical_aggregate_schema_check = true;
        // Decimal literals stay exact.
        config.options_mut().sql_parser.parse_float_as_decimal = true;
        let state = SessionStateBuilder::new().with_config(config).with_default_features().build();
        let context = SessionContext::new_with_state(state);
        let mut facts = BTreeMap::new();
        for name in catalog.facts() {
            let columns = catalog.fact_columns(&name).unwrap_or_default();
            let table = table(&columns, &lake.files(store_keys, &name)?)?;
            let schema = Arc::new(DFSchema::try_from_qualified_schema(&*name, &table.schema())?);
            context.register_table(&*name, table.clone())?;
            facts.insert(name, Fact { columns, schema, table });
        }
        let (runtime, absent) = (runtime.map_err(MetricsError::Threads)?, absent.clone());
        Ok(Session { runtime, state: context.state(), facts, absent, cutoff })
    }

    /// Runs a future on the session's threads.
    pub fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// A scan of a fact.
    pub fn scan(&self, fact: &str) -> Result<LogicalPlanBuilder> {
        let known = self.fact(fact)?;
        LogicalPlanBuilder::scan(fact, provider_as_source(known.table.clone()), None)
    }

    /// The fact of a name.
    pub fn fact(&self, fact: &str) -> Result<&Fact> {
        self.facts.get(fact).ok_or_else(|| DataFusionError::Plan(format!("no such fact: {fact}")))
    }

    /// Runs a plan to its end.
    pub fn collect(&self, plan: &LogicalPlan) -> Result<Vec<RecordBatch>> {
        self.wait(async {
            let physical = self.state.create_physical_plan(plan).await?;
            collect(physical, self.state.task_ctx()).await
        })
    }

    /// Types an expression of a definition over the columns of its fact. Whatever looks at a clock or at other rows is
    /// refused: a row's part in a figure rests on the row and the cut-off alone.
    ///
    /// # Errors
    /// What is wrong with it, without any cell's content.
    pub fn expression(&self, fact: &str, expression: &Expression) -> std::result::Result<(Expr, DataType), String> {
        let plan = || {
            let schema = &self.fact(fact)?.schema;
            let mut tree = expression.tree.clone();
            self.fill_cutoff(&mut tree);
            let written = ExprWithAlias { expr: tree, alias: None };
            let expr = self.state.create_logical_expr_from_sql_expr(written, schema)?;
            let context = SimplifyContext::builder()
                .with_schema(schema.clone())
                .with_config_options(self.state.config_options().clone())
                .build();
            let simplifier = ExprSimplifier::new(context);
            let expr = simplifier.simplify(simplifier.coerce(expr, schema)?)?;
            let kind = expr.get_type(schema.as_ref())?;
            Ok((expr, kind))
        };
        let (expr, kind) = plan().map_err(|e: DataFusionError| plain(&e))?;
        let not_of_the_row = |expr: &Expr| match expr {
            Expr::AggregateFunction(_) | Expr::WindowFunction(_) => true,
            Expr::ScalarFunction(call) => call.func.signature().volatility != Volatility::Immutable,
            _ => false,
        };
        if expr.exists(|expr| Ok(not_of_the_row(expr))).unwrap_or(true) {
            return Err("不能用聚合、窗口、时钟或随机函数 (no aggregate, window, clock or random function)".to_owned());
        }
        Ok((expr, kind))
    }

    /// A condition, held to the stores that sent every sheet in `needs`.
    pub fn where_sent(&self, condition: Expr, needs: &[Arc<str>]) -> Expr {
        let without: BTreeSet<&str> =
            needs.iter().flat_map(|kind| self.absent.get(kind).into_iter().flatten()).map(|store| &**store).collect();
        if without.is_empty() {
            return condition;
        }
        ident("store").in_list(without.into_iter().map(lit).collect(), true).and(condition)
    }

    /// Puts the cut-off's latest instant in place of its name.
    pub fn fill_cutoff(&self, tree: &mut impl VisitMut) {
        let literal = SqlExpr::Cast {
            kind: CastKind::Cast,
            expr: Box::new(SqlExpr::value(Value::SingleQuotedString(
                self.cutoff.latest().format("%Y-%m-%dT%H:%M:%S").to_string(),
            ))),
            data_type: SqlType::Timestamp(Some(0), TimezoneInfo::None),
            array: false,
            format: None,
        };
        let _ = visit_expressions_mut(tree, |expr| {
            if matches!(expr, SqlExpr::Identifier(name) if name.value == "cutoff") {
                *expr = literal.clone();
            }
            ControlFlow::<()>::Continue(())
        });
    }
}

/// The engine's words for a mistake, without its own stack.
pub(super) fn plain(error: &DataFusionError) -> String {
    let text = error.strip_backtrace();
    text.lines().next().unwrap_or_default().to_owned()
}

/// Parquet files as one table. Files without a column of the schema have NULL there.
fn table(columns: &[FactColumn], files: &[PathBuf]) -> Result<Arc<dyn TableProvider>> {
    let schema = arrow_schema(columns);
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

/// Whether an error comes of what a definition does with the rows, not of reading them.
pub(super) fn is_about_rows(error: &DataFusionError) -> bool {
    match error.find_root() {
        DataFusionError::ArrowError(error, _) => {
            !matches!(**error, ArrowError::IoError(..) | ArrowError::ExternalError(_) | ArrowError::ParquetError(_))
        }
        DataFusionError::Execution(_)
        | DataFusionError::Plan(_)
        | DataFusionError::NotImplemented(_)
        | DataFusionError::Internal(_)
        | DataFusionError::SchemaError(..) => true,
        _ => false,
    }
}

/// What to say of such an error: the engine's own words may quote a cell.
pub(super) fn fails_on_rows(error: &DataFusionError) -> String {
    let what = match error.find_root() {
        DataFusionError::ArrowError(error, _) => match **error {
            ArrowError::DivideByZero => "除以零 (division by zero)",
            ArrowError::CastError(_) | ArrowError::ParseError(_) => {
                "有内容不能换算成所要的类型 (a value does not convert)"
            }
            ArrowError::ArithmeticOverflow(_) => "数太大 (overflow)",
            _ => "无法对数据求值 (cannot be evaluated on the rows)",
        },
        _ => "无法对数据求值 (cannot be evaluated on the rows)",
    };
    format!("计算时出错 (fails on the rows): {what}")
}
