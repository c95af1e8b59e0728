//! Findings: what is wrong, where, and how to fix it, for the person who has to.

pub mod finding;
pub mod render;
pub mod traditional;

pub use finding::{Finding, Severity};
