//! `foursight serve`: a real process on this machine.

use crate::foursight::{Running, demo_group, foursight, tree};
use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

/// The server, ended with the test.
struct Serving {
    _process: Running,
    port: u16,
}

impl Serving {
    fn of(group: &Path) -> Serving {
        let mut command = foursight();
        command.args(["serve", "--quiet", "--port", "0", "--lang", "en", "--input"]).arg(group.join("input"));
        command.arg("--output").arg(group.join("output")).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = Running(command.spawn().expect("the binary starts"));
        let mut said = BufReader::new(process.0.stdout.take().expect("piped"));
        let mut line = String::new();
        said.read_line(&mut line).expect("its first line");
        let port = line.split("127.0.0.1:").nth(1).and_then(|rest| rest.split('/').next()?.parse().ok());
        let port = port.unwrap_or_else(|| panic!("no address: {line}"));
        // What it goes on saying is read, so that it never waits for a reader.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Serving { _process: process, port }
    }

    /// Status and body, with the head before it.
    fn get(&self, path: &str, host: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").expect("asked");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("answered");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let status = text.split_whitespace().nth(1).and_then(|status| status.parse().ok()).expect("a status");
        (status, text)
    }

    fn own(&self, path: &str) -> (u16, String) {
        self.get(path, &format!("127.0.0.1:{}", self.port))
    }

    fn state(&self) -> serde_json::Value {
        let (_, text) = self.own("/__foursight/state");
        serde_json::from_str(text.split("\r\n\r\n").nth(1).expect("a body")).expect("JSON")
    }

    fn wait_for(&self, what: &str, fits: impl Fn(&serde_json::Value) -> bool) -> serde_json::Value {
        let since = Instant::now();
        loop {
            let state = self.state();
            if fits(&state) {
                return state;
            }
            assert!(since.elapsed() < Duration::from_secs(300), "{what}: {state}");
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

#[test]
fn a_change_builds_anew_and_a_mistake_keeps_the_last_good_site() {
    let folder = demo_group(1, 1);
    let group = folder.path().to_owned();
    let serving = Serving::of(&group);
    let first = serving.wait_for("the first build", |state| state["built"] == 1);
    assert!(first["problem"].is_null(), "{first}");
    assert_eq!(serving.own("/").0, 302);
    let (status, page) = serving.own("/site/index.html");
    assert!(status == 200 && page.contains("reload.js?built=1") && page.contains("connect-src 'self'"), "{page}");
    assert!(page.contains("no-store"), "{page}");
    for (name, bytes) in tree(&group.join("output/site")) {
        let text = String::from_utf8_lossy(&bytes);
        assert!(
            !text.contains("__foursight") && !text.contains("connect-src"),
            "{name}: the published files are as ever"
        );
    }
    assert_eq!(serving.own("/site/assets/site.css").0, 200);
    for path in ["/../foursight.toml", "/%2e%2e/foursight.toml", "/site/none.html"] {
        assert_eq!(serving.own(path).0, 404, "{path}");
    }
    assert_eq!(serving.get("/site/index.html", "evil.example").0, 403, "nobody but this machine");

    let config = group.join("foursight.toml");
    let good = fs::read_to_string(&config).expect("the config");
    let published = tree(&group.join("output"));
    fs::write(&config, format!("{good}\n[targets]\ncp_resp_10m = 95\n")).expect("written");
    let state = serving.wait_for("the mistake", |state| !state["problem"].is_null());
    assert!(state["built"] == 1 && state["problem"].as_str().is_some_and(|text| text.contains("9500%")), "{state}");
    assert!(tree(&group.join("output")) == published, "the last good output stands");
    assert_eq!(serving.own("/site/index.html").0, 200);

    let (_, name) = good.split_once("name = \"").expect("a name");
    let name = name.split('"').next().expect("its end");
    fs::write(&config, good.replacen(name, "Another name", 1)).expect("written");
    let state = serving.wait_for("the mended config", |state| state["built"] == 2);
    assert!(state["problem"].is_null(), "{state}");
    assert!(serving.own("/site/index.html").1.contains("Another name"));
}
