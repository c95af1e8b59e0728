//! Chromium, driven over its DevTools protocol through a pipe: one browser for all tests, a window of its own for each.
//! Nothing waits for a time: whatever comes later is waited for by what it changes.

use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{ChildStdin, Command, Stdio},
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU64, Ordering},
        mpsc::{Sender, channel},
    },
    time::{Duration, Instant},
};

/// How long a condition is waited for before the test fails: a slow machine takes long, a mistake takes for ever.
const PATIENCE: Duration = Duration::from_secs(60);

/// The browser of this test run. It ends with its pipe.
struct Browser {
    out: Mutex<ChildStdin>,
    heard: Arc<Heard>,
    next: AtomicU64,
}

/// What the browser said.
#[derive(Default)]
struct Heard {
    /// Who waits for the answer to a call, by its number.
    waiting: Mutex<BTreeMap<u64, Sender<Value>>>,
    /// Messages of the console and errors of scripts, by window.
    console: Mutex<BTreeMap<String, Vec<String>>>,
}

fn browser() -> &'static Browser {
    static BROWSER: OnceLock<Browser> = OnceLock::new();
    BROWSER.get_or_init(|| {
        let profile = tempfile::tempdir().expect("a folder").keep();
        // The browser reads calls from the third descriptor and writes to the fourth.
        let mut child = Command::new("sh")
            .args(["-c", "exec chromium \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1", "chromium"])
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync", "--disable-quic"])
            .args(["--disable-background-networking", "--disable-component-update", "--hide-scrollbars"])
            .args(["--remote-debugging-pipe", "--disable-dev-shm-usage"])
            .arg(format!("--user-data-dir={}", profile.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("chromium is installed by `cargo xtask test`");
        let heard = Arc::new(Heard::default());
        let (out, from) = (child.stdin.take().expect("a pipe"), child.stdout.take().expect("a pipe"));
        let hears = heard.clone();
        std::thread::spawn(move || {
            for message in BufReader::new(from).split(0).map_while(Result::ok) {
                hears.take(serde_json::from_slice(&message).expect("the browser speaks JSON"));
            }
            drop(child.wait());
            drop(std::fs::remove_dir_all(profile));
        });
        Browser { out: Mutex::new(out), heard, next: AtomicU64::new(1) }
    })
}

impl Heard {
    fn take(&self, message: Value) {
        if let Some(id) = message["id"].as_u64() {
            if let Some(asked) = self.waiting.lock().expect("no test panics here").remove(&id) {
                drop(asked.send(message));
            }
            return;
        }
        let said = match message["method"].as_str() {
            Some("Runtime.consoleAPICalled") => message["params"]["args"].to_string(),
            Some("Runtime.exceptionThrown") => message["params"]["exceptionDetails"].to_string(),
            Some("Log.entryAdded") => message["params"]["entry"].to_string(),
            _ => return,
        };
        let window = message["sessionId"].as_str().unwrap_or_default().to_owned();
        self.console.lock().expect("no test panics here").entry(window).or_default().push(said);
    }
}

impl Browser {
    /// Calls a method, of a window's session if one is given; the error is the browser's own.
    fn call(&self, session: Option<&str>, method: &str, params: Value) -> Result<Value, String> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (sender, answer) = channel();
        self.heard.waiting.lock().expect("no test panics here").insert(id, sender);
        let mut call = json!({"id": id, "method": method, "params": params});
        if let Some(session) = session {
            call["sessionId"] = session.into();
        }
        let mut text = call.to_string().into_bytes();
        text.push(0);
        self.out.lock().expect("no test panics here").write_all(&text).expect("chromium is installed and runs");
        let answer = answer.recv_timeout(PATIENCE * 3).map_err(|_| format!("{method}: no answer"))?;
        match answer.get("error") {
            Some(error) => Err(format!("{method}: {error}")),
            None => Ok(answer["result"].clone()),
        }
    }
}

/// A window with a history and downloads of its own.
pub struct Window {
    session: String,
    context: String,
    downloads: tempfile::TempDir,
}

impl Window {
    /// An empty window, as wide as given.
    pub fn open(width: u32) -> Window {
        let browser = browser();
        let ask = |method: &str, params: Value| browser.call(None, method, params).expect("a window");
        let text = |value: &Value| value.as_str().expect("an id").to_owned();
        let context = text(&ask("Target.createBrowserContext", json!({}))["browserContextId"]);
        let target = json!({"url": "about:blank", "browserContextId": context});
        let target = ask("Target.createTarget", target)["targetId"].clone();
        let session = text(&ask("Target.attachToTarget", json!({"targetId": target, "flatten": true}))["sessionId"]);
        let downloads = tempfile::tempdir().expect("a folder");
        let window = Window { session, context, downloads };
        let behavior =
            json!({"behavior": "allow", "browserContextId": window.context, "downloadPath": window.downloads.path()});
        ask("Browser.setDownloadBehavior", behavior);
        for domain in ["Page", "Runtime", "Log"] {
            window.call(&format!("{domain}.enable"), json!({}));
        }
        window.resize(width);
        window
    }

    fn try_call(&self, method: &str, params: Value) -> Result<Value, String> {
        browser().call(Some(&self.session), method, params)
    }

    /// Calls a method of the protocol, which must succeed.
    pub fn call(&self, method: &str, params: Value) -> Value {
        self.try_call(method, params).unwrap_or_else(|error| panic!("{error}"))
    }

