//! `definitions/worklists/<list>.toml`: a fact, a condition at the cut-off, owner, due, order, columns.

use super::{
    Catalog, Expression,
    source::{Fact, Problem, Source},
};
use crate::model::{Message, Text};
use serde::Deserialize;
use std::sync::Arc;
use toml::Spanned;

/// A worklist.
#[derive(Clone, Debug)]
pub struct Worklist {
    /// The file's name without ending.
    pub id: Arc<str>,
    /// Its number in the catalogue, for order.
    pub number: u32,
    /// Its name.
    pub title: Text,
    /// The fact.
    pub fact: Arc<str>,
    /// The rows on the list.
    pub rows: Expression,
    /// Who has to do it: an SQL expression giving a text.
    pub owner: Expression,
    /// When it was due: an SQL expression giving a date or timestamp; `None` where nothing is due.
    pub due: Option<Expression>,
    /// Why it is on the list: an SQL expression giving a Chinese text without personal data.
    pub reason: Expression,
    /// The same in English; `None` where the definition gives Chinese only.
    pub reason_en: Option<Expression>,
    /// SQL `ORDER BY` items within an owner, first to last; place breaks ties.
    pub order_by: Vec<Expression>,
    /// Column holding the customer key.
    pub customer: Option<Arc<str>>,
    /// Column holding the customer's name.
    pub name: Option<Arc<str>>,
    /// Column holding the phone.
    pub phone: Option<Arc<str>>,
    /// The sheet column whose cell the list's places point at; `None`: the sheet's own time.
    pub decides: Option<Arc<str>>,
    /// Further fact columns shown, with their titles.
    pub extra: Vec<(Arc<str>, Text)>,
    /// Whom to call and what for, filled in on the list's sheet so that a row comes back as a follow-up; `None` where
    /// whoever calls has to say it.
    pub contact: Option<Contact>,
    /// Sheets without which a store has nothing on the list.
    pub needs: Vec<Arc<str>>,
    /// How much is lost by waiting, from 0 to 100, against the other lists: a person's day begins with the highest.
    pub loss: u32,
    /// What to do, for the person on the phone.
    pub next_step: Text,
    /// What it means.
    pub meaning: Text,
    /// Document and clause, or the reason of the assumption.
    pub source: String,
}

/// Of a list that does not say how much is lost by waiting.
const LOSS: u32 = 50;

/// A value of 对象 and one of 任务类型.
#[derive(Clone, Debug)]
pub struct Contact {
    /// Whom: 潜客, 车主.
    pub party: Arc<str>,
    /// What for.
    pub task: Arc<str>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WorklistWritten {
    number: u32,
    title: Text,
    fact: Spanned<String>,
    #[serde(rename = "where")]
    rows: Spanned<String>,
    owner: Spanned<String>,
    due: Option<Spanned<String>>,
    reason: Spanned<String>,
    reason_en: Option<Spanned<String>>,
    #[serde(default)]
    order_by: Vec<Spanned<String>>,
    customer: Option<Spanned<String>>,
    name: Option<Spanned<String>>,
    phone: Option<Spanned<String>>,
    party: Option<Spanned<String>>,
    task: Option<Spanned<String>>,
    decides: Option<Spanned<String>>,
    #[serde(default)]
    extra: Vec<ExtraWritten>,
    #[serde(default)]
    needs: Vec<Spanned<String>>,
    loss: Option<Spanned<u32>>,
    #[serde(default)]
    next_step: Text,
    #[serde(default)]
    meaning: Text,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExtraWritten {
    column: Spanned<String>,
    title: Text,
}

pub(super) fn read_worklist(source: &Source, catalog: &Catalog) -> Result<Worklist, Problem> {
    let written: WorklistWritten = source.read()?;
    let fact = Fact::find(source, &written.fact, catalog)?;
    let one = |name: &Option<Spanned<String>>| name.as_ref().map(|name| source.column(name, &fact)).transpose();
    let order_by = written.order_by.iter().map(|sql| source.expression(sql, &fact)).collect::<Result<_, _>>()?;
    let extra = written
        .extra
        .iter()
        .map(|extra| Ok((source.column(&extra.column, &fact)?, extra.title.clone())))
        .collect::<Result<_, Problem>>()?;
    let contact = match (&written.party, &written.task) {
        (Some(party), Some(task)) => Some(Contact {
            party: follow_up_value(source, catalog, "party", party)?,
            task: follow_up_value(source, catalog, "task", task)?,
        }),
        (None, None) => None,
        (Some(one), None) | (None, Some(one)) => {
            return Err(source.problem(&one.span(), Message::new("definition.party_and_task")));
        }
    };
    let loss = match &written.loss {
        Some(loss) if *loss.get_ref() > 100 => {
            return Err(source.problem(&loss.span(), Message::new("definition.loss")));
        }
        loss => loss.as_ref().map_or(LOSS, |loss| *loss.get_ref()),
    };
    Ok(Worklist {
        loss,
        id: source.id.clone(),
        number: written.number,
        title: written.title.clone(),
        rows: source.expression(&written.rows, &fact)?,
        owner: source.expression(&written.owner, &fact)?,
        due: written.due.as_ref().map(|sql| source.expression(sql, &fact)).transpose()?,
        reason: source.expression(&written.reason, &fact)?,
        reason_en: written.reason_en.as_ref().map(|sql| source.expression(sql, &fact)).transpose()?,
        order_by,
        customer: one(&written.customer)?,
        name: one(&written.name)?,
        phone: one(&written.phone)?,
        decides: written.decides.as_ref().map(|name| source.field(name, catalog)).transpose()?,
        extra,
        contact,
        needs: source.sheets(&written.needs, catalog)?,
        fact: fact.name.into(),
        next_step: written.next_step.clone(),
        meaning: written.meaning.clone(),
        source: written.source.clone(),
    })
}

/// A value of a column of 回访记录, one of those that the column allows.
fn follow_up_value(
    source: &Source,
    catalog: &Catalog,
    field: &str,
    written: &Spanned<String>,
) -> Result<Arc<str>, Problem> {
    let sheet = catalog.sheet("follow_up");
    let column = sheet.and_then(|sheet| sheet.columns.get(sheet.field(field)?));
    let values = column.map_or(&[][..], |column| &column.values);
    if !values.is_empty() && !values.iter().any(|known| *known.value == **written.get_ref()) {
        let known: Vec<Arc<str>> = values.iter().map(|known| known.value.clone()).collect();
        let what = Message::new("definition.no_value").with("field", field).with("value", written.get_ref());
        let what = what.with("known", known);
        return Err(source.problem(&written.span(), what));
    }
    Ok(written.get_ref().as_str().into())
}
