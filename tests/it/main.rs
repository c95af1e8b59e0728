//! The one integration binary. `tests/README.md` says what is where.

mod agreement;
mod bad_input;
mod browser;
mod cases;
mod clerks;
mod commands;
mod definitions;
mod english;
mod findings;
mod formats;
mod forms;
mod found;
mod foursight;
mod kill;
mod layering;
mod links;
mod messages;
mod nasty;
mod office;
mod oracle;
mod planted;
mod privacy;
#[cfg(target_os = "linux")]
mod readers;
mod returned;
mod reuse;
mod roundtrip;
mod sample;
mod settings;
mod sheets;
mod since;
mod spreadsheet_ml;
mod sums;
mod table;
mod writers;
mod xlsb;
