//! The worker over in-memory pipes, and the pool with programs that misbehave.

use super::*;
use crate::{
    intake::{
        Readers, SourceFile,
        reader::{receive, serve},
    },
    messages::FindingWords,
    model::Lang,
    project::IntakeLimits,
};

/// The frames in these bytes.
fn from(mut bytes: &[u8]) -> impl FnMut() -> std::io::Result<Option<Vec<u8>>> {
    move || receive(&mut bytes)
}

#[test]
fn a_worker_ends_with_its_parent() {
    let mut answers = Vec::new();
    serve(from(b""), &mut answers, |_| Ok(())).expect("the end of the stream is no error");
    assert_eq!(answers, crate::intake::reader::testing::hello());
    assert!(serve(from(b"\xFF\xFF\xFF\xFFnonsense"), &mut answers, |_| Ok(())).is_err());
    assert!(serve(from(b"\x05\x00\x00\x00abc"), &mut answers, |_| Ok(())).is_err());
}

fn limits() -> IntakeLimits {
    IntakeLimits { workers: 2, memory_mb: 1024, seconds: 2, file_mb: 16, rows: 500_000 }
}

fn file(path: &std::path::Path) -> SourceFile {
    SourceFile { store: "S01".into(), path: path.to_owned(), shown: "S01/2026-W47/a.xlsx".into(), len: 0, member: None }
}

/// The head of a script that stands in for a reader: `start` takes the first frame, which is longer than a pipe holds, and
/// `job` waits for a request.
#[cfg(unix)]
fn shell(folder: &std::path::Path) -> String {
    let start = crate::intake::reader::testing::start_with(catalog(), limits().memory_mb).len();
    let (start, folder) = (format!("head -c {start} >/dev/null"), folder.display());
    format!("#!/bin/sh\ncd '{folder}'\nstart() {{ {start}; }}\njob() {{ head -c 4 >/dev/null; }}\n")
}

/// What readers of a shell script make of two workbooks: the codes, or the failure.
#[cfg(unix)]
fn scripted(folder: &std::path::Path, script: &str) -> Vec<Result<Vec<String>, String>> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(folder.join("hello"), crate::intake::reader::testing::hello()).expect("a file");
    let program = folder.join("program");
    std::fs::write(&program, format!("{}{script}\n", shell(folder))).expect("a script");
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).expect("made executable");
    let catalog = catalog();
    let source = file(&folder.join("a.xlsx"));
    let readers = Readers::with_program(program, catalog, &limits()).expect("a pool");
    let mut seen = Vec::new();
    for _ in 0..2 {
        seen.push(readers.read(&source, "0", &[]).map_err(|failure| failure.to_string()).map(|answer| {
            assert!(!answer.lasting, "what a dead reader left is not kept");
            let read = answer.packed.workbook(&source, "0", catalog);
            assert!(read.tables.is_empty());
            assert_eq!(read.submission.week().map(|week| week.to_string()).as_deref(), Some("2026-W47"));
            read.findings.iter().map(|finding| finding.code.to_string()).collect()
        }));
    }
    seen.push(readers.sound().map(|()| Vec::new()).map_err(|failure| failure.to_string()));
    seen
}

/// A file that breaks its reader costs one finding about the file.
#[cfg(unix)]
#[test]
fn what_a_file_does_to_its_reader_is_the_files() {
    for (script, code) in [
        ("cat hello; start; job; kill -ABRT $$", "W007"),
        ("cat hello; start; job; exit 101", "W007"),
        ("cat hello; start; printf '\\004\\000\\000\\000abcd'; exec sleep 60", "W007"),
        ("cat hello; start; exec 1>&-; exec sleep 60", "W007"),
        ("cat hello; start; while :; do :; done", "W008"),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let finding = || Ok(vec![code.to_owned()]);
        assert_eq!(scripted(folder.path(), script), [finding(), finding(), Ok(vec![])], "{script}");
    }
}

/// A reader that is killed or kept from working says nothing about the file: when it goes on so, nothing is built.
#[cfg(target_os = "linux")]
#[test]
fn what_the_machine_does_to_a_reader_is_the_machines() {
    for script in ["cat hello; start; job; kill -KILL $$", "cat hello; start; kill -STOP $$"] {
        let folder = tempfile::tempdir().expect("a folder");
        let seen = scripted(folder.path(), script);
        assert_eq!(seen[..2], [Ok(vec!["W014".to_owned()]), Ok(vec!["W014".to_owned()])], "{script}");
        assert!(seen[2].is_err(), "{script}");
    }
}

