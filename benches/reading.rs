//! Reading against the barest reading there is, over the same files in the same session, on one core.
//!
//! `cargo xtask bench --reading` makes a group and runs this. It prints the processor time of our readers and of their
//! parent and the time on the wall with one reader, beside a loop over every cell with calamine, which keeps nothing, knows
//! no column and checks nothing. Some of the workbooks are read once more as xls, ods and xlsb, beside calamine alone.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is run by a person at a terminal")]

use calamine::Reader;
use foursight::{
    catalog::Catalog,
    check,
    intake::{self, Readers, SourceFile},
    model::Instant as Moment,
    project::Settings,
};
use std::{
    hint::black_box,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
    time::{Duration, Instant},
};

#[path = "../tests/it/xlsb.rs"]
#[expect(dead_code, reason = "the tests write such workbooks from texts as well")]
mod xlsb;

/// The tool's own; both sides of the comparison have it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [intake::READER] => intake::serve_reader(),
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
    let bench = Bench { catalog: &catalog, settings: &settings, rounds };
    let of_input = bench.files(input, "xlsx")?;
    bench.compare("xlsx", "cell loop", &of_input)?.print();
    let scratch = tempfile::tempdir()?;
    let largest = largest(&of_input);
    for format in ["xls", "ods", "xlsb"] {
        match in_format(&largest, format, &scratch.path().join(format)) {
            Ok(folder) => bench.compare(format, "alone", &bench.files(&folder, format)?)?.print(),
            Err(why) => println!("{format:<5} not measured: {why}"),
        }
    }
    Ok(())
}

/// What is read with.
struct Bench<'b> {
    catalog: &'b Catalog,
    settings: &'b Settings,
    rounds: usize,
}

/// Reading beside calamine over the same files.
struct Compared {
    format: String,
    how: &'static str,
    files: usize,
    cells: u64,
    rows: usize,
    kept: usize,
    theirs: Took,
    ours: Took,
    checks: Took,
}

impl Bench<'_> {
    fn files(&self, folder: &Path, ending: &str) -> Result<Vec<SourceFile>, Box<dyn std::error::Error>> {
        let mut files = intake::discover(folder, self.catalog, self.settings)?.files;
        // The bare loop knows one format at a time.
        files.retain(|file| file.path.extension().is_some_and(|own| own == ending));
        Ok(files)
    }

    fn compare(
        &self,
        format: &str,
        how: &'static str,
        files: &[SourceFile],
    ) -> Result<Compared, Box<dyn std::error::Error>> {
        let (catalog, settings) = (self.catalog, self.settings);
        let hashes: Vec<String> = files.iter().map(intake::hash).collect::<Result<_, _>>()?;
        let mut limits = settings.intake;
        limits.workers = 1;
        let (mut loops, mut ours, mut checks) = (Vec::new(), Vec::new(), Vec::new());
        let (mut cells, mut rows, mut kept) = (0, 0, 0);
        for _ in 0..self.rounds {
            // In turn, so that both meet the machine in the same state.
            let (took, seen) = timed(|| files.iter().map(|file| bare(&file.path)).sum::<u64>());
            cells = seen;
            loops.push(took);
            let (took, reads) = timed(|| {
                let readers = Readers::start(catalog, &limits)?;
                let mut reads = Vec::new();
                for (file, hash) in files.iter().zip(&hashes) {
                    let answer = readers.read(file, hash, &[]).map_err(std::io::Error::other)?;
                    // As the cache keeps it, and as check takes it.
                    kept += black_box(postcard::to_stdvec(&answer.packed).map_err(std::io::Error::other)?).len();
                    reads.push((file.store.clone(), answer.packed.workbook(file, hash, catalog)));
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
                    black_box(check::check_store(&store, of_store, catalog, settings, Moment::day(cutoff)));
                }
            });
            checks.push(took);
        }
        let least = |rounds: &[Took]| *rounds.iter().min_by_key(|took| took.wall).unwrap_or(&Took::default());
        let kept = kept / self.rounds.max(1);
        let (theirs, ours, checks) = (least(&loops), least(&ours), least(&checks));
        Ok(Compared { format: format.to_owned(), how, files: files.len(), cells, rows, kept, theirs, ours, checks })
    }
}

