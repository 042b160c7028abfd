//! The process of Chromium.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::time::{sleep, timeout};

use crate::PATIENCE;

/// Names the executable, if it is not `chromium` on the path.
const NAMED_BY: &str = "CHROMIUM";

/// Runs Chromium, in a group of processes of its own, until the guard's stdin ends, which it does with the tests, however
/// they end. Then the whole group goes, and what it has stored.
const GUARD: &str = r#"
    profile=$1
    shift
    setsid "$@" &
    chromium=$!
    read -r _
    kill -s KILL -- "-$chromium"
    wait "$chromium"
    rm -rf "$profile"
"#;

const ARGUMENTS: [&str; 18] = [
    "--headless=new",
    "--remote-debugging-port=0",
    // In a container of root's there is no sandbox, and little shared memory.
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    // It asks nobody for anything by itself.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
    // Each page is treated as the one that is looked at.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    // There is a mouse.
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4",
];

fn executable() -> PathBuf {
    if let Some(named) = std::env::var_os(NAMED_BY).filter(|it| !it.is_empty()) {
        return named.into();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut programs = std::env::split_paths(&path).map(|folder| folder.join("chromium"));
    let program = programs.find(|program| program.is_file());
    program.expect("install chromium, or name its executable in the variable CHROMIUM")
}

/// A Chromium with a profile of its own. When this is dropped all of it ends.
pub(crate) struct Chromium {
    guard: Child,
    /// Its folder, which the guard removes.
    profile: PathBuf,
}

impl Chromium {
    pub(crate) fn start() -> Self {
        let profile = tempfile::tempdir().expect("a folder").keep();
        // What to read when it does not start.
        let log = File::create(profile.join("log")).expect("a file");
        let mut guard = Command::new("sh");
        guard
            .args(["-c", GUARD, "sh"])
            .arg(&profile)
            .arg(executable())
            .args(ARGUMENTS)
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg("about:blank")
            // Whatever it stores elsewhere goes with its folder, too.
            .envs(["HOME", "TMPDIR", "XDG_CONFIG_HOME"].map(|name| (name, &profile)))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log);
        // What ends the tests by a signal to their group leaves it to do its work.
        std::os::unix::process::CommandExt::process_group(&mut guard, 0);
        let guard = guard.spawn().expect("sh starts");
        Self { guard, profile }
    }

    /// Where it listens to its debugger.
    pub(crate) async fn debugger(&self) -> String {
        let file = self.profile.join("DevToolsActivePort");
        let listening = timeout(PATIENCE, async {
            loop {
                // Nothing tells when it listens but this file: a port, and a path that ends in an id.
                let text = fs::read_to_string(&file).unwrap_or_default();
                if let Some((port, path)) = text.split_once('\n')
                    && path.len() > "/devtools/browser/".len() + 32
                {
                    return format!("ws://127.0.0.1:{port}{path}");
                }
                sleep(Duration::from_millis(20)).await;
            }
        });
        let Ok(url) = listening.await else {
            let log = fs::read_to_string(self.profile.join("log"));
            panic!("Chromium does not start: {}", log.unwrap_or_default());
        };
        url
    }

    /// Where it stores what it stores.
    pub(crate) fn profile(&self) -> &Path {
        &self.profile
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // It need not be waited for: that would hold up a test.
        drop(self.guard.stdin.take());
    }
}
