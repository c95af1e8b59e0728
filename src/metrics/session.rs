//! The engine: facts as tables, expressions of definitions as typed plans.

use super::Problem;
use crate::{
    catalog::{Catalog, Expression},
    lake::arrow_schema,
    model::{FactColumn, Instant, Message, Said},
};
use datafusion::{
    arrow::{
        datatypes::{DataType, Schema, SchemaRef},
        error::ArrowError,
    },
    common::{DFSchema, tree_node::TreeNode},
    error::{DataFusionError, Result},
    execution::{SessionState, SessionStateBuilder},
    logical_expr::{Expr, ExprSchemable, Volatility, simplify::SimplifyContext},
    optimizer::simplify_expressions::ExprSimplifier,
    physical_expr::PhysicalExpr,
    prelude::SessionConfig,
    sql::sqlparser::ast::{
        CastKind, DataType as SqlType, Expr as SqlExpr, ExprWithAlias, TimezoneInfo, Value, VisitMut,
        visit_expressions_mut,
    },
};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
    sync::Arc,
};

/// A fact as the engine sees it.
pub(super) struct Fact {
    /// Its name.
    name: Arc<str>,
    /// The declarations.
    pub columns: Vec<FactColumn>,
    schema: Arc<DFSchema>,
}

impl Fact {
    /// The names of all columns that SQL sees.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.schema.fields().iter().map(|field| field.name().as_str())
    }

    /// Its columns as the engine types them.
    pub fn arrow(&self) -> SchemaRef {
        self.schema.inner().clone()
    }

    /// The declaration of a column.
    pub fn column(&self, name: &str) -> Option<&FactColumn> {
        self.columns.iter().find(|column| &*column.name == name)
    }
}

/// The engine: it types expressions over the columns of facts and makes of them what is evaluated.
pub(super) struct Session {
    pub state: SessionState,
    pub facts: BTreeMap<Arc<str>, Fact>,
    cutoff: Instant,
}

/// The part of a fact that some expressions see.
pub(super) struct View {
    /// Which columns of the fact.
    pub columns: Vec<usize>,
    schema: DFSchema,
}

impl Session {
    pub fn open(catalog: &Catalog, cutoff: Instant) -> Result<Session> {
        let mut config = SessionConfig::new();
        // Decimal literals stay exact.
        config.options_mut().sql_parser.parse_float_as_decimal = true;
        let state = SessionStateBuilder::new().with_config(config).with_default_features().build();
        let mut facts = BTreeMap::new();
        for name in catalog.facts() {
            let columns = catalog.fact_columns(&name).unwrap_or_default();
            let schema = Arc::new(DFSchema::try_from_qualified_schema(&*name, &arrow_schema(&columns))?);
            facts.insert(name.clone(), Fact { name, columns, schema });
        }
        Ok(Session { state, facts, cutoff })
    }

    /// The columns that some expressions over a fact see.
    pub fn view<'e>(&self, fact: &Fact, expressions: impl IntoIterator<Item = &'e Expr>) -> View {
        let names: BTreeSet<&str> =
            expressions.into_iter().flat_map(|expr| expr.column_refs()).map(|column| column.name.as_str()).collect();
        let of_all = fact.schema.fields().iter().enumerate();
        let columns: Vec<usize> =
            of_all.filter(|(_, field)| names.contains(field.name().as_str())).map(|(index, _)| index).collect();
        let fields: Vec<_> = columns.iter().map(|index| fact.schema.fields()[*index].clone()).collect();
        let schema = DFSchema::try_from_qualified_schema(&*fact.name, &Schema::new(fields));
        View { columns, schema: schema.unwrap_or_else(|_| DFSchema::empty()) }
    }

    /// All columns of a fact.
    pub fn whole(&self, fact: &Fact) -> View {
        View { columns: (0..fact.schema.fields().len()).collect(), schema: (*fact.schema).clone() }
    }

    /// What evaluates an expression over the columns of a view.
    pub fn physical(&self, view: &View, expr: &Expr) -> Result<Arc<dyn PhysicalExpr>> {
        self.state.create_physical_expr(expr.clone(), &view.schema)
    }

    /// A definition's condition over a fact.
    ///
    /// # Errors
    /// When it does not plan or is no condition.
    pub fn condition(&self, fact: &str, expression: &Expression) -> std::result::Result<Expr, Problem> {
        match self.expression(fact, expression) {
            Ok((expr, DataType::Boolean)) => Ok(expr),
            Ok((_, kind)) => Err(Problem::at(expression, wrong_type("wanted.condition", &kind))),
            Err(what) => Err(Problem::at(expression, what)),
        }
    }

    /// The fact of a name.
    pub fn fact(&self, fact: &str) -> Result<&Fact> {
        self.facts.get(fact).ok_or_else(|| DataFusionError::Plan(format!("no such fact: {fact}")))
    }

    /// Types an expression of a definition over the columns of its fact. Whatever looks at a clock or at other rows is
    /// refused: a row's part in a figure rests on the row and the cut-off alone.
    ///
    /// # Errors
    /// What is wrong with it, without any cell's content.
    pub fn expression(&self, fact: &str, expression: &Expression) -> std::result::Result<(Expr, DataType), Said> {
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
            return Err(Message::new("definition.not_of_the_row").into());
        }
        Ok((expr, kind))
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
pub(super) fn fails_on_rows(error: &DataFusionError) -> Message {
    let what = match error.find_root() {
        DataFusionError::ArrowError(error, _) => match **error {
            ArrowError::DivideByZero => "rows.division",
            ArrowError::CastError(_) | ArrowError::ParseError(_) => "rows.conversion",
            ArrowError::ArithmeticOverflow(_) => "rows.overflow",
            _ => "rows.evaluation",
        },
        _ => "rows.evaluation",
    };
    Message::new("rows.fails").with("what", Message::new(what))
}

/// An expression of the wrong type: the key of what is wanted, and what it is.
pub(super) fn wrong_type(wanted: &'static str, kind: &DataType) -> Message {
    Message::new("definition.wrong_type").with("wanted", Message::new(wanted)).with("kind", kind.to_string())
}
