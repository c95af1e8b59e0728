//! Facts as Arrow and Parquet, one partition a store, and the content-addressed cache of the stages before.

pub mod cache;

pub use cache::{Cache, KeyParts};
