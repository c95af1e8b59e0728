//! `foursight demo`: a synthetic group with planted mistakes.

use super::{CLEAN, Failure, terminal};
use crate::{
    catalog::Catalog,
    demo::{self, DemoOptions},
    model::Message,
};
use chrono::NaiveDate;
use clap::Args;
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct DemoArguments {
    /// An empty or new folder.
    dir: PathBuf,
    /// Stores.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=999))]
    stores: u32,
    /// Months.
    #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(u32).range(1..=120))]
    months: u32,
    /// The seed: the same seed gives the same bytes.
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Let the first store send its weeks as web pages, XML, archives.
    #[arg(long)]
    formats: bool,
    /// The cut-off.
    #[arg(long = "as-of", value_name = "DATE", default_value = "2026-11-22")]
    as_of: NaiveDate,
}

pub(super) fn run(arguments: &DemoArguments) -> Result<u8, Failure> {
    let occupied = std::fs::read_dir(&arguments.dir).is_ok_and(|mut entries| entries.next().is_some());
    if occupied {
        return Err(Message::new("demo.not_empty").with("path", &arguments.dir).into());
    }
    let (catalog, _) = Catalog::load(None)?;
    let options = DemoOptions {
        stores: arguments.stores,
        months: arguments.months,
        seed: arguments.seed,
        as_of: arguments.as_of,
        formats: arguments.formats,
    };
    demo::generate(&arguments.dir, &options, &catalog)?;
    let made = Message::new("demo.made").with("stores", u64::from(arguments.stores));
    terminal::tell(&made.with("path", &arguments.dir));
    terminal::tell(&Message::new("demo.next").with("path", &arguments.dir));
    Ok(CLEAN)
}
