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

/// Asks the operator to confirm the plan by typing `name`, the stack's. Returns none after `--dry-run`. If `interrupt`
/// is listened to, an interruption refuses the plan.
pub(super) async fn confirm(
    args: ConfirmArgs,
    name: &str,
    mut interrupt: Option<&mut Interrupt>,
) -> Result<Option<Confirmed>, Failure> {
    if interrupt.as_mut().is_some_and(|it| it.heard()) {
        return Err(interrupted());
    }
    if args.dry_run {
        output::note("nothing was done: --dry-run");
        return Ok(None);
    }
    if let Some(confirmed) = Confirmed::beforehand(args.yes) {
        return Ok(Some(confirmed));
    }
    if !io::stdin().is_terminal() {
        return Err(refused(
            "nothing was done: nobody is here to confirm it; pass --yes, or --dry-run only to look",
        ));
    }
    output::ask(format_args!("Type {name}, the stack's name, to do this: "));
    let typed = match interrupt {
        Some(interrupt) => read_line_or_interrupt(interrupt).await?,
        None => read_line(),
    };
    let confirmed = Confirmed::by_typing(&typed, name);
    let message = format!("nothing was done: that is not {name}, the stack's name");
    confirmed.map(Some).ok_or_else(|| refused(&message))
}

async fn read_line_or_interrupt(interrupt: &mut Interrupt) -> Result<String, Failure> {
    let (typed_in, typed) = oneshot::channel();
    // A thread of its own, because nothing ends a read: what is left of it ends with the process.
    thread::spawn(move || typed_in.send(read_line()));
    tokio::select! {
        typed = typed => Ok(typed.unwrap_or_default()),
        () = interrupt.wait() => {
            // What follows is not the answer to the question.
            output::note("");
            Err(interrupted())
        }
    }
}

fn read_line() -> String {
    let mut typed = String::new();
    // What cannot be read was not typed.
    let _ = io::stdin().lock().read_line(&mut typed);
    typed
}

pub(crate) fn interrupted() -> Failure {
    refused("nothing was done: interrupted")
}

fn refused(message: &str) -> Failure {
    Failure::new(Exit::Refused, message)
}
