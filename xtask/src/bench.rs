//! Measures the whole job on generated groups, or reading alone, and prints ratios taken in the same session.

mod scale;
mod scenario;

use super::{Failure, memory, remove, root};
use calamine::{Reader, Xlsx};
use scenario::Group;
use std::{
    fs,
    hint::black_box,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// What the command line asks for.
struct Asked {
    /// Stores of each group to measure.
    stores: Vec<String>,
    months: String,
    release: bool,
    /// Reading alone.
    reading: bool,
    /// How it grows, and in parts.
    scale: bool,
    /// Also with a style sheet that changed, which takes a second build of the tool.
    css: bool,
}

/// `bench [--reading | --scale] [--dev] [--no-css] [--stores N]… [--months M]`: release build unless `--dev`, 50 and 200 stores
/// unless told otherwise.
pub fn run(arguments: &[&str]) -> Result<(), Failure> {
    let mut asked =
        Asked { stores: Vec::new(), months: "12".to_owned(), release: true, reading: false, scale: false, css: true };
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match *argument {
            "--dev" => asked.release = false,
            "--reading" => asked.reading = true,
            "--scale" => asked.scale = true,
            "--no-css" => asked.css = false,
            "--stores" => asked.stores.push((*rest.next().ok_or("--stores N")?).to_owned()),
            "--months" => asked.months = (*rest.next().ok_or("--months M")?).to_owned(),
            other => return Err(format!("unknown argument {other}").into()),
        }
    }
    if asked.stores.is_empty() {
        asked.stores = if asked.reading { vec!["50".to_owned()] } else { vec!["50".to_owned(), "200".to_owned()] };
    }
    let binary = super::built(asked.release)?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    if asked.reading {
        return reading(&asked, &binary, &target);
    }
    fs::create_dir_all(target.join("bench"))?;
    if asked.scale {
        return scale::run(&binary, &target);
    }
    let restyled = if asked.css { Some(restyled(&asked, &binary, &target)?) } else { None };
    let mut lines = Vec::new();
    for stores in &asked.stores {
        let folder = target.join(format!("bench/{stores}x{}", asked.months));
        let group = Group::make(&binary, &folder, stores, &asked.months)?;
        let files = workbooks(&group.input());
        let (bare, cells) = cell_loop(&files);
        let bytes: u64 = files.iter().filter_map(|path| fs::metadata(path).ok()).map(|data| data.len()).sum();
        lines.push(format!(
            "{stores} stores × {} months: {} workbooks, {:.1} MB, {cells} cells; bare calamine cell loop, one thread: {:.2} s",
            asked.months,
            files.len(),
            bytes as f64 / 1e6,
            bare.as_secs_f64()
        ));
        lines.extend(measured(&group, restyled.as_deref(), bare)?);
    }
    println!("profile: {}", if asked.release { "release" } else { "dev" });
    println!(
        "| what | wall s | cpu s | peak MiB | written MB | × loop | ÷ cold |\n| --- | --- | --- | --- | --- | --- | --- |"
    );
    lines.iter().for_each(|line| println!("{line}"));
    Ok(())
}

/// The scenarios of one group, as lines of the table.
fn measured(group: &Group, restyled: Option<&Path>, bare: Duration) -> Result<Vec<String>, Failure> {
    // The week that is to come is held back, so that it can come.
    group.hold_back_last_week()?;
    let before = group.build(None)?;
    group.bring_last_week()?;
    let new_week = group.build(None)?;
    group.forget()?;
    let cold = group.build(None)?;
    let nothing = group.build(None)?;
    group.correct_one_workbook()?;
    let corrected = group.build(None)?;
    group.change_one_kpi()?;
    let kpi = group.build(None)?;
    let css = restyled.map(|binary| group.build(Some(binary))).transpose()?;
    let mut runs = vec![
        ("cold", &cold),
        ("cold, a week less", &before),
        ("nothing changed", &nothing),
        ("one workbook corrected", &corrected),
        ("a new week from every store", &new_week),
        ("one KPI changed", &kpi),
    ];
    runs.extend(css.as_ref().map(|css| ("css changed", css)));
    let line = |(what, run): (&str, &scenario::Measured)| {
        let seconds = run.run.wall.as_secs_f64();
        format!(
            "| {what} | {seconds:.2} | {:.2} | {:.0} | {:.1} | {:.2} | {:.3} |\n{}",
            run.run.cpu,
            run.run.peak_mib,
            run.written as f64 / 1e6,
            seconds / bare.as_secs_f64(),
            seconds / cold.run.wall.as_secs_f64(),
            run.anew
        )
    };
    let lines = runs.into_iter().map(line).collect();
    group.clear()?;
    Ok(lines)
}

/// `benches/reading.rs`: inside the tool, where reading can be had without the rest.
fn reading(asked: &Asked, binary: &Path, target: &Path) -> Result<(), Failure> {
    let folder = target.join(format!("bench/{}x{}", asked.stores[0], asked.months));
    let group = Group::make(binary, &folder, &asked.stores[0], &asked.months)?;
    let mut command = super::cargo();
    command.args(["bench", "--package", "foursight", "--bench", "reading"]);
    if !asked.release {
        command.args(["--profile", "dev"]);
    }
    super::run(command.arg("--").arg(group.input()))
}

/// The tool with another style sheet. The style sheet of the checkout is as before when this returns, also by an error.
fn restyled(asked: &Asked, binary: &Path, target: &Path) -> Result<PathBuf, Failure> {
    struct Restore(PathBuf, Vec<u8>);
    impl Drop for Restore {
        fn drop(&mut self) {
            if let Err(error) = fs::write(&self.0, &self.1) {
                eprintln!("xtask: {} could not be put back: {error}", self.0.display());
            }
        }
    }
    let first = target.join("bench/first");
    fs::copy(binary, &first)?;
    let sheet = root().join("templates/assets/site.css");
    let restore = Restore(sheet.clone(), fs::read(&sheet)?);
    let mut text = restore.1.clone();
    text.extend_from_slice(b"/* another style */\n");
    fs::write(&sheet, text)?;
    let second = target.join("bench/restyled");
    fs::copy(super::built(asked.release)?, &second)?;
    drop(restore);
    fs::copy(&first, binary)?;
    Ok(second)
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

/// Every file below a folder, sorted.
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
