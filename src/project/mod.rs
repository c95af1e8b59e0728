//! The group's project: `foursight.toml` as written ([`options`]) and as checked ([`settings`]).

mod columns;
mod notes;
pub mod options;
pub mod settings;
mod store_id;
mod times;

pub use columns::MappedColumn;
pub use notes::Note;
pub use options::ConfigMistake;
pub use settings::{Audience, Cadence, IntakeLimits, OpeningHours, Settings, Store};