    /// As wide as given; narrow ones are phones.
    pub fn resize(&self, width: u32) {
        let phone = width < 500;
        let metrics =
            json!({"width": width, "height": if phone { 844 } else { 900 }, "deviceScaleFactor": 1, "mobile": phone});
        self.call("Emulation.setDeviceMetricsOverride", metrics);
    }

    /// Prefers dark or light.
    pub fn dark(&self, dark: bool) {
        let scheme = if dark { "dark" } else { "light" };
        let media = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.call("Emulation.setEmulatedMedia", media);
    }

    /// Runs no scripts of pages from now on.
    pub fn without_scripts(&self) {
        self.call("Emulation.setScriptExecutionDisabled", json!({"value": true}));
    }

    /// Opens a file of the site, with `#place` where one is given, and waits until it is all there.
    pub fn visit(&self, file: &Path, place: &str) {
        let address = format!("file://{}{place}", file.display());
        let went = self.call("Page.navigate", json!({"url": address}));
        assert!(went["errorText"].is_null(), "{address}: {went}");
        self.until("document.readyState === 'complete' && location.protocol === 'file:'");
    }

    /// What an expression is on the page, once its promise, if it is one, is kept.
    pub fn value(&self, expression: &str) -> Value {
        self.try_value(expression).unwrap_or_else(|error| panic!("{expression}: {error}"))
    }

    fn try_value(&self, expression: &str) -> Result<Value, String> {
        let params =
            json!({"expression": expression, "returnByValue": true, "awaitPromise": true, "userGesture": true});
        let answer = self.try_call("Runtime.evaluate", params)?;
        match answer.get("exceptionDetails") {
            Some(thrown) => Err(thrown.to_string()),
            None => Ok(answer["result"]["value"].clone()),
        }
    }

    /// The same as a text.
    pub fn text(&self, expression: &str) -> String {
        match self.value(expression) {
            Value::String(text) => text,
            other => panic!("{expression}: {other} is no text"),
        }
    }

    /// Waits until a condition holds on the page, whichever page that is by then.
    pub fn until(&self, condition: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            // A page that is just being left answers with an error.
            let held = self.try_value(&format!("Boolean({condition})"));
            if held == Ok(Value::Bool(true)) {
                return;
            }
            assert!(
                Instant::now() < end,
                "{condition} never held at {:?}: {held:?}; {:?}",
                self.try_value("location.href"),
                self.console()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Clicks an element where the reader sees it.
    pub fn click(&self, selector: &str) {
        let found = format!("document.querySelector({})", json!(selector));
        self.until(&found);
        let place = self.value(&format!(
            "(() => {{ const it = {found}; it.scrollIntoView({{ block: 'center', behavior: 'instant' }}); \
             const box = it.getClientRects()[0]; return box ? [box.x + box.width / 2, box.y + box.height / 2] : null; }})()"
        ));
        let at = |n: usize| place[n].as_f64().unwrap_or_else(|| panic!("{selector} is not to be seen"));
        for kind in ["mousePressed", "mouseReleased"] {
            let click = json!({"type": kind, "x": at(0), "y": at(1), "button": "left", "clickCount": 1});
            self.call("Input.dispatchMouseEvent", click);
        }
    }

    /// Presses a key that writes a character.
    pub fn press(&self, key: &str) {
        self.call("Input.dispatchKeyEvent", json!({"type": "keyDown", "key": key, "text": key}));
        self.call("Input.dispatchKeyEvent", json!({"type": "keyUp", "key": key}));
    }

    /// Writes where the reader is, in place of what is there.
    pub fn write(&self, text: &str) {
        self.value("document.activeElement.select(), document.execCommand('delete')");
        self.call("Input.insertText", json!({"text": text}));
    }

    /// Goes back, and waits until the page before is all there.
    pub fn back(&self, to: &str) {
        // The page that is left may be gone before it answers.
        drop(self.try_value("history.back()"));
        self.until(&format!("location.href.includes({}) && document.readyState === 'complete'", json!(to)));
    }

    /// The page on paper, as a PDF.
    pub fn print(&self) -> Vec<u8> {
        use base64::{Engine, prelude::BASE64_STANDARD};
        let printed = self.call("Page.printToPDF", json!({"preferCSSPageSize": true, "printBackground": true}));
        BASE64_STANDARD.decode(printed["data"].as_str().expect("a PDF")).expect("base64")
    }

    /// The next file that is downloaded, with its name, once it is whole.
    pub fn downloaded(&self) -> (String, Vec<u8>) {
        let end = Instant::now() + PATIENCE;
        loop {
            let files =
                std::fs::read_dir(self.downloads.path()).expect("a folder").map(|e| e.expect("an entry").path());
            let whole = |path: &PathBuf| path.extension().is_none_or(|ending| ending != "crdownload");
            if let Some(path) = files.filter(whole).min() {
                let bytes = std::fs::read(&path).expect("readable");
                let name = path.file_name().expect("a name").to_string_lossy().into_owned();
                std::fs::remove_file(path).expect("removed");
                return (name, bytes);
            }
            assert!(Instant::now() < end, "nothing was downloaded: {:?}", self.console());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// What the console said so far.
    pub fn console(&self) -> Vec<String> {
        let console = browser().heard.console.lock().expect("no test panics here");
        console.get(&self.session).cloned().unwrap_or_default()
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        drop(browser().call(None, "Target.disposeBrowserContext", json!({"browserContextId": self.context})));
    }
}
