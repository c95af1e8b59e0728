//! The parent's side: a pool of workers, started when first needed, killed when they take too long.

use super::{
    PROGRAM, SUBCOMMAND,
    protocol::{Request, Start, decode, encode, path_bytes, receive, send},
    wire::{Packed, unpack},
};
use crate::{
    catalog::Catalog,
    intake::{discover::SourceFile, plan::Plan, rows::Remark, workbook::Reading},
    model::{Place, Submission, WorkbookRead},
    project::IntakeLimits,
};
use std::{
    io,
    path::PathBuf,
    process::{Child, ChildStdin, Command, Stdio},
    sync::{
        Condvar, Mutex, MutexGuard, PoisonError,
        mpsc::{Receiver, RecvTimeoutError, channel},
    },
    time::Duration,
};

/// A pool of reader processes. Callable from many threads; a call waits for a free worker.
pub struct Readers {
    program: PathBuf,
    start: Vec<u8>,
    limits: IntakeLimits,
    state: Mutex<State>,
    freed: Condvar,
}

struct State {
    idle: Vec<Worker>,
    /// Workers that may still be put to work.
    free: usize,
}

/// A running worker process.
struct Worker {
    child: Child,
    stdin: ChildStdin,
    answers: Receiver<Vec<u8>>,
}

/// Why a worker gave no answer.
enum Lost {
    Died(String),
    OutOfTime,
}

impl Readers {
    /// A pool of `limits.workers` processes (one for each core when 0), started one by one when they are needed: the
    /// running program with the hidden subcommand `__read`, or the program that the environment variable
    /// `FOURSIGHT_READER` names.
    ///
    /// # Errors
    /// When the running program's path is not known.
    pub fn start(catalog: &Catalog, limits: &IntakeLimits) -> io::Result<Readers> {
        let program = match std::env::var_os(PROGRAM) {
            Some(program) => PathBuf::from(program),
            None => std::env::current_exe()?,
        };
        Readers::with_program(program, catalog, limits)
    }

    /// A pool of processes of `program`.
    pub(in crate::intake) fn with_program(
        program: PathBuf,
        catalog: &Catalog,
        limits: &IntakeLimits,
    ) -> io::Result<Readers> {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let workers = if limits.workers == 0 { cores() } else { limits.workers as usize };
        let start = encode(&Start { plan: Plan::of(catalog), memory_mb: limits.memory_mb })?;
        let state = Mutex::new(State { idle: Vec::new(), free: workers });
        Ok(Readers { program, start, limits: *limits, state, freed: Condvar::new() })
    }

    /// Reads one workbook. `hash` is what [`super::super::hash`] gave for it: a file that has changed since is not
    /// read. Never fails: what goes wrong is a finding.
    pub fn read(&self, file: &SourceFile, hash: &str, catalog: &Catalog) -> WorkbookRead {
        let request = Request {
            path: path_bytes(&file.path),
            shown: file.shown.to_string(),
            store: file.store.to_string(),
            hash: hash.to_owned(),
            file_mb: self.limits.file_mb,
        };
        let reading = match self.ask(&request) {
            Ok(packed) => unpack(packed),
            Err(Lost::Died(how)) => Reading::failed(&file.shown, "W007", vec![("how", how)]),
            Err(Lost::OutOfTime) => {
                Reading::failed(&file.shown, "W008", vec![("seconds", self.limits.seconds.to_string())])
            }
        };
        spoken(reading, file, hash, catalog)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A thread that panicked while it held the lock left a count and a list, both whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self, request: &Request) -> Result<Packed, Lost> {
        let idle = {
            let mut state = self.lock();
            while state.free == 0 {
                state = self.freed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
            state.free -= 1;
            state.idle.pop()
        };
        let _place = Freed(self);
        let mut worker = match idle {
            Some(worker) => worker,
            None => Worker::start(&self.program, &self.start)
                .map_err(|error| Lost::Died(format!("{}: {error}", self.program.display())))?,
        };
        let answer = worker.ask(request, Duration::from_secs(self.limits.seconds));
        if answer.is_ok() {
            self.lock().idle.push(worker);
        }
        answer
    }
}

/// Gives a worker's place back, whatever happened to the worker.
struct Freed<'a>(&'a Readers);

impl Drop for Freed<'_> {
    fn drop(&mut self) {
        self.0.lock().free += 1;
        self.0.freed.notify_one();
    }
}

impl Worker {
    fn start(program: &PathBuf, start: &[u8]) -> io::Result<Worker> {
        let mut child = Command::new(program)
            .arg(SUBCOMMAND)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let (Some(mut stdin), Some(mut stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("no pipe"));
        };
        let (sender, answers) = channel();
        std::thread::Builder::new().name("reader".to_owned()).spawn(move || {
            while let Ok(Some(frame)) = receive(&mut stdout) {
                if sender.send(frame).is_err() {
                    break;
                }
            }
        })?;
        // A worker that is already dead is found out when it does not answer.
        let _ = send(&mut stdin, start);
        Ok(Worker { child, stdin, answers })
    }

    fn ask(&mut self, request: &Request, limit: Duration) -> Result<Packed, Lost> {
        let sent = encode(request).and_then(|message| send(&mut self.stdin, &message));
        if sent.is_err() {
            return Err(Lost::Died(self.how_it_ended()));
        }
        match self.answers.recv_timeout(limit) {
            Ok(frame) => decode(&frame).map_err(|error| Lost::Died(error.to_string())),
            Err(RecvTimeoutError::Timeout) => Err(Lost::OutOfTime),
            Err(RecvTimeoutError::Disconnected) => Err(Lost::Died(self.how_it_ended())),
        }
    }

    fn how_it_ended(&mut self) -> String {
        self.child.wait().map_or_else(|error| error.to_string(), |status| status.to_string())
    }
}

impl Drop for Worker {
    /// A worker that is let go is done with: it is killed, so that none outlives its use, and waited for, so that
    /// none is left as a zombie.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Puts the rules' words to what the worker remarked.
pub(in crate::intake) fn spoken(reading: Reading, file: &SourceFile, hash: &str, catalog: &Catalog) -> WorkbookRead {
    let finding = |remark: Remark| {
        let Remark { code, sheet, row, col, field, args } = remark;
        let args: Vec<(&str, &str)> = args.iter().map(|(name, value)| (&**name, value.as_str())).collect();
        let place = Place { workbook: file.shown.clone(), sheet, row, col };
        catalog.finding(&code, &file.store, place, &field, &args)
    };
    WorkbookRead {
        path: file.shown.clone(),
        hash: hash.to_owned(),
        submission: Submission {
            store: file.store.clone(),
            workbook: file.shown.clone(),
            from: reading.from,
            to: reading.to,
            submitted_at: reading.submitted_at,
            submitted_by: reading.submitted_by,
            template_version: reading.template_version,
            basis: reading.basis,
        },
        tables: reading.tables,
        ignored: reading.ignored,
        findings: reading.remarks.into_iter().map(finding).collect(),
    }
}
