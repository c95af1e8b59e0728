//! What a form would say if some of its numbers were others: for a plan that is talked about before it is written down.

use super::{
    Filler, StoreForms,
    fraction::Fraction,
    grid::Rows,
    reckon::{At, Basis, Given, Reckoner},
};
use crate::{
    catalog::{
        Form,
        form::{Block, Body, FormColumn, Formula, Shows},
    },
    model::{FormValues, Quantity},
    report::{
        Edition, Standing, StoreMaterial,
        form::Reader,
        lookup::StoreLookup,
        table::form::{measure, text},
        words::Words,
    },
};
use std::sync::Arc;

/// What is given in place of what the store's rows say.
#[derive(Clone, Debug, Default)]
pub struct WhatIf {
    /// The orders wanted.
    pub orders: Option<Quantity>,
    /// Rates by the id of their column, as fractions.
    pub rates: Vec<(Arc<str>, Quantity)>,
}

/// A column of the form as it would be.
#[derive(Debug)]
pub struct Planned {
    /// Its heading.
    pub title: String,
    /// Its number as a page writes it; empty where there is none.
    pub text: String,
    /// What it rests on, in words; empty for the store's own rows.
    pub basis: String,
}

/// The form that plans are talked about by, with the block that is reckoned.
pub fn planned_form(forms: &[Form]) -> Option<(&Form, &Block)> {
    forms.iter().find_map(|form| Some((form, form.blocks.get(form.plan.as_ref()?.block)?)))
}

/// The ids of the rates that may be given.
pub fn rates(block: &Block) -> Vec<Arc<str>> {
    let is_rate = |shows: &Shows| matches!(shows, Shows::Number(number) if number.least.is_some());
    block.columns.iter().filter(|own| is_rate(&own.shows) && !own.id.is_empty()).map(|own| own.id.clone()).collect()
}

/// The title of the form, and its columns as they would be, of a store.
pub fn plan(
    edition: Edition<'_>,
    words: &Words,
    material: &StoreMaterial<'_>,
    values: &FormValues,
    totals: &FormValues,
    what_if: &WhatIf,
) -> Option<(String, Vec<Planned>)> {
    let (form, block) = planned_form(&edition.catalog.forms)?;
    let (of, Body::Sums(sums)) = (form.plan.as_ref()?, &block.body) else { return None };
    let nowhere = Standing::default();
    let store = StoreForms { store: StoreLookup::new(edition, words, material, &nowhere), values, totals };
    let filler = Filler::of_store(&store, form, Reader::Store);
    let (grid, group) = filler.grids(block, sums, of.block);
    let mut given = Given::default();
    given.extend(what_if.orders.map(|orders| (of.orders.clone(), Fraction::of(orders))));
    given.extend(what_if.rates.iter().map(|(id, rate)| (id.clone(), Fraction::of(*rate))));
    let days = &edition.catalog.working_days;
    let reckoner =
        Reckoner { grid: &grid, group: group.as_ref(), columns: &block.columns, days, given: &given, apart: None };
    let at = At { base: filler.base(), rows: Rows::All, column: None, upto: &[], all: &[] };
    let column = |own: &FormColumn| {
        let Shows::Number(number) = &own.shows else { return None };
        // A rate is given by its column's id, the orders by the sum that a column shows as it stands.
        let stands_for = |name: &Arc<str>| given.get(name).copied();
        let sum = match &number.formula {
            Formula::Name(name) => stands_for(name),
            _ => None,
        };
        let (value, basis) = match stands_for(&own.id).or(sum) {
            Some(given) => (Some(given), words.word("plan.given")),
            None => {
                let (value, basis) = reckoner.value(number, at);
                (value, if basis == Basis::Group { words.word("plan.of_group") } else { String::new() })
            }
        };
        Some(Planned {
            title: words.text(&own.title),
            text: value.map_or_else(String::new, |value| text(&filler, value.to_f64(), measure(own))),
            basis,
        })
    };
    let head = format!("{} · {}", filler.title(), filler.head());
    Some((head, block.columns.iter().filter_map(column).collect()))
}
