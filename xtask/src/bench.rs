//! Measures the whole job on a generated group, or reading alone, and prints ratios taken in the same session.

use super::{Failure, memory, remove, root};
use calamine::{Reader, Xlsx};
use std::{
    fs,
    hint::black_box,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

/// `bench [--reading] [--dev] [--stores N] [--months M]`: release build unless `--dev`.
pub fn run(arguments: &[&str]) -> Result<(), Failure> {
    let (mut stores, mut months, mut release, mut reading) = ("50", "12", true, false);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match *argument {
            "--dev" => release = false,
            "--reading" => reading = true,
            "--stores" => stores = rest.next().ok_or("--stores N")?,
            "--months" => months = rest.next().ok_or("--months M")?,
            other => return Err(format!("unknown argument {other}").into()),
        }
    }
    let binary = super::built(release)?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let folder = target.join(format!("bench/{stores}x{months}"));
    remove(&folder)?;
    let made = Instant::now();
    super::run(Command::new(&binary).arg("demo").arg(&folder).args(["--stores", stores, "--months", months]))?;
    let made = made.elapsed();
    if reading {
        // `benches/reading.rs`: inside the tool, where reading can be had without the rest.
        let mut command = super::cargo();
        command.args(["bench", "--package", "foursight", "--bench", "reading"]);
        if !release {
            command.args(["--profile", "dev"]);
        }
        return super::run(command.arg("--").arg(folder.join("input")));
    }
    let files = workbooks(&folder.join("input"));
    let bytes: u64 = files.iter().filter_map(|path| fs::metadata(path).ok()).map(|data| data.len()).sum();
    let (loop_time, cells) = cell_loop(&files);

    let build = |what: &str| -> Result<memory::Run, Failure> {
        let mut command = Command::new(&binary);
        command.args(["build", "--quiet", "--input"]).arg(folder.join("input"));
        command.arg("--output").arg(folder.join("output"));
        let run = memory::watch(&mut command)?;
        if !run.status.success() {
            return Err(format!("{what}: {}", run.status).into());
        }
        Ok(run)
    };
    let cold = build("cold")?;
    let rows = rows_read(&folder.join("output/data/manifest.json"))?;
    let warm = build("warm")?;
    remove(&folder.join(".foursight"))?;
    let again = build("cold again")?;

    let ratio = |a: Duration, b: Duration| a.as_secs_f64() / b.as_secs_f64();
    println!("profile            {}", if release { "release" } else { "dev" });
    println!(
        "group              {stores} stores, {months} months, {} workbooks, {:.1} MB",
        files.len(),
        bytes as f64 / 1e6
    );
    println!("generated in       {:.2} s", made.as_secs_f64());
    println!("calamine cell loop {:.2} s, {cells} cells, one thread, same files", loop_time.as_secs_f64());
    for (name, run) in [("cold", &cold), ("cold again", &again), ("nothing changed", &warm)] {
        println!(
            "{name:<18} {:.2} s, peak {:.0} MiB over all processes, {:.0} rows/s, {:.2} × the cell loop",
            run.wall.as_secs_f64(),
            run.peak_mib,
            rows as f64 / run.wall.as_secs_f64(),
            ratio(run.wall, loop_time)
        );
    }
    println!("warm / cold        {:.3}", ratio(warm.wall, cold.wall));
    println!("rows read          {rows}");
    Ok(())
}

/// The barest reading there is: every cell of every sheet of every xlsx, streamed, one thread, nothing kept.
fn cell_loop(files: &[PathBuf]) -> (Duration, u64) {
    let began = Instant::now();
    let mut cells = 0u64;
    for path in files.iter().filter(|path| path.extension().is_some_and(|ending| ending == "xlsx")) {
        let Ok(file) = fs::File::open(path) else { continue };
        let Ok(mut workbook) = Xlsx::new(std::io::BufReader::new(file)) else { continue };
        for name in workbook.sheet_names() {
            let Ok(mut reader) = workbook.worksheet_cells_reader(&name) else { continue };
            while let Ok(Some(cell)) = reader.next_cell() {
                black_box(cell.get_value());
                cells += 1;
            }
        }
    }
    (began.elapsed(), cells)
}

fn workbooks(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.path().is_dir() { open.push(entry.path()) } else { found.push(entry.path()) }
        }
    }
    found.sort();
    found
}

fn rows_read(manifest: &Path) -> Result<u64, Failure> {
    let text = fs::read_to_string(manifest)?;
    let rest = text.split_once("\"rows_read\":").ok_or("no rows_read in the manifest")?.1;
    let digits: String = rest.trim_start().chars().take_while(char::is_ascii_digit).collect();
    Ok(digits.parse()?)
}