/// No reader, another program in its place, or one that dies at once: no file is blamed.
#[cfg(unix)]
#[test]
fn without_readers_nothing_is_read() {
    for script in ["exit 3", "printf '\\003\\000\\000\\000abc'; exec sleep 60", "exec sleep 60"] {
        let folder = tempfile::tempdir().expect("a folder");
        let seen = scripted(folder.path(), script);
        assert!(seen[0].is_err() && seen[1].is_err(), "{script}: {seen:?}");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let readers = Readers::with_program(folder.path().join("absent"), catalog(), &limits()).expect("a pool");
    assert!(readers.read(&file(&folder.path().join("a.xlsx")), "0", &[]).is_err());
}

/// A reader lost once is replaced, and the answer of its successor counts like any other.
#[cfg(unix)]
#[test]
fn a_lost_reader_is_replaced() {
    use crate::intake::reader::testing::answer;
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    let bytes = visits(&visit(2, r#"<c r="F2"><v>1200</v></c>"#), false);
    std::fs::write(at("hello"), crate::intake::reader::testing::hello()).expect("a file");
    std::fs::write(at("answer"), answer(&bytes, PATH, plan())).expect("a file");
    let script = format!(
        "{}cat hello\nstart\nif mkdir first; then kill -KILL $$; fi\ncat answer\nexec sleep 60\n",
        shell(folder.path())
    );
    std::fs::write(at("program"), script).expect("a script");
    std::fs::set_permissions(at("program"), std::fs::Permissions::from_mode(0o755)).expect("made executable");
    let readers = Readers::with_program(at("program"), catalog(), &limits()).expect("a pool");
    let answer = readers.read(&file(&at("a.xlsx")), "0", &[]).expect("read");
    assert!(answer.lasting && readers.sound().is_ok());
    assert_eq!(answer.packed.unpacked().expect("chunks").tables[0].rows.len(), 1);
}

/// Runs as a process of its own, see below.
#[cfg(unix)]
#[test]
#[ignore = "the child of the test below"]
fn a_busy_reader() {
    let _requests = crate::intake::reader::until_closed(std::io::stdin()).expect("a thread");
    std::thread::sleep(std::time::Duration::from_secs(60));
}

/// A reader that is busy when its parent dies does not finish its file first.
#[cfg(unix)]
#[test]
fn a_busy_reader_ends_with_its_parent() {
    let own = std::env::current_exe().expect("the tests' program");
    let mut child = std::process::Command::new(own)
        .args(["--exact", "intake::tests::reader::a_busy_reader", "--ignored", "--quiet"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .expect("started");
    drop(child.stdin.take());
    let status = child.wait().expect("ended");
    assert_eq!(status.code(), Some(2), "it ended by itself, not after its work");
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
    let mut stream = start(catalog());
    for (path, hash) in [(&path, hash.as_str()), (&path, "0"), (&folder.path().join("gone.xlsx"), hash.as_str())] {
        stream.extend(request(path, "S01/2026-W47/a.xlsx", hash));
    }
    let mut answers = Vec::new();
    serve(from(&stream), &mut answers, |mb| {
        assert_eq!(mb, 64);
        Ok(())
    })
    .expect("served");
    let readings = crate::intake::reader::testing::answers(&answers);
    let seen: Vec<(usize, Vec<String>, bool)> =
        readings.iter().map(|(r, lasting)| (r.tables.len(), remarks(r), *lasting)).collect();
    assert_eq!(seen, [(1, vec![], true), (0, vec!["W001".to_owned()], false), (0, vec!["W001".to_owned()], false)]);
}

/// Every code that this stage raises has its words, and they fill.
#[test]
fn every_code_has_its_words() {
    let catalog = catalog();
    let codes = (1..=16).map(|n| format!("W{n:03}")).chain((1..=5).map(|n| format!("H{n:03}")));
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
    let read = crate::intake::Packed::empty(reading).workbook(&source, "", catalog);
    for lang in [Lang::ZhCn, Lang::En] {
        let message = FindingWords::new(catalog, lang).message(&read.findings[0]);
        assert!(!message.contains('{'), "{message}");
    }
}