impl Compared {
    fn print(&self) {
        let Compared { format, how, files, cells, rows, kept, theirs, ours, checks } = self;
        let cpu = ours.parent + ours.readers;
        let seconds = |time: Duration| time.as_secs_f64();
        println!("{format:<5} {files} files with {cells} cells; {rows} rows read, {} KB kept", kept / 1000);
        println!("      calamine {how}: {:.3} s processor, {:.3} s wall", seconds(theirs.parent), seconds(theirs.wall));
        println!(
            "      reading: {:.3} s processor ({:.3} s reader, {:.3} s parent), {:.3} s wall",
            seconds(cpu),
            seconds(ours.readers),
            seconds(ours.parent),
            seconds(ours.wall)
        );
        println!("      checking: {:.3} s processor", seconds(checks.parent));
        let ratio = |a: Duration, b: Duration| seconds(a) / seconds(b);
        println!(
            "      reading / calamine {how}: {:.2} processor, {:.2} wall",
            ratio(cpu, theirs.parent),
            ratio(ours.wall, theirs.wall)
        );
    }
}

/// Workbooks that are written in other formats.
const CONVERTED: usize = 24;

fn largest(files: &[SourceFile]) -> Vec<PathBuf> {
    // A group has workbooks that are broken on purpose.
    let whole = |file: &&SourceFile| calamine::open_workbook::<calamine::Xlsx<_>, _>(&file.path).is_ok();
    let mut files: Vec<&SourceFile> = files.iter().filter(whole).collect();
    files.sort_by_key(|file| std::cmp::Reverse(file.len));
    files.iter().take(CONVERTED).map(|file| file.path.clone()).collect()
}

/// The same workbooks in another format, as an input folder: LibreOffice writes xls and ods, nothing here writes an xlsb.
fn in_format(files: &[PathBuf], format: &str, folder: &Path) -> Result<PathBuf, Box<dyn std::error::Error>> {
    for (n, file) in files.iter().enumerate() {
        let store = folder.join("input").join(format!("S{n:02}"));
        std::fs::create_dir_all(&store)?;
        let into = store.join(file.file_name().unwrap_or_default()).with_extension(format);
        if format == "xlsb" {
            std::fs::write(into, as_xlsb(file)?)?;
            continue;
        }
        let output = Command::new("soffice")
            .arg(format!("-env:UserInstallation=file://{}", folder.join("profile").display()))
            .args(["--headless", "--norestore", "--convert-to", format, "--outdir"])
            .arg(&store)
            .arg(file)
            .output()?;
        if !into.is_file() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
    }
    Ok(folder.join("input"))
}

/// The cells of an xlsx as an xlsb.
fn as_xlsb(path: &Path) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let mut book: calamine::Xlsx<_> = calamine::open_workbook(path)?;
    let mut sheets = Vec::new();
    let names = book.sheet_names();
    for name in &names {
        let range = book.worksheet_range(name)?;
        let (first_row, first_col) = range.start().unwrap_or_default();
        let mut rows: xlsb::Rows = (0..first_row).map(|_| Vec::new()).collect();
        for row in range.rows() {
            let cells = row.iter().map(|cell| match cell {
                calamine::Data::Empty => None,
                calamine::Data::Float(number) => Some(xlsb::Cell::Number(*number)),
                calamine::Data::Int(number) => Some(xlsb::Cell::Number(*number as f64)),
                calamine::Data::Bool(flag) => Some(xlsb::Cell::Flag(*flag)),
                calamine::Data::DateTime(at) => Some(xlsb::Cell::Day(at.as_f64())),
                other => Some(xlsb::Cell::Text(other.to_string())),
            });
            rows.push((0..first_col).map(|_| None).chain(cells).collect());
        }
        sheets.push((name.as_str(), rows));
    }
    Ok(xlsb::of_sheets(&sheets))
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

/// Every cell of every sheet, nothing kept: streamed of an xlsx, as calamine gives them of the others.
fn bare(path: &Path) -> u64 {
    let Ok(file) = std::fs::File::open(path) else { return 0 };
    let file = std::io::BufReader::new(file);
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("xlsx") => calamine::Xlsx::new(file).map_or(0, cell_loop),
        Some("xls") => calamine::Xls::new(file).map_or(0, ranges),
        Some("xlsb") => calamine::Xlsb::new(file).map_or(0, ranges),
        Some("ods") => calamine::Ods::new(file).map_or(0, ranges),
        _ => 0,
    }
}

fn cell_loop(mut workbook: calamine::Xlsx<std::io::BufReader<std::fs::File>>) -> u64 {
    let mut cells = 0;
    for name in workbook.sheet_names() {
        let Ok(mut reader) = workbook.worksheet_cells_reader(&name) else { continue };
        while let Ok(Some(cell)) = reader.next_cell() {
            black_box(cell.get_value());
            cells += 1;
        }
    }
    cells
}

fn ranges<R: Reader<std::io::BufReader<std::fs::File>>>(mut workbook: R) -> u64 {
    let mut cells = 0;
    for name in workbook.sheet_names() {
        let Ok(range) = workbook.worksheet_range(&name) else { continue };
        for (_, _, cell) in range.used_cells() {
            black_box(cell);
            cells += 1;
        }
    }
    cells
}
