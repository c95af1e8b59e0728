//! How the job grows: one machine against parts on several with a shared cache, the slopes between generated groups of
//! three sizes, and what they come to for a group that no machine here can hold. Written into `docs/scale.md`.

use super::{Failure, memory, root, scenario::Group, workbooks};
use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// The parts that the largest group is read in.
const PARTS: usize = 4;

/// Stores and months of the groups: one that differs in months, one that differs in stores.
const SIZES: [(u32, u32); 3] = [(50, 6), (50, 12), (200, 12)];

/// What the slopes are extended to.
const FAR: (u32, u32) = (1000, 120);

/// What is measured of one size.
struct Point {
    stores: f64,
    months: f64,
    workbooks: usize,
    wall: f64,
    peak: f64,
    /// Processor seconds; bytes of the lake, of the work folder, of the output, in MB.
    grows: [f64; 4],
}

/// Names of what grows, and its unit.
const GROWS: [(&str, &str); 4] = [("processor time", "s"), ("lake", "MB"), ("work folder", "MB"), ("output", "MB")];

/// Measures and writes.
pub fn run(binary: &Path, target: &Path) -> Result<(), Failure> {
    let mut points = Vec::new();
    let mut parts = None;
    for (at, (stores, months)) in SIZES.into_iter().enumerate() {
        let folder = target.join(format!("bench/scale-{stores}x{months}"));
        let group = Group::make(binary, &folder, &stores.to_string(), &months.to_string())?;
        let alone = group.build(None)?;
        let output = folder.join("output");
        points.push(Point {
            stores: stores.into(),
            months: months.into(),
            workbooks: workbooks(&group.input()).len(),
            wall: alone.run.wall.as_secs_f64(),
            peak: alone.run.peak_mib,
            grows: [
                alone.run.cpu,
                megabytes(&folder.join(".foursight/lake")),
                megabytes(&folder.join(".foursight")),
                megabytes(&output),
            ],
        });
        if at + 1 == SIZES.len() {
            let manifest = fs::read(output.join("data/manifest.json"))?;
            group.forget()?;
            parts = Some(in_parts(binary, &folder)?);
            if fs::read(output.join("data/manifest.json"))? != manifest {
                return Err("parts give another output than one machine".into());
            }
        }
        group.clear()?;
    }
    let text = told(&points, &parts.ok_or("no parts")?);
    println!("{text}");
    Ok(fs::write(root().join("docs/scale.md"), text)?)
}

/// The group in parts, one after the other, each as on a machine of its own, then the build that finds them done.
struct Parts {
    /// Wall seconds and peak MiB of each.
    each: Vec<(f64, f64)>,
    build: (f64, f64),
    shared: f64,
    anew: String,
}

fn in_parts(binary: &Path, folder: &Path) -> Result<Parts, Failure> {
    let share = folder.join("share");
    let run = |command: &str, work: PathBuf, more: &[&str]| {
        let mut run = Command::new(binary);
        run.args([command, "--quiet", "--lang", "en", "--input"]).arg(folder.join("input"));
        run.arg("--work").arg(work).arg("--cache").arg(&share).arg("--require-cache").args(more);
        let said = folder.join("said.txt");
        let out = fs::File::create(&said)?;
        let run = memory::watch(run.stderr(out.try_clone()?).stdout(out))?;
        let text = fs::read_to_string(&said)?;
        if !run.status.success() {
            return Err(Failure::from(format!("{command}: {}: {text}", run.status)));
        }
        let anew = text.lines().find(|line| line.contains("done anew")).unwrap_or_default().to_owned();
        Ok(((run.wall.as_secs_f64(), run.peak_mib), anew))
    };
    let mut each = Vec::new();
    for part in 1..=PARTS {
        each.push(run("ingest", folder.join(format!("part-{part}")), &["--shard", &format!("{part}/{PARTS}")])?.0);
    }
    let output = folder.join("output").display().to_string();
    let (build, anew) = run("build", folder.join("part-build"), &["--output", &output])?;
    let shared = megabytes(&share);
    for name in (1..=PARTS).map(|part| format!("part-{part}")).chain(["part-build".to_owned(), "share".to_owned()]) {
        super::remove(&folder.join(name))?;
    }
    Ok(Parts { each, build, shared, anew })
}

