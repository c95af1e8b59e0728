//! The worker over in-memory pipes, and the pool with programs that misbehave.

use super::*;
use crate::{
    intake::{
        Readers, SourceFile,
        reader::{pack, serve, unpack},
    },
    project::IntakeLimits,
};

#[test]
fn a_reading_crosses_the_pipe_whole() {
    let rows = [visit(2, r#"<c r="F2"><v>1200.5</v></c>"#), visit(3, r#"<c r="F3" t="e"><v>#N/A</v></c>"#)];
    let reading = read(&visits(&rows.concat(), false));
    assert!(!reading.remarks.is_empty());
    let bytes = postcard::to_stdvec(&pack(reading.clone())).expect("packed");
    assert_eq!(unpack(postcard::from_bytes(&bytes).expect("unpacked")), reading);
}

#[test]
fn a_worker_ends_with_its_parent() {
    let mut answers = Vec::new();
    serve(&mut &b""[..], &mut answers, |_| Ok(())).expect("the end of the stream is no error");
    assert!(answers.is_empty());
    assert!(serve(&mut &b"\xFF\xFF\xFF\xFFnonsense"[..], &mut answers, |_| Ok(())).is_err());
    assert!(serve(&mut &b"\x05\x00\x00\x00abc"[..], &mut answers, |_| Ok(())).is_err());
}

fn limits() -> IntakeLimits {
    IntakeLimits { workers: 2, memory_mb: 1024, seconds: 1, file_mb: 16 }
}

fn file(path: &std::path::Path) -> SourceFile {
    SourceFile { store: "S01".into(), path: path.to_owned(), shown: "S01/2026-W47/a.xlsx".into(), len: 0 }
}

/// Shell scripts stand for readers that die, hang, babble, or cannot be started.
#[cfg(unix)]
#[test]
fn a_worker_that_fails_costs_one_workbook() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let catalog = catalog();
    let source = file(&folder.path().join("a.xlsx"));
    for (name, script, code) in [
        ("dies", "exit 3", "W007"),
        ("aborts", "read x; kill -ABRT $$", "W007"),
        ("hangs", "exec sleep 60", "W008"),
        ("babbles", "printf '\\004\\000\\000\\000abcd'; exec sleep 60", "W007"),
    ] {
        let program = folder.path().join(name);
        std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("a script");
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("made executable");
        let readers = Readers::with_program(program, &catalog, &limits()).expect("a pool");
        for _ in 0..2 {
            let read = readers.read(&source, "0", &catalog);
            let codes: Vec<&str> = read.findings.iter().map(|finding| &*finding.code).collect();
            assert_eq!((codes, read.tables.len()), (vec![code], 0), "{name}");
            assert_eq!(read.submission.week().map(|week| week.to_string()).as_deref(), Some("2026-W47"));
        }
    }
    let readers = Readers::with_program(folder.path().join("absent"), &catalog, &limits()).expect("a pool");
    assert_eq!(&*readers.read(&source, "0", &catalog).findings[0].code, "W007");
}

/// The worker's loop in a thread, over pipes of the operating system.
#[test]
fn a_worker_serves_many_files_and_minds_their_hash() {
    use crate::intake::reader::testing::{request, start};
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.xlsx");
    let bytes = visits(&visit(2, r#"<c r="F2"><v>1200</v></c>"#), false);
    std::fs::write(&path, &bytes).expect("a file");
    let hash = blake3::hash(&bytes).to_hex().to_string();
    let mut stream = start(&catalog());
    for (path, hash) in [(&path, hash.as_str()), (&path, "0"), (&folder.path().join("gone.xlsx"), hash.as_str())] {
        stream.extend(request(path, "S01/2026-W47/a.xlsx", hash));
    }
    let mut answers = Vec::new();
    serve(&mut stream.as_slice(), &mut answers, |mb| {
        assert_eq!(mb, 64);
        Ok(())
    })
    .expect("served");
    let readings = crate::intake::reader::testing::answers(&answers);
    let seen: Vec<(usize, Vec<String>)> = readings.iter().map(|r| (r.tables.len(), remarks(r))).collect();
    assert_eq!(seen, [(1, vec![]), (0, vec!["W001".to_owned()]), (0, vec!["W001".to_owned()])]);
}

/// Every code that this stage raises has its words, and they fill.
#[test]
fn every_code_has_its_words() {
    let catalog = catalog();
    let codes = (1..=12).map(|n| format!("W{n:03}")).chain((1..=5).map(|n| format!("H{n:03}")));
    let codes = codes.chain((1..=14).chain([17]).map(|n| format!("C{n:03}"))).chain(["S006".to_owned()]);
    for code in codes {
        let rule = catalog.rules.get(code.as_str()).unwrap_or_else(|| panic!("{code} has no file"));
        for text in [&rule.title, &rule.message, &rule.cause, &rule.fix, &rule.example] {
            assert!(!text.zh.is_empty() && !text.en.is_empty(), "{code}");
        }
    }
    let fault = crate::intake::raw::Fault::TooLarge { what: "x".to_owned(), limit: 5 };
    let (code, args) = fault.remark();
    let reading = Reading::failed("S01/a.xlsx", code, args);
    let source = file(std::path::Path::new("a.xlsx"));
    let read = crate::intake::reader::spoken(reading, &source, "", &catalog);
    assert!(!read.findings[0].message.zh.contains('{') && !read.findings[0].message.en.contains('{'));
}
