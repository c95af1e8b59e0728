//! Peak memory of a process and all it starts, read from `/proc` while it runs.

use super::Failure;
use std::{
    fs,
    process::{Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};

/// How a run went.
pub struct Run {
    /// How it ended.
    pub status: ExitStatus,
    /// Wall time.
    pub wall: Duration,
    /// Largest sum of resident memory over the process and its children, in MiB, sampled every 20 ms.
    pub peak_mib: f64,
}

/// Runs a command and watches it.
pub fn watch(command: &mut Command) -> Result<Run, Failure> {
    let began = Instant::now();
    let mut child = command.stdout(Stdio::null()).spawn()?;
    let mut peak = 0u64;
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Run { status, wall: began.elapsed(), peak_mib: peak as f64 / 1024.0 });
        }
        peak = peak.max(resident_kib(child.id()));
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Resident memory of a process and its descendants, in KiB.
fn resident_kib(pid: u32) -> u64 {
    let own = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let own = own
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let children = tasks.flat_map(|task| {
        let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
        children.split_whitespace().filter_map(|child| child.parse().ok()).collect::<Vec<u32>>()
    });
    own.unwrap_or_default() + children.map(resident_kib).sum::<u64>()
}
