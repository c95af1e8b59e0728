//! What the server says to a request: files of the output, pages with the script that reloads them, and what is shown now.

use crate::cli::terminal;
use std::{
    fs,
    path::{Path, PathBuf},
};
use tiny_http::{Header, Method, Request, Response};

/// What pages ask for that is no file of the output.
const STATE: &str = "/__foursight/state";
const SCRIPT: &str = "/__foursight/reload.js";
const RELOAD: &str = include_str!("reload.js");

/// Which site is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    /// How often it was built since the server began; 0: the one that was there before.
    pub built: u64,
    /// Why the last build failed, for whoever looks at a page.
    pub problem: Option<String>,
}

/// An answer before it is sent.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    status: u16,
    kind: &'static str,
    body: Vec<u8>,
    /// Where it is instead.
    location: Option<String>,
}

impl Answer {
    fn of(status: u16, kind: &'static str, body: impl Into<Vec<u8>>) -> Answer {
        Answer { status, kind, body: body.into(), location: None }
    }
}

/// Answers a request for a file below `output`.
pub(super) fn to(request: Request, output: &Path, port: u16, shown: &Shown) {
    let host = request.headers().iter().find(|header| header.field.equiv("Host")).map(|header| header.value.as_str());
    let answer = match request.method() {
        // A page of another site that has this machine under a name of its own gets nothing.
        _ if !is_ours(host.unwrap_or_default(), port) => Answer::of(403, TEXT, ""),
        Method::Get | Method::Head => answer(request.url(), output, shown),
        _ => Answer::of(405, TEXT, ""),
    };
    let mut response = Response::from_data(answer.body).with_status_code(answer.status);
    let fixed = [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), ("Content-Type", answer.kind)];
    let location = answer.location.as_deref().map(|to| ("Location", to));
    for (name, value) in fixed.into_iter().chain(location) {
        if let Ok(header) = Header::from_bytes(name, value) {
            response.add_header(header);
        }
    }
    // Whoever asked may be gone.
    let _ = request.respond(response);
}

fn is_ours(host: &str, port: u16) -> bool {
    ["127.0.0.1", "localhost"].iter().any(|name| host == format!("{name}:{port}") || (port == 80 && host == *name))
}

fn answer(url: &str, output: &Path, shown: &Shown) -> Answer {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    if path == STATE {
        let state = serde_json::json!({ "built": shown.built, "problem": shown.problem });
        return Answer::of(200, "application/json", state.to_string());
    }
    if path == SCRIPT {
        return Answer::of(200, "text/javascript; charset=utf-8", RELOAD);
    }
    if path == "/" && output.join("site/index.html").is_file() {
        return Answer { location: Some("/site/index.html".to_owned()), ..Answer::of(302, TEXT, "") };
    }
    let Some(mut file) = below(output, path) else { return Answer::of(404, TEXT, "") };
    if file.is_dir() {
        if !path.ends_with('/') {
            return Answer { location: Some(format!("{path}/")), ..Answer::of(302, TEXT, "") };
        }
        file.push("index.html");
    }
    let kind = kind(&file);
    match fs::read(&file) {
        Ok(body) if kind == PAGE => Answer::of(200, kind, with_script(&String::from_utf8_lossy(&body), shown)),
        Ok(body) => Answer::of(200, kind, body),
        // There is no site yet: what is in its way stands on the page that waits for it.
        Err(_) if path == "/" => Answer::of(503, PAGE, with_script(&waiting(), shown)),
        Err(_) => Answer::of(404, TEXT, ""),
    }
}

/// The file that a path of a URL names below a folder; `None` where it would lead out of it or to what is hidden.
fn below(folder: &Path, path: &str) -> Option<PathBuf> {
    let mut file = folder.to_owned();
    for part in path.split('/').filter(|part| !part.is_empty()) {
        let part = decoded(part)?;
        if part.starts_with('.') || part.contains(['/', '\\', ':', '\0']) {
            return None;
        }
        file.push(part);
    }
    Some(file)
}

/// Without percent encoding.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, tail) = rest.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
        rest = tail;
    }
    String::from_utf8(bytes).ok()
}

/// A page with the script, and with leave to ask this server alone what is shown. The published files have neither.
fn with_script(page: &str, shown: &Shown) -> String {
    let script = format!("<script defer=\"\" src=\"{SCRIPT}?built={}\"></script>\n</head>", shown.built);
    let page = page.replacen("default-src 'none';", "default-src 'none'; connect-src 'self';", 1);
    page.replacen("</head>", &script, 1)
}

/// A page while there is no site.
fn waiting() -> String {
    let words = terminal::words();
    let (lang, text) = (words.lang().tag(), words.word("serve.building"));
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\"/>\n<title>foursight</title>\n</head>\n\
         <body>\n<p>{text}</p>\n</body>\n</html>\n"
    )
}

const PAGE: &str = "text/html; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

fn kind(file: &Path) -> &'static str {
    match file.extension().and_then(|ending| ending.to_str()).unwrap_or_default() {
        "html" => PAGE,
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "json" => "application/json",
        "csv" => "text/csv; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_output_are_given() {
        let folder = tempfile::tempdir().unwrap();
        let output = folder.path().join("output");
        fs::create_dir_all(output.join("site/stores/S01")).unwrap();
        fs::write(folder.path().join("secret"), "x").unwrap();
        fs::write(output.join(".hidden"), "x").unwrap();
        fs::write(output.join("site/stores/S01/index.html"), "<head></head>").unwrap();
        fs::write(output.join("site/甲 a.csv"), "y").unwrap();
        let status = |url: &str| answer(url, &output, &Shown::default()).status;
        for url in ["/../secret", "/%2e%2e/secret", "/..%2fsecret", "/.hidden", "/site/%", "/site/none", "/site/%00"] {
            assert_eq!(status(url), 404, "{url}");
        }
        assert_eq!(status("/site/%E7%94%B2%20a.csv?x=1"), 200);
        assert_eq!(status("/site/stores/S01/"), 200);
        let moved = answer("/site/stores/S01", &output, &Shown::default());
        assert_eq!((moved.status, moved.location.as_deref()), (302, Some("/site/stores/S01/")));
        assert_eq!(status("/"), 503, "no site yet");
    }

    #[test]
    fn a_page_gets_the_script_and_leave_to_ask() {
        let csp = "<meta content=\"default-src 'none'; script-src 'self'\"/>";
        let page = with_script(&format!("<head>{csp}</head><body></body>"), &Shown { built: 3, problem: None });
        assert!(page.contains("default-src 'none'; connect-src 'self'; script-src 'self'"), "{page}");
        assert!(page.contains("src=\"/__foursight/reload.js?built=3\"></script>\n</head>"), "{page}");
        let problem = Shown { built: 3, problem: Some("第 2 行".to_owned()) };
        let state = answer("/__foursight/state", Path::new("nowhere"), &problem);
        assert_eq!(state.body, "{\"built\":3,\"problem\":\"第 2 行\"}".as_bytes());
    }

    #[test]
    fn only_this_machine_by_its_own_names() {
        assert!(is_ours("127.0.0.1:8020", 8020) && is_ours("localhost:8020", 8020));
        assert!(!is_ours("evil.example:8020", 8020) && !is_ours("127.0.0.1", 8020) && !is_ours("", 8020));
    }
}
