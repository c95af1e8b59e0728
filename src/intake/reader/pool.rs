//! The parent's side: a pool of readers, started when first needed, ended when they take too long.
//!
//! **Whose fault.** A file can make a reader abort (its memory limit, a parser's fault) or keep it busy for too long:
//! that costs the file one finding. Everything else that ends a reader is the machine's doing and nothing about the file:
//! killed from outside, stopped, no process or descriptor to be had, another program in its place. Then the workbook is
//! asked for again in a fresh reader. What fails again and again is reported as such, is never kept, and when it goes so
//! with most workbooks nothing may be built upon the rest.

mod process;
mod watch;

use super::{
    PROGRAM,
    packed::{Frames, Packed},
    protocol::{Reply, Request, Start, Want, encode, path_bytes},
};
use crate::{
    arguments,
    catalog::Catalog,
    intake::{archive::Inside, discover::SourceFile, plan::Plan, workbook::Reading},
    model::{Argument, Message, Said, SeenSheet, Told},
    project::{IntakeLimits, MappedColumn},
};
use process::{Lost, Process};
use std::{
    ffi::OsStr,
    io,
    path::{Path, PathBuf},
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use watch::{Watch, lock};

/// A pool of reader processes. Callable from many threads; a call waits for a free reader.
pub struct Readers {
    program: PathBuf,
    start: Vec<u8>,
    limits: IntakeLimits,
    watch: Watch,
    state: Mutex<State>,
    freed: Condvar,
}

struct State {
    idle: Vec<Process>,
    /// Readers that may still be put to work.
    free: usize,
    /// Readers at work or being started.
    busy: usize,
    /// Workbooks asked for and done with, and those of them whose readers the machine took away.
    asked: usize,
    lost: usize,
    /// Why no reader can be started at all.
    broken: Option<Said>,
}

/// What was read of a workbook.
#[derive(Debug)]
pub struct Answer {
    /// The reading.
    pub packed: Packed,
    /// It follows from the file's bytes, its path, the reading plan and the limits alone. What this run met besides (a file
    /// that changed or vanished, a reader that died or got no time) must not be kept for the next.
    pub lasting: bool,
}

/// The machine does not let us read. Nothing may be built upon what was read so far.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}", self.told())]
pub enum ReaderFailure {
    /// No reader can be started, and why.
    NoReader(Said),
    /// The readers of most workbooks were taken away.
    MostLost {
        /// Workbooks whose readers were lost.
        lost: usize,
        /// Workbooks asked for.
        asked: usize,
    },
}

impl Told for ReaderFailure {
    fn told(&self) -> Message {
        match self {
            ReaderFailure::NoReader(why) => Message::new("reader.none").with("why", why.clone()),
            ReaderFailure::MostLost { lost, asked } => {
                Message::new("reader.most_lost").with("lost", *lost).with("asked", *asked)
            }
        }
    }
}

/// Whether a reader had read nothing before, and its answer with the rows that came before it.
type Asked = (bool, Result<(Reply, Frames), Lost>);

/// A reader's answer with the rows that came before it, or the code and arguments of why there is none.
type Replied = Result<(Reply, Frames), (&'static str, Vec<Argument>)>;

/// What became of looking at the cells of a workbook.
#[derive(Debug)]
pub enum Seen {
    /// The sheets.
    Sheets(Vec<SeenSheet>),
    /// It cannot be read, or holds too much to be made anew: so it will be the next time.
    Never,
    /// The file has changed, or the machine did not let it be read.
    NotNow,
}

/// How often a workbook is asked for before the machine is believed to be at fault.
const TRIES: usize = 3;

/// Pauses before a reader is started again when the machine allows none.
const PAUSES: [u64; 4] = [20, 80, 300, 1000];

impl Readers {
    /// A pool of `limits.workers` readers (one for each core when 0), started one by one when they are needed: the running
    /// program with the argument [`READER`](super::READER), or the program that the environment variable `FOURSIGHT_READER` names.
    ///
    /// # Errors
    /// When the running program's path is not known or the machine allows no thread.
    pub fn start(catalog: &Catalog, limits: &IntakeLimits) -> io::Result<Readers> {
        let program = match std::env::var_os(PROGRAM) {
            Some(program) => PathBuf::from(program),
            None => running_program()?,
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
        let free = if limits.workers == 0 { cores() } else { limits.workers as usize };
        let mut plan = Plan::of(catalog);
        plan.rows = limits.rows;
        let start = encode(&Start { plan, memory_mb: limits.memory_mb })?;
        let state = State { idle: Vec::new(), free, busy: 0, asked: 0, lost: 0, broken: None };
        let (state, watch) = (Mutex::new(state), Watch::start()?);
        Ok(Readers { program, start, limits: *limits, watch, state, freed: Condvar::new() })
    }

    /// Reads one workbook of a store that has `columns` of its own. `hash` is what [`super::super::hash`] gave for it: a
    /// file that has changed since is not read. What is wrong with the file is in the answer.
    ///
    /// # Errors
    /// When the machine lets no reader be started, or took away the readers of most workbooks so far.
    pub fn read(&self, file: &SourceFile, hash: &str, columns: &[MappedColumn]) -> Result<Answer, ReaderFailure> {
        let failed = |code, args| {
            let packed = Packed::empty(Reading::failed(&file.shown, code, args));
            Answer { packed, lasting: false }
        };
        let answer = match self.reply(file, hash, columns, Want::Rows)? {
            Ok((Reply::Read { rest, whole, lasting }, rows)) => {
                let rows = if whole { rows } else { Frames::default() };
                Answer { packed: Packed { rest, rows }, lasting }
            }
            Ok(_) => failed("W007", arguments! { "how" => Message::new("reader.senseless") }),
            Err((code, args)) => failed(code, args),
        };
        self.done(answer)
    }

    /// What the cells of a workbook show.
    pub fn seen(&self, file: &SourceFile, hash: &str) -> Seen {
        match self.reply(file, hash, &[], Want::Seen) {
            Ok(Ok((Reply::Seen(Some(sheets)), _))) => Seen::Sheets(sheets),
            Ok(Ok((Reply::Seen(None), _))) => Seen::Never,
            _ => Seen::NotNow,
        }
    }

    /// The files inside an archive, or what keeps it from being opened; `None` when it is none or cannot be read now.
    ///
    /// # Errors
    /// When the machine lets no reader be started.
    pub fn members(&self, file: &SourceFile, hash: &str) -> Result<Inside, ReaderFailure> {
        Ok(match self.reply(file, hash, &[], Want::Members)? {
            Ok((Reply::Members(members), _)) => members,
            _ => None,
        })
    }

    /// Asks until a reader answers, or says with which code and arguments none does.
    fn reply(
        &self,
        file: &SourceFile,
        hash: &str,
        columns: &[MappedColumn],
        want: Want,
    ) -> Result<Replied, ReaderFailure> {
        let request = Request {
            path: path_bytes(&file.path),
            shown: file.shown.to_string(),
            store: file.store.to_string(),
            hash: hash.to_owned(),
            file_mb: self.limits.file_mb,
            member: file.member,
            want,
            columns: columns.to_vec(),
        };
        let (mut deaths, mut tries) = (0, 0);
        loop {
            // Whatever goes wrong with a reader that has read other files is tried in one that has not.
            let (fresh, answer) = self.ask(&request, tries > 0)?;
            tries += 1;
            let lost = match answer {
                Ok(answer) => return Ok(Ok(answer)),
                Err(lost) => lost,
            };
            match lost {
                Lost::OutOfTime => {
                    return Ok(Err(("W008", arguments! { "seconds" => self.limits.seconds })));
                }
                Lost::Died(how) => {
                    deaths += 1;
                    if fresh && deaths > 1 {
                        return Ok(Err(("W007", arguments! { "how" => how })));
                    }
                }
                Lost::Machine(_) if tries < TRIES => {
                    std::thread::sleep(Duration::from_millis(PAUSES[tries.min(PAUSES.len() - 1)]));
                }
                Lost::Machine(how) => {
                    lock(&self.state).lost += 1;
                    return Ok(Err(("W014", arguments! { "how" => how })));
                }
            }
        }
    }

    /// Whether what was read may be built upon: not when the machine took away the readers of most workbooks.
    ///
    /// # Errors
    /// Then.
    pub fn sound(&self) -> Result<(), ReaderFailure> {
        let State { asked, lost, .. } = *lock(&self.state);
        if lost * 2 > asked { Err(ReaderFailure::MostLost { lost, asked }) } else { Ok(()) }
    }

    /// Counts a workbook that is done with. When it goes wrong from the start, not every file is waited for.
    fn done(&self, answer: Answer) -> Result<Answer, ReaderFailure> {
        let mut state = lock(&self.state);
        state.asked += 1;
        let hopeless = state.lost > 3 && state.lost * 2 > state.asked;
        drop(state);
        if hopeless { self.sound().map(|()| answer) } else { Ok(answer) }
    }

    /// Asks a reader, a new one when it has to be `fresh`. Returns also whether it had read nothing before.
    fn ask(&self, request: &Request, fresh: bool) -> Result<Asked, ReaderFailure> {
        let limit = Duration::from_secs(self.limits.seconds);
        let (place, mut process) = self.reader(fresh, limit)?;
        let fresh = process.fresh;
        let answer = process.ask(request, &self.watch, limit);
        // Dropped outside the lock when it is lost: that waits for its end.
        if answer.is_ok() {
            lock(&self.state).idle.push(process);
        } else {
            drop(process);
        }
        drop(place);
        Ok((fresh, answer))
    }

    /// An idle reader, or one just started. Where the machine allows no more of them, those that run have to do.
    fn reader(&self, fresh: bool, limit: Duration) -> Result<(Place<'_>, Process), ReaderFailure> {
        let mut pauses = PAUSES.iter();
        loop {
            let mut state = self.free_place();
            if let Some(why) = &state.broken {
                return Err(ReaderFailure::NoReader(why.clone()));
            }
            state.free -= 1;
            state.busy += 1;
            let idle = state.idle.pop();
            drop(state);
            let place = Place(self);
            let instead = match idle {
                Some(process) if !fresh || process.fresh => return Ok((place, process)),
                other => other,
            };
            drop(instead);
            let error = match Process::start(&self.program, &self.start, &self.watch, limit) {
                Ok(process) => return Ok((place, process)),
                Err(error) => error,
            };
            let mut state = lock(&self.state);
            if state.busy > 1 || !state.idle.is_empty() {
                // One reader less from now on; the place is not given back.
                state.busy -= 1;
                std::mem::forget(place);
                continue;
            }
            drop(state);
            drop(place);
            match pauses.next() {
                Some(pause) => std::thread::sleep(Duration::from_millis(*pause)),
                None => {
                    let why = Message::new("failure.file").with("path", &self.program).with("what", error);
                    let why = Said::from(why);
                    lock(&self.state).broken = Some(why.clone());
                    self.freed.notify_all();
                    return Err(ReaderFailure::NoReader(why));
                }
            }
        }
    }

    /// The state, once a reader may be put to work or none ever will.
    fn free_place(&self) -> MutexGuard<'_, State> {
        let mut state = lock(&self.state);
        while state.free == 0 && state.broken.is_none() {
            state = self.freed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state
    }
}

/// A reader's place; given back whatever happened to the reader.
struct Place<'a>(&'a Readers);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = lock(&self.0.state);
        state.free += 1;
        state.busy -= 1;
        drop(state);
        self.0.freed.notify_one();
    }
}

