//! Holds rows against the rules, upserts them across submissions, counts what was accepted and rejected.

pub mod expression;
