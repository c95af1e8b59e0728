//! Reads workbooks in processes of their own, under a memory and a time limit. A parser that aborts, loops or
//! allocates without bound costs one workbook a finding and nothing else.

mod pool;
mod protocol;
mod wire;
mod worker;

pub use pool::Readers;
pub use worker::serve_reader;

#[cfg(test)]
pub(super) use self::{
    pool::spoken,
    wire::{pack, unpack},
    worker::serve,
};

/// Frames for tests that talk to a worker.
#[cfg(test)]
pub(super) mod testing {
    use super::{protocol, wire};
    use crate::{
        catalog::Catalog,
        intake::{plan::Plan, workbook::Reading},
    };

    fn frame(message: Vec<u8>) -> Vec<u8> {
        let mut bytes = Vec::new();
        protocol::send(&mut bytes, &message).expect("a frame");
        bytes
    }

    /// The first frame, with 64 MiB.
    pub(crate) fn start(catalog: &Catalog) -> Vec<u8> {
        let start = protocol::Start { plan: Plan::of(catalog), memory_mb: 64 };
        frame(protocol::encode(&start).expect("encoded"))
    }

    /// A request.
    pub(crate) fn request(path: &std::path::Path, shown: &str, hash: &str) -> Vec<u8> {
        let request = protocol::Request {
            path: protocol::path_bytes(path),
            shown: shown.to_owned(),
            store: "S01".to_owned(),
            hash: hash.to_owned(),
            file_mb: 1,
        };
        frame(protocol::encode(&request).expect("encoded"))
    }

    /// What a worker answered.
    pub(crate) fn answers(mut bytes: &[u8]) -> Vec<Reading> {
        let mut readings = Vec::new();
        while let Some(frame) = protocol::receive(&mut bytes).expect("a frame") {
            readings.push(wire::unpack(protocol::decode(&frame).expect("decoded")));
        }
        readings
    }
}

/// The hidden subcommand under which the binary is a worker.
const SUBCOMMAND: &str = "__read";

/// The environment variable that names another program to be started as worker.
const PROGRAM: &str = "FOURSIGHT_READER";
