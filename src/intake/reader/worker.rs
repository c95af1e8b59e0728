//! The worker: reads requests, answers with readings, until its parent closes the pipe or dies.

use super::protocol::{END, ROWS, Reply, Request, SOURCE, Start, Want, decode, marked, path_of, receive, send};
use crate::{
    arguments,
    intake::{
        archive,
        columns::Chunk,
        plain::seen_sheets,
        plan::Plan,
        raw::Fault,
        sniff::sniff,
        workbook::{Reading, read_workbook},
    },
    model::{Message, Told},
};
use std::{
    fs::File,
    io::{self, Read, Write},
    process::ExitCode,
};

const MIB: u64 = 1 << 20;

/// Serves its parent over stdin and stdout. It looks at no environment variable and no clock, and ends with its parent,
/// whose death closes stdin.
pub fn serve_reader() -> ExitCode {
    let served = until_closed(io::stdin()).and_then(|requests| {
        let mut answers = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
        serve(|| requests.recv().map_or(Ok(None), |frame| Ok(Some(frame))), &mut answers, limit_memory)
    });
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(2),
    }
}

/// The frames that come over a pipe. As soon as it is closed this process ends, whatever it is doing: a reader that is deep
/// in a large file would find out only after it.
///
/// # Errors
/// When the machine allows no thread.
pub(in crate::intake) fn until_closed(
    mut pipe: impl Read + Send + 'static,
) -> io::Result<std::sync::mpsc::Receiver<Vec<u8>>> {
    let (sender, frames) = std::sync::mpsc::channel();
    std::thread::Builder::new().name("requests".to_owned()).stack_size(1 << 17).spawn(move || {
        while let Ok(Some(frame)) = receive(&mut pipe) {
            if sender.send(frame).is_err() {
                return;
            }
        }
        std::process::exit(2);
    })?;
    Ok(frames)
}

/// Serves the requests that `next` gives until there is none. `limit_memory` is told the address space, in MiB, once before
/// the first.
pub(in crate::intake) fn serve(
    mut next: impl FnMut() -> io::Result<Option<Vec<u8>>>,
    answers: &mut impl Write,
    limit_memory: impl Fn(u64) -> io::Result<()>,
) -> io::Result<()> {
    send(answers, SOURCE.as_bytes())?;
    answers.flush()?;
    let Some(start) = next()? else { return Ok(()) };
    let start: Start = decode(&start)?;
    limit_memory(start.memory_mb)?;
    while let Some(request) = next()? {
        let request: Request = decode(&request)?;
        let mut emit = |chunk: Chunk| send(answers, &marked(ROWS, &chunk)?);
        let reply = match read(&request, &start.plan, start.memory_mb, &mut emit)? {
            Ok(reply) => reply,
            Err(error) => Reply::Machine(error.to_string()),
        };
        send(answers, &marked(END, &reply)?)?;
        answers.flush()?;
    }
    Ok(())
}

/// Looks at a file; the rows that are wanted of it go to `emit`. The inner error is the machine's, which does not let it be read.
///
/// # Errors
/// Those of `emit`.
fn read(
    request: &Request,
    plan: &Plan,
    memory_mb: u64,
    emit: &mut dyn FnMut(Chunk) -> io::Result<()>,
) -> io::Result<io::Result<Reply>> {
    let passing = |code, args| {
        let rest = Reading::failed(&request.shown, code, args);
        Ok(Ok(Reply::Read { rest, whole: false, lasting: false }))
    };
    let unreadable = |what: Message| passing("W001", arguments! { "what" => what });
    let limit = request.file_mb.saturating_mul(MIB);
    let mut bytes = Vec::new();
    let read = File::open(path_of(request.path.clone()))
        .and_then(|file| file.take(limit.saturating_add(1)).read_to_end(&mut bytes));
    match read {
        Err(error) if is_of_the_machine(&error) => return Ok(Err(error)),
        Err(error) => return unreadable(Message::new("fault.cannot_open").with("what", error.told())),
        Ok(_) => {}
    }
    if bytes.len() as u64 > limit {
        let args = arguments! { "what" => format!("> {} MiB", request.file_mb), "limit" => request.file_mb };
        return passing("W006", args);
    }
    if blake3::hash(&bytes).to_hex().as_str() != request.hash {
        return unreadable(Message::new("fault.changed"));
    }
    if let Some(index) = request.member {
        bytes = match archive::member(&bytes, index, request.file_mb) {
            Ok(bytes) => bytes,
            Err(fault) => {
                let (code, args) = fault.remark();
                let rest = Reading::failed(&request.shown, code, args);
                return Ok(Ok(Reply::Read { rest, whole: false, lasting: true }));
            }
        };
    }
    match request.want {
        Want::Rows => {
            let own = (!request.columns.is_empty()).then(|| plan.with_columns(&request.columns));
            let plan = own.as_ref().unwrap_or(plan);
            let (rest, whole) = read_workbook(&bytes, (&request.shown, &request.store), plan, memory_mb, emit)?;
            Ok(Ok(Reply::Read { rest, whole, lasting: true }))
        }
        Want::Seen => Ok(Ok(Reply::Seen(seen_sheets(&bytes, &request.shown, memory_mb).ok()))),
        Want::Members => Ok(Ok(Reply::Members(members(&bytes)))),
    }
}

/// The files inside an archive of files; `None` for everything else, be it a workbook or damaged.
fn members(bytes: &[u8]) -> archive::Inside {
    if !matches!(sniff(bytes), Err(Fault::Foreign("zip"))) {
        return None;
    }
    Some(archive::members(bytes).map_err(|fault| {
        let (code, args) = fault.remark();
        (code.to_owned(), args)
    }))
}

/// Whether a file could not be read for a reason that says nothing about the file: no descriptors or memory left, a disk or
/// share that does not answer.
pub fn is_of_the_machine(error: &io::Error) -> bool {
    use io::ErrorKind;
    let of_the_file = [
        ErrorKind::NotFound,
        ErrorKind::PermissionDenied,
        ErrorKind::IsADirectory,
        ErrorKind::NotADirectory,
        ErrorKind::InvalidFilename,
        ErrorKind::InvalidInput,
    ];
    !of_the_file.contains(&error.kind())
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
