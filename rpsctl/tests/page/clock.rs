//! The clock of a page.

use crate::page::Page;

/// How often a page reads its clock, in milliseconds.
pub(crate) const TICK_MS: u64 = 100;

/// How long a page keeps an idle connection; API Gateway closes it a minute later.
pub(crate) const IDLE_MS: u64 = 9 * 60_000;

/// How long a page ignores a second click on Leave.
pub(crate) const HASTY_MS: u64 = 700;

/// How long a page lets its player wait.
pub(crate) const WAIT_MS: u64 = 2 * 60 * 60_000;

/// How time passes in a page: `Date`, `performance.now`, `setTimeout` and `setInterval`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    /// Real time, for the real game.
    Real,
    /// Time stands still until the test advances it. So nothing is late on a busy machine, and hours pass in a moment.
    /// Animations use real time.
    Manual,
}

impl Clock {
    /// A script that a page runs first.
    pub(crate) fn script(self) -> &'static str {
        match self {
            Self::Real => "",
            Self::Manual => MANUAL,
        }
    }
}

impl Page {
    /// Advances the page's time, and runs each timer at its time.
    pub(crate) async fn pass(&self, ms: u64) {
        self.value(&format!("testPass({ms})")).await;
    }

    /// Simulates a sleep of the page's machine: the time of day advances, but timers do not.
    pub(crate) async fn sleep(&self, ms: u64) {
        self.value(&format!("testSleep({ms})")).await;
    }
}

const MANUAL: &str = r"{
    const RealDate = Date;
    const began = RealDate.now(), timers = new Map();
    let passed = 0, slept = 0, last = 0;
    RealDate.now = () => began + passed + slept;
    window.Date = class Date extends RealDate {
        constructor(...of) {
            super(...(of.length ? of : [RealDate.now()]));
        }
    };
    performance.now = () => passed;
    window.testTimers = { setTimeout, setInterval, clearTimeout, clearInterval };
    const start = (repeats) => (then, ms, ...rest) => {
        const wait = Math.max(1, ms ?? 0);
        timers.set(++last, { at: passed + wait, again: repeats ? wait : 0, then: () => then(...rest) });
        return last;
    };
    window.setTimeout = start(false);
    window.setInterval = start(true);
    window.clearTimeout = window.clearInterval = (id) => { timers.delete(id); };
    window.testPass = (ms) => {
        const end = passed + ms;
        for (;;) {
            const [next] = [...timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at);
            if (!next) break;
            const [id, timer] = next;
            passed = timer.at;
            if (timer.again) timer.at += timer.again;
            else timers.delete(id);
            timer.then();
        }
        passed = end;
    };
    window.testSleep = (ms) => { slept += ms; };
}";