/// The running program. On Linux by the kernel's own link to it, which leads to this very program even when its file has
/// been replaced since; where no such link is mounted, as it was called.
fn running_program() -> io::Result<PathBuf> {
    let own = PathBuf::from("/proc/self/exe");
    if cfg!(target_os = "linux") && own.exists() {
        return Ok(own);
    }
    std::env::current_exe().or_else(|error| {
        let called = std::env::args_os().next().map(PathBuf::from);
        called.and_then(|called| as_called(&called, std::env::var_os("PATH").as_deref())).ok_or(error)
    })
}

/// The file of a program that was called so: by a path, or by a name found in the folders of `path`.
fn as_called(called: &Path, path: Option<&OsStr>) -> Option<PathBuf> {
    if called.components().count() > 1 {
        return called.canonicalize().ok();
    }
    std::env::split_paths(path?).map(|folder| folder.join(called)).find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_found_as_it_was_called() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("tool");
        std::fs::write(&file, "").expect("written");
        let path = std::env::join_paths([Path::new("/nowhere"), folder.path()]).expect("a path");
        assert_eq!(as_called(Path::new("tool"), Some(&path)), Some(file.clone()));
        assert_eq!(as_called(&file, None), file.canonicalize().ok());
        assert_eq!(as_called(Path::new("another"), Some(&path)), None);
        assert_eq!(as_called(Path::new("tool"), None), None);
    }
}
