//! The Chromium process.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::time::{sleep, timeout};

use crate::PATIENCE;

/// The variable that names the executable, if it is not `chromium` on the path.
const EXECUTABLE_VARIABLE: &str = "CHROMIUM";

/// Runs Chromium in its own process group until the guard's stdin ends, which happens whenever the tests end. Then it
/// kills the group and deletes the profile.
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
    // A container that runs as root has no sandbox and little shared memory.
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--no-default-browser-check",
    // No requests of its own.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-breakpad",
    // Treat each page as visible.
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    // Emulate a mouse.
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4",
];

fn executable() -> PathBuf {
    if let Some(executable) = std::env::var_os(EXECUTABLE_VARIABLE).filter(|it| !it.is_empty()) {
        return executable.into();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut programs = std::env::split_paths(&path).map(|folder| folder.join("chromium"));
    let program = programs.find(|program| program.is_file());
    program.expect("install chromium, or name its executable in the variable CHROMIUM")
}

/// A Chromium with its own profile. Dropping it ends all its processes.
pub(crate) struct Chromium {
    guard: Child,
    /// The profile folder, which the guard removes.
    profile: PathBuf,
}

impl Chromium {
    pub(crate) fn start() -> Self {
        let profile = tempfile::tempdir().expect("a folder").keep();
        // The log for a failed start.
        let log = File::create(profile.join("log")).expect("a file");
        let mut guard = Command::new("sh");
        guard
            .args(["-c", GUARD, "sh"])
            .arg(&profile)
            .arg(executable())
            .args(ARGUMENTS)
            .arg(format!("--user-data-dir={}", profile.display()))
            .arg("about:blank")
            // Store everything in the profile folder, so that the guard removes it.
            .envs(["HOME", "TMPDIR", "XDG_CONFIG_HOME"].map(|name| (name, &profile)))
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log);
        // In its own process group the guard survives a signal to the tests' group.
        std::os::unix::process::CommandExt::process_group(&mut guard, 0);
        let guard = guard.spawn().expect("sh starts");
        Self { guard, profile }
    }

    /// The URL for debuggers.
    pub(crate) async fn debugger(&self) -> String {
        let file = self.profile.join("DevToolsActivePort");
        let listening = timeout(PATIENCE, async {
            loop {
                // Only this file shows that it listens: it has the port, and a path that ends in an id.
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

    pub(crate) fn profile(&self) -> &Path {
        &self.profile
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // Do not wait for the end, because that would slow down tests.
        drop(self.guard.stdin.take());
    }
}
