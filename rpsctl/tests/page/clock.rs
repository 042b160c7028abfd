//! The time of a page.

use crate::page::Page;

/// How often a page looks at its clock, milliseconds.
pub(crate) const TICK_MS: u64 = 100;

/// How long a connection may be idle: API Gateway ends it a minute later.
pub(crate) const IDLE_MS: u64 = 9 * 60_000;

/// How long somebody is taken to sit at a page and wait.
pub(crate) const WAIT_MS: u64 = 2 * 60 * 60_000;

/// How time goes in a page: `Date`, `performance.now`, `setTimeout` and `setInterval`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    /// As everywhere: for the real game, which has its own clock.
    Real,
    /// It stands still until the test lets it go on. So nothing comes too late on a busy machine, and hours pass in a
    /// moment. Animations do not know.
    Held,
}

impl Clock {
    /// What a page runs before anything of its own.
    pub(crate) fn script(self) -> &'static str {
        match self {
            Self::Real => "",
            Self::Held => HELD,
        }
    }
}

impl Page {
    /// Lets time go on in the page: all that is due meanwhile is done, each at its time.
    pub(crate) async fn pass(&self, ms: u64) {
        self.value(&format!("testPass({ms})")).await;
    }

    /// Lets the machine of the page sleep: the time of day is another, and no timer has gone on.
    pub(crate) async fn sleep(&self, ms: u64) {
        self.value(&format!("testSleep({ms})")).await;
    }
}

const HELD: &str = r"{
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
