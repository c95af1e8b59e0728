//! Ends readers that take too long, and says which of two things it was: a file that keeps a reader busy for longer than
//! it may, or a reader that gets no time to work (stopped, starved, waiting for a disk that does not answer).

use std::{
    collections::BTreeMap,
    io,
    process::Child,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Why a reader was ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It worked on the file for as long as it may.
    Busy,
    /// It hardly worked at all.
    Idle,
}

/// Looks after the readers at work, from a thread of its own.
pub(super) struct Watch(Arc<Shared>);

#[derive(Default)]
struct Shared {
    watched: Mutex<Watched>,
    changed: Condvar,
}

#[derive(Default)]
struct Watched {
    next: u64,
    readers: BTreeMap<u64, Watchee>,
    closed: bool,
}

struct Watchee {
    child: Arc<Mutex<Child>>,
    /// Time it may work, and the length of a window.
    limit: Duration,
    window_ends: Instant,
    /// Time it had worked when the watch, and when the window, began.
    at_first: Option<Duration>,
    at_window: Option<Duration>,
    verdict: Option<Verdict>,
}

/// A reader under watch, until this is dropped.
pub(super) struct Guard<'w> {
    watch: &'w Watch,
    id: u64,
}

impl Watch {
    /// Starts the watching thread.
    ///
    /// # Errors
    /// When the machine allows no thread.
    pub fn start() -> io::Result<Watch> {
        let shared = Arc::new(Shared::default());
        let own = shared.clone();
        std::thread::Builder::new().name("readers".to_owned()).stack_size(1 << 17).spawn(move || own.run())?;
        Ok(Watch(shared))
    }

    /// Watches a reader from now on: it may work for `limit`.
    pub fn over(&self, child: &Arc<Mutex<Child>>, limit: Duration) -> Guard<'_> {
        let used = worked(&lock(child));
        let watchee = Watchee {
            child: child.clone(),
            limit,
            window_ends: Instant::now() + limit,
            at_first: used,
            at_window: used,
            verdict: None,
        };
        let mut watched = lock(&self.0.watched);
        let id = watched.next;
        watched.next += 1;
        watched.readers.insert(id, watchee);
        drop(watched);
        self.0.changed.notify_one();
        Guard { watch: self, id }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        lock(&self.0.watched).closed = true;
        self.0.changed.notify_one();
    }
}

impl Guard<'_> {
    /// Whether the reader was ended, and why.
    pub fn verdict(&self) -> Option<Verdict> {
        lock(&self.watch.0.watched).readers.get(&self.id).and_then(|watchee| watchee.verdict)
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        lock(&self.watch.0.watched).readers.remove(&self.id);
    }
}

impl Shared {
    fn run(&self) {
        let mut watched = lock(&self.watched);
        while !watched.closed {
            let now = Instant::now();
            let open = watched.readers.values_mut().filter(|watchee| watchee.verdict.is_none());
            let next = open.filter_map(|watchee| watchee.look(now)).min();
            watched = match next {
                Some(at) => {
                    let wait = at.saturating_duration_since(now);
                    self.changed.wait_timeout(watched, wait).unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.changed.wait(watched).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }
}

impl Watchee {
    /// Ends the reader when its time is up; else says when to look again. A reader that was kept waiting by others gets
    /// another window as long as it comes forward.
    fn look(&mut self, now: Instant) -> Option<Instant> {
        if now < self.window_ends {
            return Some(self.window_ends);
        }
        let used = worked(&lock(&self.child));
        let since = |start: Option<Duration>| Some(used?.saturating_sub(start?));
        // Where a process's own time is not known, the clock on the wall decides.
        let busy = since(self.at_first).is_none_or(|used| used * 10 >= self.limit * 9);
        let idle = since(self.at_window).is_some_and(|used| used * 20 < self.limit);
        if busy || idle {
            self.verdict = Some(if busy { Verdict::Busy } else { Verdict::Idle });
            let _ = lock(&self.child).kill();
            return None;
        }
        (self.window_ends, self.at_window) = (now + self.limit, used);
        Some(self.window_ends)
    }
}

/// What is behind a lock; a thread that panicked while it held one left counts and lists, all whole.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The processor time a process has used.
#[cfg(target_os = "linux")]
fn worked(child: &Child) -> Option<Duration> {
    /// The kernel tells programs in hundredths of a second, whatever it counts in itself.
    const TICK: Duration = Duration::from_millis(10);
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).ok()?;
    // The program's name stands in brackets and may hold anything.
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    let ticks = ticks()?.saturating_add(ticks()?);
    Some(TICK.saturating_mul(u32::try_from(ticks).unwrap_or(u32::MAX)))
}

#[cfg(not(target_os = "linux"))]
fn worked(_child: &Child) -> Option<Duration> {
    None
}
