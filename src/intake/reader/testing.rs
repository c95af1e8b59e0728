//! Frames for tests that talk to a worker.

use super::{
    packed::{Frames, Packed},
    protocol,
};
use crate::{
    catalog::Catalog,
    intake::{
        columns::Chunk,
        plan::Plan,
        workbook::{Reading, read_workbook},
    },
};

fn frame(message: Vec<u8>) -> Vec<u8> {
    let mut bytes = Vec::new();
    protocol::send(&mut bytes, &message).expect("a frame");
    bytes
}

/// The first frame, with 64 MiB.
pub(crate) fn start(catalog: &Catalog) -> Vec<u8> {
    start_with(catalog, 64)
}

/// The first frame.
pub(crate) fn start_with(catalog: &Catalog, memory_mb: u64) -> Vec<u8> {
    let start = protocol::Start { plan: Plan::of(catalog), memory_mb };
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
        member: None,
        want: protocol::Want::Rows,
        columns: Vec::new(),
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
    let (mut readings, mut rows) = (Vec::new(), Frames::default());
    while let Some(frame) = protocol::receive(&mut bytes).expect("a frame") {
        if frame[0] == protocol::ROWS {
            rows.0.push(frame[1..].to_vec());
            continue;
        }
        match protocol::decode(&frame[1..]).expect("decoded") {
            protocol::Reply::Read { rest, lasting, .. } => {
                let packed = Packed { rest, rows: std::mem::take(&mut rows) };
                readings.push((packed.unpacked().expect("chunks"), lasting));
            }
            other => panic!("{other:?}"),
        }
    }
    readings
}

/// Reads in this process, through chunks and back.
pub(crate) fn read(bytes: &[u8], shown: &str, store: &str, plan: &Plan, limit_mb: u64) -> Reading {
    let mut rows = Frames::default();
    let mut emit = |chunk: Chunk| {
        rows.0.push(protocol::encode(&chunk)?);
        Ok(())
    };
    let (rest, whole) = read_workbook(bytes, (shown, store), plan, limit_mb, &mut emit).expect("chunks are taken");
    let rows = if whole { rows } else { Frames::default() };
    Packed { rest, rows }.unpacked().expect("chunks")
}

/// The answer that a file gets.
pub(crate) fn answer(bytes: &[u8], shown: &str, plan: &Plan) -> Vec<u8> {
    let mut frames = Vec::new();
    let mut emit = |chunk: Chunk| {
        frames.extend(frame(protocol::marked(protocol::ROWS, &chunk)?));
        Ok(())
    };
    let (rest, whole) = read_workbook(bytes, (shown, "S01"), plan, 64, &mut emit).expect("chunks are taken");
    let end = protocol::Reply::Read { rest, whole, lasting: true };
    frames.extend(frame(protocol::marked(protocol::END, &end).expect("encoded")));
    frames
}
