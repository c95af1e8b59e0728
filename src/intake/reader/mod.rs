//! Reads workbooks in processes of their own, under a memory and a time limit. A parser that aborts, loops or
//! allocates without bound costs one workbook a finding and nothing else.

mod packed;
mod pool;
mod protocol;
mod worker;

pub use packed::Packed;
pub use pool::{Answer, ReaderFailure, Readers, Seen};
pub use worker::{is_of_the_machine, serve_reader};

#[cfg(test)]
pub(super) use self::{
    protocol::receive,
    worker::{serve, until_closed},
};

#[cfg(test)]
pub(super) mod testing;

/// The first argument with which the tool calls itself to be a reader.
pub const READER: &str = "__read";

/// The environment variable that names another program to be started as worker.
const PROGRAM: &str = "FOURSIGHT_READER";
