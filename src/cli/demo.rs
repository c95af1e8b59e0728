//! `foursight demo`: a synthetic group with planted mistakes.

use super::{CLEAN, Failure, terminal, whole};
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
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = |text: &str| whole(text, 1, 999))]
    stores: u64,
    /// Months.
    #[arg(long, value_name = "N", default_value_t = 14, value_parser = |text: &str| whole(text, 1, 120))]
    months: u64,
    /// The seed: the same seed gives the same bytes.
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = |text: &str| whole(text, 0, u64::MAX))]
    seed: u64,
    /// Let the first store send its weeks as web pages, XML, archives.
    #[arg(long)]
    formats: bool,
    /// The cut-off.
    #[arg(long = "as-of", value_name = "DATE", default_value = "2026-11-22", value_parser = day)]
    as_of: NaiveDate,
    /// Every kind of sheet, and those of the group.
    #[arg(long)]
    all_sheets: bool,
}

/// A day such as 2026-11-22.
fn day(text: &str) -> Result<NaiveDate, String> {
    text.parse().map_err(|_| terminal::words().word("config.date"))
}

pub(super) fn run(arguments: &DemoArguments) -> Result<u8, Failure> {
    let occupied = std::fs::read_dir(&arguments.dir).is_ok_and(|mut entries| entries.next().is_some());
    if occupied {
        return Err(Message::new("demo.not_empty").with("path", &arguments.dir).into());
    }
    let (catalog, _) = Catalog::load(None)?;
    let options = DemoOptions {
        stores: arguments.stores as u32,
        months: arguments.months as u32,
        seed: arguments.seed,
        as_of: arguments.as_of,
        formats: arguments.formats,
        all_sheets: arguments.all_sheets,
    };
    demo::generate(&arguments.dir, &options, &catalog)?;
    let made = Message::new("demo.made").with("stores", arguments.stores);
    terminal::tell(&made.with("path", &arguments.dir));
    terminal::tell(&Message::new("demo.next").with("path", &arguments.dir));
    Ok(CLEAN)
}
