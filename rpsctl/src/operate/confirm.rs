use std::io::{self, BufRead, IsTerminal};
use std::thread;

use tokio::sync::oneshot;

use crate::cli::{ConfirmArgs, Global};
use crate::confirmed::Confirmed;
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::output;

/// Refuses, before anything is looked at, what may only be looked at.
pub(crate) fn refuse_if_read_only(args: ConfirmArgs, global: &Global) -> Result<(), Failure> {
    if global.read_only && !args.dry_run {
        let message = "nothing may be changed: --read-only or RPSCTL_READ_ONLY is set; --dry-run shows \
                       what would be done";
        return Err(refused(message));
    }
    Ok(())
}

/// Asks whether the plan is wanted: `name`, the stack's, has to be typed. None after `--dry-run`.
pub(crate) fn confirm(args: ConfirmArgs, name: &str) -> Result<Option<Confirmed>, Failure> {
    match answer(args)? {
        Answer::Typed => {
            ask(name);
            by_typing(&read_line(), name).map(Some)
        }
        Answer::Given(confirmed) => Ok(confirmed),
    }
}

/// The same while interruptions are listened for, which end nothing by themselves then: one is a no.
pub(crate) async fn confirm_or_interrupt(
    args: ConfirmArgs,
    name: &str,
    interrupt: &mut Interrupt,
) -> Result<Option<Confirmed>, Failure> {
    if interrupt.heard() {
        return Err(interrupted());
    }
    if let Answer::Given(confirmed) = answer(args)? {
        return Ok(confirmed);
    }
    ask(name);
    let (typed_in, typed) = oneshot::channel();
    // A thread of its own, because nothing ends a read: what is left of it ends with the process.
    thread::spawn(move || typed_in.send(read_line()));
    tokio::select! {
        typed = typed => by_typing(&typed.unwrap_or_default(), name).map(Some),
        () = interrupt.wait() => {
            // What follows is not the answer to the question.
            output::note("");
            Err(interrupted())
        }
    }
}

enum Answer {
    /// The options say it. None after `--dry-run`.
    Given(Option<Confirmed>),
    /// It has to be typed.
    Typed,
}

fn answer(args: ConfirmArgs) -> Result<Answer, Failure> {
    if args.dry_run {
        output::note("nothing was done: --dry-run");
        return Ok(Answer::Given(None));
    }
    if let Some(confirmed) = Confirmed::beforehand(args.yes) {
        return Ok(Answer::Given(Some(confirmed)));
    }
    if !io::stdin().is_terminal() {
        return Err(refused(
            "nothing was done: nobody is here to confirm it; pass --yes, or --dry-run only to look",
        ));
    }
    Ok(Answer::Typed)
}

fn ask(name: &str) {
    output::ask(format_args!("Type {name}, the stack's name, to do this: "));
}

fn read_line() -> String {
    let mut typed = String::new();
    // What cannot be read was not typed.
    let _ = io::stdin().lock().read_line(&mut typed);
    typed
}

fn by_typing(typed: &str, name: &str) -> Result<Confirmed, Failure> {
    Confirmed::by_typing(typed, name).ok_or_else(|| {
        refused(&format!(
            "nothing was done: that is not {name}, the stack's name"
        ))
    })
}

/// Somebody interrupted before anything was done.
pub(crate) fn interrupted() -> Failure {
    refused("nothing was done: interrupted")
}

fn refused(message: &str) -> Failure {
    Failure::new(Exit::Refused, message)
}
