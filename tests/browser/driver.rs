//! The driver's process, the browsers behind it, and what is kept of them when a test fails.

use std::io::{BufRead, BufReader};
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::FutureExt as _;
use tempfile::TempDir;
use thirtyfour::extensions::query::ElementPollerWithTimeout;
use thirtyfour::prelude::*;

use crate::person::Person;

/// How long a page may take to show what is waited for, and how often it is looked at.
const PATIENCE: (Duration, Duration) = (Duration::from_secs(15), Duration::from_millis(40));

/// A name of this machine that browsers take for another one's: without TLS they trust it less.
pub(crate) const ELSEWHERE: &str = "claims.example";

/// Chromium without the windows around its pages: it is there in half of the time.
const SHELL: &str = "/usr/bin/chromium-headless-shell";

const MISSING: &str = "is not there: `cargo xtask test tools` installs it";

/// Runs a test with a driver of its own; if it fails, says where to find what was to be seen.
pub(crate) async fn browse(test: impl AsyncFnOnce(&Driver)) {
    let driver = Driver::start();
    let done = AssertUnwindSafe(test(&driver)).catch_unwind().await;
    if done.is_err() {
        driver.keep_evidence().await;
    }
    driver.quit().await;
    if let Err(panic) = done {
        resume_unwind(panic);
    }
}

/// Where these tests put files: below the target folder.
pub(crate) fn kept() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
}

/// A driver and the browsers that it has started.
pub(crate) struct Driver {
    process: Child,
    url: String,
    _profiles: TempDir,
    browsers: Mutex<Vec<Open>>,
}

/// A browser that is to be ended.
struct Open {
    name: String,
    session: WebDriver,
    process: Option<i64>,
}

/// How a browser is set up.
#[derive(Clone)]
pub(crate) struct Look {
    pub(crate) size: (u32, u32),
    pub(crate) is_phone: bool,
    pub(crate) is_dark: bool,
    pub(crate) language: &'static str,
    pub(crate) has_script: bool,
}

impl Look {
    pub(crate) const DESKTOP: Self = Self {
        size: (1200, 800),
        is_phone: false,
        is_dark: false,
        language: "en",
        has_script: true,
    };
    pub(crate) const PHONE: Self = Self { size: (390, 844), is_phone: true, ..Self::DESKTOP };
}

impl Driver {
    fn start() -> Self {
        let profiles = tempfile::tempdir().expect("a folder");
        // The port that it finds free may not be so a moment later.
        let mut tries = (0..5).filter_map(|_| Self::listening(profiles.path()));
        let (process, url) = tries.next().expect("it says where it listens");
        Self { process, url, _profiles: profiles, browsers: Mutex::default() }
    }

    /// The process, once it listens, and where; what browsers keep stands in `folder`.
    fn listening(folder: &Path) -> Option<(Child, String)> {
        let mut process = Command::new("chromedriver")
            .arg("--port=0")
            .env("TZ", "UTC")
            .env("TMPDIR", folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("chromedriver {MISSING} ({error})"));
        let lines = process.stdout.take().map(|said| BufReader::new(said).lines());
        let mut lines = lines.into_iter().flatten().map_while(Result::ok);
        let started = lines.find(|line| line.contains("started successfully on port"));
        let port =
            started.as_deref().and_then(|line| line.trim_end_matches('.').rsplit(' ').next());
        let Some(port) = port else {
            let _ = process.kill();
            let _ = process.wait();
            return None;
        };
        let url = format!("http://127.0.0.1:{port}");
        Some((process, url))
    }

    /// A browser of somebody who is not signed in.
    pub(crate) async fn somebody(&self, name: &str, at: &str, look: Look) -> Person {
        let (width, height) = look.size;
        let mut wanted = DesiredCapabilities::chrome();
        let arguments = [
            "--headless=new".to_owned(),
            // Its sandbox does not start as root; it shows nothing but our own page.
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--disable-extensions".to_owned(),
            "--hide-scrollbars".to_owned(),
            "--force-device-scale-factor=1".to_owned(),
            "--font-render-hinting=none".to_owned(),
            format!("--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1"),
            format!("--lang={}", look.language),
            format!("--accept-lang={}", look.language),
            format!("--window-size={width},{height}"),
        ];
        for argument in arguments {
            wanted.add_arg(&argument).expect("an argument");
        }
        wanted.set_binary(SHELL).expect("a path");
        let poller = ElementPollerWithTimeout::new(PATIENCE.0, PATIENCE.1);
        let session =
            WebDriver::builder(&self.url, wanted).poller(Arc::new(poller)).connect().await;
        let session = session.unwrap_or_else(|error| panic!("chromium {MISSING} ({error})"));
        let process = session.handle().capabilities().get("goog:processID");
        self.browsers.lock().expect("no panic").push(Open {
            name: name.to_owned(),
            process: process.and_then(serde_json::Value::as_i64),
            session: session.clone(),
        });
        let person = Person::new(session, at);
        person.look(&look).await;
        person
    }

    /// A browser of somebody who is signed in: it has the cookie.
    pub(crate) async fn person(&self, name: &str, at: &str, token: &str, look: Look) -> Person {
        let person = self.somebody(name, at, look).await;
        person.has_cookie("wf_session", token).await;
        person
    }

    /// Writes what each browser shows, and says where.
    async fn keep_evidence(&self) {
        let test = std::thread::current().name().unwrap_or("test").replace("::", "-");
        let folder = kept().join("browser").join(test);
        std::fs::create_dir_all(&folder).expect("a folder");
        let open: Vec<_> = {
            let browsers = self.browsers.lock().expect("no panic");
            browsers.iter().map(|open| (open.name.clone(), open.session.clone())).collect()
        };
        for (name, session) in open {
            let file = |suffix: &str| -> PathBuf { folder.join(format!("{name}.{suffix}")) };
            if let Ok(source) = session.source().await {
                std::fs::write(file("html"), source).expect("it can be written");
            }
            let _ = session.screenshot(&file("png")).await;
            let at = session.current_url().await.map(|url| url.to_string()).unwrap_or_default();
            eprintln!("what {name} saw at {at}: {}", file("{html,png}").display());
        }
    }

    async fn quit(&self) {
        let open = std::mem::take(&mut *self.browsers.lock().expect("no panic"));
        for browser in open {
            // What does not end by itself is ended with the driver.
            if browser.session.clone().quit().await.is_err() {
                self.browsers.lock().expect("no panic").push(browser);
            }
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        for open in self.browsers.get_mut().into_iter().flat_map(|open| open.drain(..)) {
            if let Some(process) = open.process {
                let _ = Command::new("kill").args(["-KILL", &process.to_string()]).status();
            }
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
