//! Who wants it.

use std::io::{self, BufRead, IsTerminal};
use std::thread;

use clap::Args;
use tokio::sync::oneshot;

use crate::cli::Global;
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::output;

/// How a destructive command is confirmed.
#[derive(Debug, Clone, Copy, Args)]
#[command(next_help_heading = "Confirmation")]
pub(crate) struct ConfirmArgs {
    /// Show what would be done, and do nothing
    #[arg(long, conflicts_with = "yes")]
    pub(crate) dry_run: bool,
    /// Do it without asking, as a script must say
    #[arg(long)]
    pub(crate) yes: bool,
}

/// That somebody has seen the plan and wants it, or has said `--yes` beforehand. Only made here, and
/// everything destructive asks for it.
#[derive(Debug)]
pub(crate) struct Confirmed(());

impl ConfirmArgs {
    /// Refuses, before anything is looked at, what may only be looked at.
    pub(crate) fn allowed(self, global: &Global) -> Result<(), Failure> {
        if global.read_only && !self.dry_run {
            let message = "nothing may be changed: --read-only or RPSCTL_READ_ONLY is set; --dry-run shows \
                           what would be done";
            return Err(refused(message));
        }
        Ok(())
    }

    /// Asks whether that is wanted: `name`, the stack's, has to be typed. None after `--dry-run`.
    pub(crate) fn confirm(self, name: &str) -> Result<Option<Confirmed>, Failure> {
        self.answer(name)
            .unwrap_or_else(|| is_name(&read_line(), name))
    }

    /// The same while interruptions are listened for, which end nothing by themselves then: one is a no.
    pub(crate) async fn confirm_or_interrupt(
        self,
        name: &str,
        interrupt: &mut Interrupt,
    ) -> Result<Option<Confirmed>, Failure> {
        if interrupt.heard() {
            return Err(interrupted());
        }
        if let Some(answer) = self.answer(name) {
            return answer;
        }
        let (typed_in, typed) = oneshot::channel();
        // A thread of its own, because nothing ends a read: what is left of it ends with the process.
        thread::spawn(move || typed_in.send(read_line()));
        tokio::select! {
            typed = typed => is_name(&typed.unwrap_or_default(), name),
            () = interrupt.wait() => {
                // What follows is not the answer to the question.
                output::note("");
                Err(interrupted())
            }
        }
    }

    /// The answer that needs no typing. If there is none, the question has been asked.
    fn answer(self, name: &str) -> Option<Result<Option<Confirmed>, Failure>> {
        if self.dry_run {
            output::note("nothing was done: --dry-run");
            return Some(Ok(None));
        }
        if self.yes {
            return Some(Ok(Some(Confirmed(()))));
        }
        if !io::stdin().is_terminal() {
            return Some(Err(refused(
                "nothing was done: nobody is here to confirm it; pass --yes, or --dry-run only to look",
            )));
        }
        output::ask(format_args!("Type {name}, the stack's name, to do this: "));
        None
    }
}

fn read_line() -> String {
    let mut typed = String::new();
    // What cannot be read was not typed.
    let _ = io::stdin().lock().read_line(&mut typed);
    typed
}

fn is_name(typed: &str, name: &str) -> Result<Option<Confirmed>, Failure> {
    if typed.trim() == name {
        return Ok(Some(Confirmed(())));
    }
    Err(refused(&format!(
        "nothing was done: that is not {name}, the stack's name"
    )))
}

/// Somebody interrupted before anything was done.
pub(crate) fn interrupted() -> Failure {
    refused("nothing was done: interrupted")
}

fn refused(message: &str) -> Failure {
    Failure::new(Exit::Refused, message)
}
