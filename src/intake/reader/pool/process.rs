//! One reader process as its parent sees it.

use super::{
    super::{
        READER,
        packed::Frames,
        protocol::{END, ROWS, Reply, Request, SOURCE, decode, encode, receive, send},
    },
    watch::{Guard, Verdict, Watch, lock},
};
use crate::model::{Message, Said};
use std::{
    io::{self, BufReader},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

/// No answer is longer, in bytes: what is read of a workbook takes less.
const LONGEST: u64 = 1 << 30;

/// A running reader.
pub(super) struct Process {
    child: Arc<Mutex<Child>>,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    /// It has read no workbook yet.
    pub fresh: bool,
}

/// Why a reader gave no answer.
#[derive(Debug)]
pub(super) enum Lost {
    /// It ended itself over the file: it hit its memory limit, or its own fault.
    Died(Said),
    /// It worked on the file for as long as it may.
    OutOfTime,
    /// The file has no part in it: killed from outside, kept from working, no descriptors left.
    Machine(Said),
}

impl Process {
    /// Starts a reader and waits for it to say that it is this very program.
    ///
    /// # Errors
    /// What the machine says, or that another program answered.
    pub fn start(program: &Path, start: &[u8], watch: &Watch, limit: Duration) -> Result<Process, Said> {
        let mut child = Command::new(program)
            .arg(READER)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let child = Arc::new(Mutex::new(child));
        let Some((stdin, stdout)) = pipes else { return Err(Said::from("no pipe")) };
        let mut process = Process { child, stdin, stdout: BufReader::with_capacity(1 << 16, stdout), fresh: true };
        let child = process.child.clone();
        let guard = watch.over(&child, limit);
        match receive(&mut process.stdout) {
            Ok(Some(hello)) if hello == SOURCE.as_bytes() => {}
            Ok(Some(_)) => return Err(Message::new("reader.another").into()),
            _ => return Err(process.why_silent(&guard).into_said()),
        }
        if send(&mut process.stdin, start).is_err() {
            return Err(process.why_silent(&guard).into_said());
        }
        Ok(process)
    }

    /// Has one file looked at.
    pub fn ask(&mut self, request: &Request, watch: &Watch, limit: Duration) -> Result<(Reply, Frames), Lost> {
        let child = self.child.clone();
        let guard = watch.over(&child, limit);
        self.fresh = false;
        let sent = encode(request).and_then(|message| send(&mut self.stdin, &message));
        if sent.is_err() {
            return Err(self.why_silent(&guard));
        }
        let mut rows = Frames::default();
        let mut length = 0_u64;
        while let Ok(Some(mut frame)) = receive(&mut self.stdout) {
            length += frame.len() as u64;
            match frame.first() {
                Some(&ROWS) if length <= LONGEST => {
                    frame.remove(0);
                    rows.0.push(frame);
                }
                Some(&END) => {
                    return match decode(&frame[1..]) {
                        Ok(Reply::Machine(what)) => Err(Lost::Machine(what.into())),
                        Ok(reply) => Ok((reply, rows)),
                        Err(error) => Err(Lost::Died(error.to_string().into())),
                    };
                }
                _ => return Err(Lost::Died(Message::new("reader.senseless").into())),
            }
        }
        Err(self.why_silent(&guard))
    }

    /// Why nothing more comes from the reader.
    fn why_silent(&self, guard: &Guard<'_>) -> Lost {
        let (ended, forced) = self.end();
        match (guard.verdict(), ended) {
            (Some(Verdict::Busy), _) => Lost::OutOfTime,
            (Some(Verdict::Idle), _) => Lost::Machine(Message::new("reader.starved").into()),
            (None, Ok(status)) if !forced && is_of_the_machine(status) => Lost::Machine(status.to_string().into()),
            (None, Ok(status)) => Lost::Died(status.to_string().into()),
            (None, Err(error)) => Lost::Machine(error.into()),
        }
    }

    /// How the reader ended, and whether it had to be killed for that: one that closed its pipe is as good as dead.
    fn end(&self) -> (io::Result<ExitStatus>, bool) {
        let mut child = lock(&self.child);
        for _ in 0..10 {
            match child.try_wait() {
                Ok(None) => std::thread::sleep(Duration::from_millis(10)),
                Ok(Some(status)) => return (Ok(status), false),
                Err(error) => return (Err(error), false),
            }
        }
        let _ = child.kill();
        (child.wait(), true)
    }
}

impl Lost {
    /// What happened, for a message.
    pub fn into_said(self) -> Said {
        match self {
            Lost::Died(what) | Lost::Machine(what) => what,
            Lost::OutOfTime => Message::new("reader.silent").into(),
        }
    }
}

/// Whether a process ended by somebody else's doing. A reader that hits its memory limit or a fault of its own aborts.
#[cfg(unix)]
fn is_of_the_machine(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;
    /// SIGHUP, SIGINT, SIGQUIT, SIGKILL and SIGTERM, by the numbers that POSIX fixes.
    const FROM_OUTSIDE: [i32; 5] = [1, 2, 3, 9, 15];
    match status.signal() {
        Some(signal) => FROM_OUTSIDE.contains(&signal),
        // What the reader returns when its pipes or its limits fail.
        None => matches!(status.code(), Some(0 | 2)),
    }
}

#[cfg(not(unix))]
fn is_of_the_machine(status: ExitStatus) -> bool {
    matches!(status.code(), Some(0 | 2))
}

impl Drop for Process {
    /// A reader that is let go is done with: it is killed, so that none outlives its use, and waited for, so that none
    /// is left as a zombie.
    fn drop(&mut self) {
        let mut child = lock(&self.child);
        let _ = child.kill();
        let _ = child.wait();
    }
}
