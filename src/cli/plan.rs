//! `foursight plan`: what a store's plan would say with other orders or rates; prints it and writes nothing.

use super::{CLEAN, Failure, project::ProjectArguments, terminal, whole};
use crate::{
    model::{Grain, Lang, Message, Period, Quantity},
    pipeline::{Progress, WhatIf},
};
use clap::Args;
use std::{path::PathBuf, sync::Arc};

#[derive(Args)]
pub(super) struct PlanArguments {
    /// The month, such as 2026-12; else the one that the cut-off lies in.
    #[arg(long, value_name = "MONTH")]
    month: Option<String>,
    /// The orders wanted.
    #[arg(long, value_name = "N", value_parser = |text: &str| whole(text, 0, 1_000_000))]
    orders: Option<u64>,
    /// A rate in place of the store's own, such as r_ha=0.35 or r_ha=35%.
    #[arg(long = "rate", value_name = "NAME=RATE")]
    rates: Vec<String>,
    #[command(flatten)]
    project: ProjectArguments,
}

pub(super) fn run(arguments: &PlanArguments, lang: Option<Lang>) -> Result<u8, Failure> {
    let [store] = arguments.project.stores.as_slice() else {
        return Err(Message::new("plan.one_store").into());
    };
    // Rates of too few rows rest on the group, so that every store is read.
    let mut project = ProjectArguments { stores: Vec::new(), ..arguments.project.clone() };
    let work = || PathBuf::from(".foursight");
    let mut group = project.group(work(), lang)?;
    let display = project.display();
    let mut checked = group.check(&display)?;
    let mut notes = Vec::new();
    if let Some(text) = &arguments.month {
        let month = Period::parse(text).filter(|own| own.grain == Grain::Month);
        let month = month.ok_or_else(|| Message::new("plan.no_month").with("text", text))?;
        let now = Period::of(Grain::Month, checked.cutoff.date());
        if month.start > now.next().start {
            return Err(Message::new("plan.too_far").with("month", now.next().to_string()).into());
        }
        if month.start > now.start {
            notes.push(Message::new("plan.stands_now").with("month", now.to_string()));
        }
        if month.start < now.start {
            project.as_of = Some(month.end().pred_opt().unwrap_or(month.start).to_string());
            group = project.group(work(), lang)?;
            checked = group.check(&display)?;
        }
    }
    let known = group.rates().ok_or_else(|| Message::new("plan.no_form"))?;
    let rates = arguments.rates.iter().map(|text| rate(text, &known)).collect::<Result<_, _>>()?;
    let what_if = WhatIf { orders: arguments.orders.map(|orders| Quantity::whole(orders as i64)), rates };
    let planned = group.plan(&checked, store, &what_if)?;
    display.done();
    let (title, columns) = planned.ok_or_else(|| Message::new("plan.no_store").with("store", store))?;
    let words = terminal::words();
    terminal::say(&title);
    notes.iter().for_each(|note| terminal::say(&words.say(note)));
    let header = ["plan.column", "plan.value", "plan.basis"].map(|key| words.word(key));
    let rows: Vec<Vec<String>> =
        columns.into_iter().map(|column| vec![column.title, column.text, column.basis]).collect();
    terminal::say(&terminal::table(&header, &rows));
    Ok(CLEAN)
}

/// `r_ha=0.35` or `r_ha=35%`.
fn rate(text: &str, known: &[Arc<str>]) -> Result<(Arc<str>, Quantity), Message> {
    let wrong = || Message::new("plan.no_rate").with("text", text).with("known", known.to_vec());
    let (name, rate) = text.split_once('=').ok_or_else(wrong)?;
    let name = known.iter().find(|own| ***own == *name.trim()).ok_or_else(wrong)?;
    let rate = rate.trim();
    let (digits, parts) = rate.strip_suffix('%').map_or((rate, 1.0), |digits| (digits, 100.0));
    let rate = digits.trim().parse::<f64>().ok().map(|own| own / parts).filter(|own| *own > 0.0 && *own <= 1.0);
    let rate = rate.ok_or_else(wrong)?;
    Ok((name.clone(), Quantity((rate * Quantity::SCALE as f64).round() as i128)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_fractions_or_percent_of_names_that_there_are() {
        let known = ["r_new", "r_ha"].map(Arc::from);
        assert_eq!(rate("r_ha=0.35", &known).unwrap(), ("r_ha".into(), Quantity(3_500)));
        assert_eq!(rate("r_new = 8 %", &known).unwrap(), ("r_new".into(), Quantity(800)));
        for wrong in ["r_ha", "r_bc=0.2", "r_ha=0", "r_ha=135%", "r_ha=x"] {
            assert!(rate(wrong, &known).is_err(), "{wrong}");
        }
    }
}
