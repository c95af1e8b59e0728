//! Findings: what is wrong, where, and how to fix it, for the person who has to.

pub mod finding;
pub mod render;
mod toml_mistake;

pub use finding::{Finding, Severity};
pub use toml_mistake::toml_mistake;
