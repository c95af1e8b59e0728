//! Facts as Arrow and Parquet, one partition a store.
