//! Reading against the barest reading there is, over the same files in the same session, on one core.
//!
//! `cargo xtask bench --reading` makes a group and runs this. It prints the processor time of our readers and of their
//! parent and the time on the wall with one reader, beside a loop over every cell with calamine, which keeps nothing, knows
//! no column and checks nothing.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is run by a person at a terminal")]

use calamine::Reader;
use foursight::{
    catalog::Catalog,
    check,
    intake::{self, Readers},
    model::Instant as Moment,
    project::Settings,
};
use std::{
    hint::black_box,
    path::Path,
    process::ExitCode,
    time::{Duration, Instant},
};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["__read"] => intake::serve_reader(),
        [input, rest @ ..] => match measure(Path::new(input), rest.first().copied().unwrap_or("3")) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("reading: {error}");
                ExitCode::FAILURE
            }
        },
        [] => {
            eprintln!("usage: reading INPUT [ROUNDS]");
            ExitCode::FAILURE
        }
    }
}

/// What one round took.
#[derive(Clone, Copy, Default)]
struct Took {
    wall: Duration,
    /// Of this process.
    parent: Duration,
    /// Of the processes it started.
    readers: Duration,
}

fn measure(input: &Path, rounds: &str) -> Result<(), Box<dyn std::error::Error>> {
    let rounds: usize = rounds.parse()?;
    let (catalog, _) = Catalog::load(None)?;
    let settings = Settings::defaults(&catalog);
    let files = intake::discover(input, &catalog, &settings)?.files;
    let hashes: Vec<String> = files.iter().map(intake::hash).collect::<Result<_, _>>()?;
    let mut limits = settings.intake;
    limits.workers = 1;
    let (mut loops, mut ours, mut checks) = (Vec::new(), Vec::new(), Vec::new());
    let (mut cells, mut rows, mut kept) = (0, 0, 0);
    for _ in 0..rounds {
        // In turn, so that both meet the machine in the same state.
        let (took, seen) = timed(|| files.iter().map(|file| cell_loop(&file.path)).sum::<u64>());
        cells = seen;
        loops.push(took);
        let (took, reads) = timed(|| {
            let readers = Readers::start(&catalog, &limits)?;
            let mut reads = Vec::new();
            for (file, hash) in files.iter().zip(&hashes) {
                let answer = readers.read(file, hash, &[]).map_err(std::io::Error::other)?;
                // As the cache keeps it, and as check takes it.
                kept += black_box(postcard::to_stdvec(&answer.packed).map_err(std::io::Error::other)?).len();
                reads.push((file.store.clone(), answer.packed.workbook(file, hash, &catalog)));
            }
            drop(readers);
            Ok::<_, std::io::Error>(reads)
        });
        let reads = reads?;
        rows = reads.iter().flat_map(|(_, read)| &read.tables).map(|table| table.rows.len()).sum();
        ours.push(took);
        let (took, ()) = timed(|| {
            let mut reads = reads.into_iter().peekable();
            while let Some((store, first)) = reads.next() {
                let mut of_store = vec![first];
                while let Some((_, read)) = reads.next_if(|(other, _)| *other == store) {
                    of_store.push(read);
                }
                let cutoff = of_store.iter().filter_map(|read| read.submission.to).max().unwrap_or_default();
                let store = settings.store(&store);
                black_box(check::check_store(&store, of_store, &catalog, &settings, Moment::day(cutoff)));
            }
        });
        checks.push(took);
    }
    let least = |rounds: &[Took]| *rounds.iter().min_by_key(|took| took.wall).unwrap_or(&Took::default());
    let (theirs, ours, checks) = (least(&loops), least(&ours), least(&checks));
    let cpu = ours.parent + ours.readers;
    let ratio = |a: Duration, b: Duration| a.as_secs_f64() / b.as_secs_f64();
    println!(
        "files              {} with {cells} cells; {rows} rows read, {} KB kept",
        files.len(),
        kept / rounds / 1000
    );
    println!(
        "calamine cell loop {:.3} s processor, {:.3} s wall",
        theirs.parent.as_secs_f64(),
        theirs.wall.as_secs_f64()
    );
    println!(
        "reading            {:.3} s processor ({:.3} s reader, {:.3} s parent), {:.3} s wall",
        cpu.as_secs_f64(),
        ours.readers.as_secs_f64(),
        ours.parent.as_secs_f64(),
        ours.wall.as_secs_f64()
    );
    println!("checking           {:.3} s processor", checks.parent.as_secs_f64());
    println!(
        "reading / loop     {:.2} processor, {:.2} wall",
        ratio(cpu, theirs.parent),
        ratio(ours.wall, theirs.wall)
    );
    Ok(())
}

fn timed<T>(work: impl FnOnce() -> T) -> (Took, T) {
    let (began, before) = (Instant::now(), processor_time());
    let made = work();
    let (wall, after) = (began.elapsed(), processor_time());
    (Took { wall, parent: after.0 - before.0, readers: after.1 - before.1 }, made)
}

/// The processor time of this process, and of those it has started and seen end.
fn processor_time() -> (Duration, Duration) {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_ascii_whitespace();
    let ticks: Vec<u64> = fields.skip(11).take(4).filter_map(|field| field.parse().ok()).collect();
    let [user, system, child_user, child_system] = ticks[..] else { return Default::default() };
    // The kernel tells programs in hundredths of a second, whatever it counts in itself.
    let time = |ticks: u64| Duration::from_millis(ticks * 10);
    (time(user + system), time(child_user + child_system))
}

/// Every cell of every sheet, streamed, nothing kept.
fn cell_loop(path: &Path) -> u64 {
    let mut cells = 0;
    let Ok(file) = std::fs::File::open(path) else { return 0 };
    let Ok(mut workbook) = calamine::Xlsx::new(std::io::BufReader::new(file)) else { return 0 };
    for name in workbook.sheet_names() {
        let Ok(mut reader) = workbook.worksheet_cells_reader(&name) else { continue };
        while let Ok(Some(cell)) = reader.next_cell() {
            black_box(cell.get_value());
            cells += 1;
        }
    }
    cells
}
