//! Where returned workbooks lie: paths that every system can write and tell apart, the same on each.

use std::collections::{BTreeMap, BTreeSet};

/// Bytes of a file's name that every file system takes, with room for what downloads add.
const LONGEST_NAME: usize = 200;
/// Bytes of an ending that is kept where a name is cut.
const LONGEST_ENDING: usize = 8;
/// Names that Windows keeps for devices, whatever their ending.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];
/// The ending of what is returned.
const ENDING: &str = ".xlsx";

/// The paths of a store's returned workbooks.
pub struct Paths<'w> {
    /// By the workbook's own path, below its store's folder.
    own: BTreeMap<&'w str, String>,
    /// In lower case, as systems compare that know no other.
    taken: BTreeSet<String>,
}

impl<'w> Paths<'w> {
    /// The paths for workbooks by their own paths, below the store's folder.
    pub fn of(workbooks: impl Iterator<Item = &'w str>) -> Paths<'w> {
        let mut paths = Paths { own: BTreeMap::new(), taken: BTreeSet::new() };
        let sorted: BTreeSet<&str> = workbooks.collect();
        for workbook in sorted {
            let mut path = workbook.split('/').map(portable).collect::<Vec<_>>().join("/");
            if !paths.taken.insert(path.to_lowercase()) {
                path = marked(&path, workbook);
                paths.taken.insert(path.to_lowercase());
            }
            paths.own.insert(workbook, path);
        }
        paths
    }

    /// Where a workbook is returned: under its own name where that says what it is and `as_it_is` holds, else with an ending
    /// of its own. Beside an a.csv there may be an a.csv.xlsx.
    pub fn place(&self, workbook: &str, as_it_is: bool) -> String {
        let path = self.own.get(workbook).map_or_else(|| portable(workbook), String::clone);
        if as_it_is || path.to_lowercase().ends_with(ENDING) {
            return fitting(&path, "");
        }
        if !self.taken.contains(&format!("{path}{ENDING}").to_lowercase()) {
            return fitting(&path, ENDING);
        }
        let kind = path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("xlsx", |(_, own)| own);
        fitting(&path, &format!(" ({kind}){ENDING}"))
    }
}

/// A part of a path as every system can write it; one that had to be changed bears a piece of its hash.
fn portable(part: &str) -> String {
    let allowed = |c: char| !(c.is_control() || matches!(c, '<' | '>' | ':' | '"' | '\\' | '|' | '?' | '*'));
    let kept: String = part.chars().map(|c| if allowed(c) { c } else { '_' }).collect();
    let kept = kept.trim_end_matches([' ', '.']).trim_start();
    let stem = kept.split('.').next().unwrap_or_default().to_lowercase();
    let device = stem.trim_end_matches(|c: char| c.is_ascii_digit());
    let numbered = stem.len() - device.len() == 1;
    let of_device = DEVICES.contains(&device) && (numbered == matches!(device, "com" | "lpt")) && stem.len() <= 4;
    if kept == part && !of_device && !kept.is_empty() { part.to_owned() } else { marked(kept, part) }
}

/// A path whose last part bears a piece of the hash of `of` before its ending.
fn marked(path: &str, of: &str) -> String {
    let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
    let slash = if folder.is_empty() { "" } else { "/" };
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let dot = if ending.is_empty() { "" } else { "." };
    let hash = blake3::hash(of.as_bytes()).to_hex();
    format!("{folder}{slash}{stem}~{}{dot}{ending}", &hash[..8])
}

/// A path with a longer ending, its last part cut to what file systems take; what was cut off stands there as a hash.
fn fitting(path: &str, ending: &str) -> String {
    let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
    let slash = if folder.is_empty() { "" } else { "/" };
    if name.len() + ending.len() <= LONGEST_NAME {
        return format!("{folder}{slash}{name}{ending}");
    }
    let own = name.rsplit_once('.').map_or("", |(_, own)| own);
    let own = if own.len() <= LONGEST_ENDING { own } else { "" };
    let mut end = LONGEST_NAME / 2;
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    let hash = blake3::hash(name.as_bytes()).to_hex();
    format!("{folder}{slash}{}~{}.{own}{ending}", &name[..end], &hash[..8])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(workbooks: &[&str]) -> Vec<String> {
        let paths = Paths::of(workbooks.iter().copied());
        workbooks.iter().map(|workbook| paths.place(workbook, workbook.ends_with(".xlsx"))).collect()
    }

    #[test]
    fn names_that_every_system_can_write_stay() {
        let names = ["2026-W47/潜客表 (1).xlsx", "甲&乙.xlsx", "com.xlsx", "console.xlsx", "#1,[a]'b.xlsx"];
        assert_eq!(places(&names), names);
    }

    #[test]
    fn others_are_written_so_that_they_stay_apart() {
        let names =
            ["a*.xlsx", "a?.xlsx", "a_.xlsx", "x|y/b<1>.xlsx", "周报./c .xlsx", "NUL.xlsx", "com1/d.xlsx", "e.xlsx."];
        let places = places(&names);
        for (name, place) in names.iter().zip(&places) {
            assert!(!place.contains(['*', '?', '|', '<', '>', ':', '"', '\\']), "{place}");
            let parts = place.split('/');
            assert!(parts.clone().all(|part| !part.ends_with(['.', ' '])), "{place}");
            assert_eq!(place == name, *name == "a_.xlsx", "{place}");
        }
        assert!(places[5].starts_with("NUL~") && places[6].starts_with("com1~"), "{places:?}");
        let apart: BTreeSet<&String> = places.iter().collect();
        assert_eq!(apart.len(), names.len());
    }

    #[test]
    fn names_that_differ_in_case_stay_apart() {
        let places = places(&["Week/A.xlsx", "week/a.xlsx", "week/b.csv", "week/B.CSV.xlsx", "week/c.csv"]);
        let lower: BTreeSet<String> = places.iter().map(|place| place.to_lowercase()).collect();
        assert_eq!(lower.len(), places.len(), "{places:?}");
        assert_eq!(places[2], "week/b.csv (csv).xlsx");
        assert_eq!(places[4], "week/c.csv.xlsx");
        assert_eq!(Paths::of(["a.xlsx"].into_iter()).place("a.xlsx", false), "a.xlsx", "no a.xlsx.xlsx");
    }

    #[test]
    fn long_names_are_cut() {
        let long = format!("{}.csv", "字".repeat(90));
        let place = Paths::of([long.as_str()].into_iter()).place(&long, false);
        assert!(place.len() <= LONGEST_NAME && place.ends_with(".csv.xlsx"), "{place}");
    }
}
