//! The worker: reads requests, answers with readings, until its parent closes the pipe or dies.

use super::{
    protocol::{Request, Start, decode, encode, path_of, receive, send},
    wire::pack,
};
use crate::intake::{
    plan::Plan,
    workbook::{Reading, read_workbook},
};
use std::{
    fs::File,
    io::{self, Read, Write},
    process::ExitCode,
};

const MIB: u64 = 1 << 20;

/// Body of the hidden subcommand `__read`: serves its parent over stdin and stdout. It looks at no environment
/// variable and no clock, and ends with its parent, whose death closes stdin.
pub fn serve_reader() -> ExitCode {
    match serve(&mut io::stdin().lock(), &mut io::stdout().lock(), limit_memory) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(2),
    }
}

/// Serves requests until the stream ends. `limit_memory` is told the address space, in MiB, once before the first.
pub(in crate::intake) fn serve(
    requests: &mut impl Read,
    answers: &mut impl Write,
    limit_memory: impl Fn(u64) -> io::Result<()>,
) -> io::Result<()> {
    let Some(start) = receive(requests)? else { return Ok(()) };
    let start: Start = decode(&start)?;
    limit_memory(start.memory_mb)?;
    while let Some(request) = receive(requests)? {
        let request: Request = decode(&request)?;
        let reading = read(&request, &start.plan, start.memory_mb);
        send(answers, &encode(&pack(reading))?)?;
    }
    Ok(())
}

fn read(request: &Request, plan: &Plan, memory_mb: u64) -> Reading {
    let failed = |code, what: String| Reading::failed(&request.shown, code, vec![("what", what)]);
    let limit = request.file_mb.saturating_mul(MIB);
    let mut bytes = Vec::new();
    let read = File::open(path_of(request.path.clone()))
        .and_then(|file| file.take(limit.saturating_add(1)).read_to_end(&mut bytes));
    if let Err(error) = read {
        return failed("W001", format!("无法打开 (cannot be opened): {}", error.kind()));
    }
    if bytes.len() as u64 > limit {
        let args = vec![("what", format!("> {} MiB", request.file_mb)), ("limit", request.file_mb.to_string())];
        return Reading::failed(&request.shown, "W006", args);
    }
    if blake3::hash(&bytes).to_hex().as_str() != request.hash {
        return failed("W001", "读取时文件被改动 (changed while it was read)".to_owned());
    }
    read_workbook(&bytes, &request.shown, &request.store, plan, memory_mb)
}

/// Bounds the process's address space: an allocation beyond it fails, which ends the process.
#[cfg(unix)]
fn limit_memory(mb: u64) -> io::Result<()> {
    let bytes = mb.saturating_mul(MIB);
    let (_, hard) = rlimit::getrlimit(rlimit::Resource::AS)?;
    rlimit::setrlimit(rlimit::Resource::AS, bytes.min(hard), bytes.min(hard))
}

/// There is no such limit here; the bounds on file and part sizes and the time limit hold all the same.
#[cfg(not(unix))]
fn limit_memory(_mb: u64) -> io::Result<()> {
    Ok(())
}