fn megabytes(folder: &Path) -> f64 {
    let bytes = workbooks(folder).iter().filter_map(|path| fs::metadata(path).ok()).map(|data| data.len()).sum::<u64>();
    bytes as f64 / 1e6
}

/// `base + of a store + of a store's month`, through three points: two of the same stores, two of the same months.
fn slopes([few, base, many]: [&Point; 3], of: impl Fn(&Point) -> f64) -> [f64; 3] {
    let of_month = (of(base) - of(few)) / (base.stores * (base.months - few.months));
    let of_store = (of(many) - of(base)) / (many.stores - base.stores) - of_month * base.months;
    [of(base) - base.stores * (of_store + of_month * base.months), of_store, of_month]
}

fn told(points: &[Point], parts: &Parts) -> String {
    let mut text = "# Scale\n\nWritten by `cargo xtask bench --scale` on generated groups, release build; every number below is that \
                    run's. Seconds are those of one machine with as many cores as it had, so compare them with each other only.\n\n\
                    ## One machine, nothing kept from before\n\n\
                    | stores × months | workbooks | wall s | processor s | peak MiB | lake MB | work folder MB | output MB |\n\
                    | --- | --- | --- | --- | --- | --- | --- | --- |\n"
        .to_owned();
    for point in points {
        let [cpu, lake, work, output] = point.grows;
        let _ = writeln!(
            text,
            "| {} × {} | {} | {:.1} | {cpu:.1} | {:.0} | {lake:.1} | {work:.1} | {output:.1} |",
            point.stores, point.months, point.workbooks, point.wall, point.peak
        );
    }
    let Some(largest) = points.last() else { return text };
    let longest = parts.each.iter().map(|(wall, _)| *wall).fold(0.0, f64::max);
    let side_by_side = longest + parts.build.0;
    let _ = write!(
        text,
        "\n## {PARTS} parts into one cache, then the build\n\nThe group of {} × {}, its parts one after the other, each with a work \
         folder of its own; the same bytes as one machine's.\n\n| | wall s | peak MiB |\n| --- | --- | --- |\n",
        largest.stores, largest.months
    );
    for (part, (wall, peak)) in (1..).zip(&parts.each) {
        let _ = writeln!(text, "| `ingest --shard {part}/{PARTS}` | {wall:.1} | {peak:.0} |");
    }
    let _ = write!(
        text,
        "| `build` | {:.1} | {:.0} |\n| as if side by side | {side_by_side:.1} | |\n\nOne machine alone: {:.1} s, {:.2} times as \
         long. The cache: {:.1} MB. The build: {}.\n\n## The model\n\nThrough the three groups above, for each: a base, so much a \
         store, so much a store's month.\n\n| | base | a store | a store's month | {} stores × {} months |\n| --- | --- | --- | --- | --- |\n",
        parts.build.0,
        parts.build.1,
        largest.wall,
        largest.wall / side_by_side,
        parts.shared,
        parts.anew.trim(),
        FAR.0,
        FAR.1
    );
    let [few, base, many] = points else { return text };
    for (at, (name, unit)) in GROWS.into_iter().enumerate() {
        let [fixed, of_store, of_month] = slopes([few, base, many], |point| point.grows[at]);
        let far = fixed + f64::from(FAR.0) * (of_store + of_month * f64::from(FAR.1));
        let far = match unit {
            "s" => format!("{:.1} hours", far / 3600.0),
            _ => format!("{:.1} GB", far / 1000.0),
        };
        let _ = writeln!(text, "| {name}, {unit} | {fixed:.1} | {of_store:.3} | {of_month:.4} | {far} |");
    }
    let _ = writeln!(
        text,
        "\nA straight line is an upper bound for the output, whose pages show recent periods only, and for a second build, which does \
         what changed. Peak memory goes from {:.0} MiB with {} stores to {:.0} with {}: what all stores add to the group's pages is \
         held at once.",
        base.peak, base.stores, many.peak, many.stores
    );
    text
}
