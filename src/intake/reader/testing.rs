//! Frames for tests that talk to a worker.

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

/// What a reader says first.
pub(crate) fn hello() -> Vec<u8> {
    frame(protocol::SOURCE.as_bytes().to_vec())
}

/// What a reader answered, and whether that may be kept.
pub(crate) fn answers(bytes: &[u8]) -> Vec<(Reading, bool)> {
    let mut bytes = bytes.strip_prefix(&hello()[..]).expect("a reader says what it is");
    let mut readings = Vec::new();
    while let Some(frame) = protocol::receive(&mut bytes).expect("a frame") {
        match protocol::decode(&frame).expect("decoded") {
            protocol::Reply::Read { packed, lasting } => readings.push((wire::unpack(packed), lasting)),
            protocol::Reply::Machine(what) => panic!("{what}"),
        }
    }
    readings
}

/// The answer that gives a reading.
pub(crate) fn answer(reading: Reading) -> Vec<u8> {
    let reply = protocol::Reply::Read { packed: wire::pack(reading), lasting: true };
    frame(protocol::encode(&reply).expect("encoded"))
}
