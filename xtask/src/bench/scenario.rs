//! A generated group, and what may happen to it between two builds.

use super::{Failure, memory, remove, root, workbooks};
use std::{
    collections::BTreeSet,
    fs,
    io::{Read, Write},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::Command,
};

/// Two categories of complaints, as clerks write them: about the price, and about waiting.
const PRICE: &str = "\u{4ef7}\u{683c}";
const WAITING: &str = "\u{7b49}\u{5f85}\u{65f6}\u{95f4}";

/// A generated group.
pub struct Group {
    folder: PathBuf,
    binary: PathBuf,
    /// The name of the last week in file names, and the cut-offs without and with it.
    last_week: String,
}

/// How a build went.
pub struct Measured {
    pub run: memory::Run,
    /// Bytes of the output that were written, not linked.
    pub written: u64,
    /// What the build says it did anew.
    pub anew: String,
}

/// Part of the name of what is removed after the measuring.
const ASIDE: &str = ".set-aside-";

/// Takes a folder out of the way. It is not removed yet: for a minute a file system may look at each place of a removed
/// file before it gives it to another, which no first build of anybody pays for.
fn aside(folder: &Path) -> Result<(), Failure> {
    if !folder.exists() {
        return Ok(());
    }
    let name = folder.file_name().ok_or("no folder")?.to_string_lossy().into_owned();
    let free = (0..).map(|n| folder.with_file_name(format!("{name}{ASIDE}{n}"))).find(|path| !path.exists());
    fs::rename(folder, free.ok_or("no name")?)?;
    Ok(())
}

impl Group {
    /// Makes it anew.
    pub fn make(binary: &Path, folder: &Path, stores: &str, months: &str) -> Result<Group, Failure> {
        aside(folder)?;
        let mut demo = Command::new(binary);
        super::super::run(demo.arg("demo").arg(folder).args(["--stores", stores, "--months", months]))?;
        let names = workbooks(&folder.join("input"));
        let week = |path: &PathBuf| {
            let stem = path.file_stem()?.to_str()?.to_owned();
            stem.contains("-W").then(|| stem.get(..8).unwrap_or(&stem).to_owned())
        };
        let last_week = names.iter().filter_map(week).max().ok_or("no weekly workbook")?;
        Ok(Group { folder: folder.to_owned(), binary: binary.to_owned(), last_week })
    }

    /// Its input folder.
    pub fn input(&self) -> PathBuf {
        self.folder.join("input")
    }

    fn held(&self) -> PathBuf {
        self.folder.join("held")
    }

