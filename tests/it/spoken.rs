//! What the command line says of itself: in one language, that of the locale or of `--lang`; completions and manual.

use crate::foursight::{foursight, has_han};
use std::process::Output;

const COMMANDS: [&str; 13] = [
    "build",
    "check",
    "template",
    "init",
    "demo",
    "explain",
    "plan",
    "query",
    "serve",
    "summary",
    "completions",
    "man",
    "help",
];

fn run(locale: Option<&str>, arguments: &[&str]) -> (Output, String) {
    let mut command = foursight();
    if let Some(locale) = locale {
        command.env("LC_ALL", locale);
    }
    let output = command.args(arguments).output().expect("the binary starts");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output, said)
}

/// Words that clap says of its own accord.
fn is_english(said: &str) -> Option<&'static str> {
    let own =
        ["Usage", "Options", "Arguments", "Commands", "Print ", "default", "possible", "[OPTIONS]", "error:", "tip:"];
    let ours = ["which ", " the ", " of ", "folder", "a whole"];
    own.into_iter().chain(ours).find(|word| said.contains(word))
}

#[test]
fn help_is_in_the_language_of_the_locale_and_in_no_other() {
    for command in COMMANDS {
        for (locale, arguments) in [
            (None, vec![command, "--help"]),
            (Some("zh_CN.UTF-8"), vec!["help", command]),
            (Some("en_US.UTF-8"), vec![command, "-h", "--lang", "zh-CN"]),
        ] {
            let (output, said) = run(locale, &arguments);
            assert!(output.status.success() && said.contains("用法：foursight"), "{arguments:?}: {said}");
            assert_eq!(is_english(&said), None, "{arguments:?}: {said}");
        }
        let (_, traditional) = run(Some("zh_TW.UTF-8"), &["help", command]);
        assert!(traditional.contains("選項"), "{traditional}");
        for (locale, arguments) in
            [(Some("en_GB"), vec!["help", command]), (None, vec!["--lang", "en", command, "--help"])]
        {
            let (output, said) = run(locale, &arguments);
            assert!(output.status.success() && said.contains("Usage: foursight"), "{arguments:?}: {said}");
            assert!(!has_han(&said), "{arguments:?}: {said}");
        }
        let (own, of_help) = (run(None, &[command, "--help"]).1, run(None, &["help", command]).1);
        assert_eq!(own, of_help);
    }
    let (_, said) = run(None, &["--help"]);
    for command in COMMANDS {
        assert!(said.lines().any(|line| line.trim_start().starts_with(command)), "{command}: {said}");
    }
    assert!(!said.contains("__read"), "{said}");
    let (output, said) = run(None, &["help", "biuld"]);
    assert!(output.status.code() == Some(2) && said.contains("build"), "{said}");
}

#[test]
fn mistakes_in_arguments_are_said_in_one_language() {
    let wrong: [&[&str]; 14] = [
        &["biuld"],
        &["build", "--outptu", "x"],
        &["build", "--output"],
        &["build", "--threads", "x"],
        &["build", "--audience", "all"],
        &["build", "--strict=bad"],
        &["check", "--strict", "--level"],
        &["check", "--format", "xml"],
        &["explain"],
        &["demo", "x", "--stores", "0"],
        &["demo", "x", "--as-of", "soon"],
        &["build", "x"],
        &["completions", "cmd"],
        &["--lang", "fr", "build"],
    ];
    for arguments in wrong {
        let (output, said) = run(Some("zh_CN.UTF-8"), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty() && has_han(&said), "{arguments:?}: {said}");
        assert_eq!(is_english(&said), None, "{arguments:?}: {said}");
        let (output, said) = run(Some("en_US.UTF-8"), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(!has_han(&said) && said.contains("More: foursight help"), "{arguments:?}: {said}");
    }
    let (_, said) = run(Some("zh_CN.UTF-8"), &["build", "--outptu", "x"]);
    assert!(
        said.contains("--output") && said.contains("foursight help build"),
        "what was meant, and where more is: {said}"
    );
}

#[test]
fn what_is_written_does_not_rest_on_the_locale() {
    let folder = tempfile::tempdir().expect("a folder");
    let written = |locale: Option<&str>, name: &str| {
        let dir = folder.path().join(name);
        let path = dir.display().to_string();
        assert!(run(locale, &["init", &path]).0.status.success());
        crate::foursight::tree(&dir)
    };
    assert_eq!(written(Some("en_US.UTF-8"), "a"), written(Some("zh_TW.UTF-8"), "b"));
}

#[test]
fn completions_and_manual_name_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let (output, script) = run(None, &["completions", shell]);
        assert!(output.status.success(), "{script}");
        assert!(COMMANDS.iter().all(|command| script.contains(command)), "{shell}");
        assert!(script.contains("fix-hints"), "{shell}");
    }
    let (_, script) = run(None, &["completions", "bash"]);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("foursight.bash");
    std::fs::write(&file, script).expect("written");
    let read = std::process::Command::new("bash").arg("-n").arg(&file).status();
    assert!(read.expect("bash starts").success(), "bash reads it");

    let pages = folder.path().join("man");
    let path = pages.display().to_string();
    assert!(run(None, &["man", &path]).0.status.success());
    for command in COMMANDS {
        let page = std::fs::read_to_string(pages.join(format!("foursight-{command}.1"))).expect("a page");
        assert!(
            page.contains(".SH 选项") && page.contains(".SH 用法") && page.contains(&format!("foursight {command}")),
            "{page}"
        );
        assert!(!page.contains("SYNOPSIS") && !page.contains("Possible values"), "{page}");
    }
    let (_, first) = run(Some("en_US"), &["man"]);
    assert!(first.contains(".SH SYNOPSIS") && first.contains("foursight\\-build(1)") && !has_han(&first), "{first}");
}
