//! SQL expressions of definitions: parsed once, with the line they stand in.

use crate::model::{Message, Said};
use sqlparser::{
    ast::{Expr, visit_expressions},
    dialect::GenericDialect,
    parser::Parser,
    tokenizer::{Token, Tokenizer},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
    sync::Arc,
};

/// One SQL expression of a definition. It may name the columns of its fact and `cutoff`, the cut-off as a timestamp.
#[derive(Clone, Debug)]
pub struct Expression {
    /// The text as written.
    pub sql: Arc<str>,
    /// Its syntax tree.
    pub tree: Expr,
    /// The definition file, as shown in findings.
    pub file: Arc<str>,
    /// The line it begins in, from 1.
    pub line: u32,
}

/// Words of one expression. A tree is walked as deep as it is high, and `a or b or c …` is as high as it is long.
const LONGEST: usize = 600;

/// The name that stands for the cut-off in every expression.
pub const CUTOFF: &str = "cutoff";

impl Expression {
    /// The text that it is, where it is nothing but a text.
    pub fn literal(&self) -> Option<Arc<str>> {
        match &self.tree {
            Expr::Value(value) => value.value.clone().into_string().map(Arc::from),
            _ => None,
        }
    }

    /// Parses one expression, with nothing after it.
    ///
    /// # Errors
    /// What is wrong; a mistake in the SQL in the parser's own words.
    pub fn parse(sql: &str, file: &Arc<str>, line: u32) -> Result<Expression, Said> {
        let tokens =
            Tokenizer::new(&GenericDialect {}, sql).tokenize_with_location().map_err(|e| Said::from(e.to_string()))?;
        let words = tokens.iter().filter(|token| !matches!(token.token, Token::Whitespace(_))).count();
        if words > LONGEST {
            return Err(Message::new("definition.too_long").with("words", words).with("most", LONGEST).into());
        }
        let mut parser = Parser::new(&GenericDialect {}).with_tokens_with_locations(tokens);
        let tree = parser.parse_expr().map_err(|e| Said::from(e.to_string()))?;
        let rest = parser.next_token();
        if rest.token != Token::EOF {
            return Err(Message::new("definition.rest").with("rest", rest.to_string()).into());
        }
        Ok(Expression { sql: sql.into(), tree, file: file.clone(), line })
    }

    /// The column names it uses, `cutoff` left out.
    pub fn names(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        let _ = visit_expressions(&self.tree, |expr| {
            match expr {
                Expr::Identifier(name) if name.value != CUTOFF => {
                    names.insert(name.value.clone());
                }
                Expr::CompoundIdentifier(parts) => {
                    names.extend(parts.last().map(|part| part.value.clone()));
                }
                _ => {}
            }
            ControlFlow::<()>::Continue(())
        });
        names
    }

    /// The column names whose values go into its own: without those of which it asks only whether they are filled in.
    pub fn names_of_values(&self) -> BTreeSet<String> {
        let mut uses: BTreeMap<String, i64> = BTreeMap::new();
        let _ = visit_expressions(&self.tree, |expr| {
            match expr {
                Expr::Identifier(name) => *uses.entry(name.value.clone()).or_default() += 1,
                // The name inside is visited too.
                Expr::IsNull(inner) | Expr::IsNotNull(inner) => {
                    if let Expr::Identifier(name) = &**inner {
                        *uses.entry(name.value.clone()).or_default() -= 1;
                    }
                }
                _ => {}
            }
            ControlFlow::<()>::Continue(())
        });
        let mut names = self.names();
        names.retain(|name| uses.get(name).is_none_or(|count| *count > 0));
        names
    }
}