    fn move_week(&self, from: &Path, to: &Path) -> Result<(), Failure> {
        for path in workbooks(from) {
            let of_week =
                path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.contains(&self.last_week));
            if of_week {
                let target = to.join(path.strip_prefix(from)?);
                fs::create_dir_all(target.parent().ok_or("no folder")?)?;
                fs::rename(&path, target)?;
            }
        }
        Ok(())
    }

    /// Takes every store's last week away.
    pub fn hold_back_last_week(&self) -> Result<(), Failure> {
        self.move_week(&self.input(), &self.held())?;
        self.write_config(7)
    }

    /// Brings it back.
    pub fn bring_last_week(&self) -> Result<(), Failure> {
        self.move_week(&self.held(), &self.input())?;
        self.write_config(0)
    }

    /// Moves the cut-off of the config so many days back.
    fn write_config(&self, back: u32) -> Result<(), Failure> {
        let (path, kept) = (self.folder.join("foursight.toml"), self.folder.join("foursight.toml.made"));
        if !kept.exists() {
            fs::copy(&path, &kept)?;
        }
        let text = fs::read_to_string(&kept)?;
        let line = text.lines().find(|line| line.starts_with("as_of")).ok_or("no as_of in the config")?;
        let day = line.split('"').nth(1).and_then(|day| day.rsplit_once('-')).ok_or("as_of is no date")?;
        // The demo's cut-off is late enough in its month.
        let moved = format!("as_of = \"{}-{:02}\"", day.0, day.1.parse::<u32>()? - back);
        fs::write(&path, text.replace(line, &moved))?;
        Ok(())
    }

    /// Forgets everything that earlier builds left.
    pub fn forget(&self) -> Result<(), Failure> {
        aside(&self.folder.join(".foursight"))?;
        aside(&self.folder.join("output"))
    }

    /// Removes what was set aside.
    pub fn clear(&self) -> Result<(), Failure> {
        let beside = |folder: &Path| -> Result<(), Failure> {
            for entry in fs::read_dir(folder)?.flatten() {
                if entry.file_name().to_string_lossy().contains(ASIDE) {
                    remove(&entry.path())?;
                }
            }
            Ok(())
        };
        beside(&self.folder)?;
        self.folder.parent().map_or(Ok(()), beside)
    }

    /// Corrects one word of the last workbook that has it: a complaint was about something else.
    pub fn correct_one_workbook(&self) -> Result<(), Failure> {
        for path in workbooks(&self.input()).iter().rev() {
            if corrected(path, PRICE, WAITING)? {
                return Ok(());
            }
        }
        Err("no workbook to correct".into())
    }

    /// Puts a KPI of ours under the group's own definitions, with another condition.
    pub fn change_one_kpi(&self) -> Result<(), Failure> {
        let text = fs::read_to_string(root().join("definitions/kpis/connect_rate.toml"))?;
        let line = text.lines().find(|line| line.starts_with("numerator")).ok_or("no numerator")?;
        let condition = line.split_once('=').ok_or("no condition")?.1.trim().trim_matches('"');
        let changed = format!("numerator = \"({condition}) and done_at is not null\"");
        let folder = self.folder.join("definitions/kpis");
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("connect_rate.toml"), text.replace(line, &changed))?;
        Ok(())
    }

    /// Builds it with the tool, or another build of the tool.
    pub fn build(&self, binary: Option<&Path>) -> Result<Measured, Failure> {
        let output = self.folder.join("output");
        let inodes = |folder: &Path| -> BTreeSet<u64> {
            workbooks(folder).iter().filter_map(|path| fs::metadata(path).ok()).map(|data| data.ino()).collect()
        };
        let before = inodes(&output);
        let said = self.folder.join("said.txt");
        let mut command = Command::new(binary.unwrap_or(&self.binary));
        command.args(["build", "--quiet", "--lang", "en", "--input"]).arg(self.input()).arg("--output").arg(&output);
        command.stderr(fs::File::create(&said)?);
        let run = memory::watch(command.stdout(fs::File::create(self.folder.join("out.txt"))?))?;
        if !run.status.success() {
            return Err(format!("build: {}: {}", run.status, fs::read_to_string(&said)?).into());
        }
        let new = workbooks(&output).into_iter().filter_map(|path| fs::metadata(path).ok());
        let written = new.filter(|data| !before.contains(&data.ino())).map(|data| data.len()).sum();
        let text = fs::read_to_string(self.folder.join("out.txt"))? + &fs::read_to_string(&said)?;
        let anew = text.lines().find(|line| line.contains("done anew")).unwrap_or_default().to_owned();
        Ok(Measured { run, written, anew })
    }
}

/// Replaces a word in a workbook's texts; says whether it was there.
fn corrected(path: &Path, word: &str, by: &str) -> Result<bool, Failure> {
    if path.extension().is_none_or(|ending| ending != "xlsx") {
        return Ok(false);
    }
    // Some of the demo's workbooks are broken on purpose.
    let Ok(mut package) = zip::ZipArchive::new(fs::File::open(path)?) else { return Ok(false) };
    let mut parts = Vec::new();
    let mut found = false;
    for index in 0..package.len() {
        let mut part = package.by_index(index)?;
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes)?;
        let name = part.name()?.into_owned();
        if name.ends_with("sharedStrings.xml") {
            let text = String::from_utf8(bytes)?;
            found = text.contains(word);
            bytes = text.replace(word, by).into_bytes();
        }
        parts.push((name, bytes));
    }
    if found {
        let mut written = zip::ZipWriter::new(fs::File::create(path)?);
        for (name, bytes) in parts {
            written.start_file(name, zip::write::SimpleFileOptions::default())?;
            written.write_all(&bytes)?;
        }
        written.finish()?;
    }
    Ok(found)
}
