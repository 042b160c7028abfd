//! What the examples share: progress, and the exit code.

use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use indicatif::ProgressBar;

/// The exit code for a violated guarantee, as in rpsctl.
const UNHEALTHY: u8 = 4;

pub(crate) fn exit_code(has_violation: bool) -> ExitCode {
    if has_violation {
        ExitCode::from(UNHEALTHY)
    } else {
        ExitCode::SUCCESS
    }
}

/// Moves the bar while the work runs and counts.
pub(crate) fn with_progress<T: Send>(
    bar: &ProgressBar,
    done: u64,
    run: impl Fn(&AtomicU64) -> T + Sync,
) -> T {
    let progress = &AtomicU64::new(0);
    thread::scope(|scope| {
        let runner = scope.spawn(|| run(progress));
        while !runner.is_finished() {
            thread::sleep(Duration::from_millis(100));
            bar.set_position(done + progress.load(Ordering::Relaxed));
        }
        runner.join().expect("a run catches its panics")
    })
}
