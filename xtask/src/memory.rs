//! Peak memory of a process and all it starts, read from `/proc` while it runs.

use super::Failure;
use std::{
    fs,
    process::{Command, ExitStatus},
    time::{Duration, Instant},
};

/// How a run went.
pub struct Run {
    /// How it ended.
    pub status: ExitStatus,
    /// Wall time.
    pub wall: Duration,
    /// Processor time of the process and all it waited for, in seconds, as of the last sample.
    pub cpu: f64,
    /// Largest sum of resident memory over the process and its children, in MiB, sampled every 20 ms.
    pub peak_mib: f64,
}

/// Runs a command and watches it.
pub fn watch(command: &mut Command) -> Result<Run, Failure> {
    let began = Instant::now();
    let mut child = command.spawn()?;
    let (mut peak, mut cpu) = (0u64, 0.0f64);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Run { status, wall: began.elapsed(), cpu, peak_mib: peak as f64 / 1024.0 });
        }
        peak = peak.max(resident_kib(child.id()));
        cpu = cpu.max(cpu_seconds(child.id()));
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Resident memory of a process and its descendants, in KiB.
fn resident_kib(pid: u32) -> u64 {
    let own = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let own = own
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    own.unwrap_or_default() + children(pid).into_iter().map(resident_kib).sum::<u64>()
}

/// Processor time of a process, of its living descendants, and of those that were waited for, in seconds.
fn cpu_seconds(pid: u32) -> f64 {
    // Linux counts in hundredths of a second on every machine it runs on.
    const TICKS: f64 = 100.0;
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name in brackets may hold spaces.
    let after = text.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: f64 = after.split_whitespace().skip(11).take(4).filter_map(|word| word.parse::<f64>().ok()).sum();
    let children = children(pid).into_iter().map(cpu_seconds).sum::<f64>();
    ticks / TICKS + children
}

fn children(pid: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let children = tasks.flat_map(|task| {
        let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
        children.split_whitespace().filter_map(|child| child.parse().ok()).collect::<Vec<u32>>()
    });
    children.collect()
}
