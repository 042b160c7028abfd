use std::fmt::Display;
use std::io::{self, BufRead, IsTerminal};
use std::thread;

use tokio::sync::oneshot;

use crate::aws::Deployment;
use crate::cli::{ConfirmArgs, Global};
use crate::confirmed::Confirmed;
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::operate::record::TargetRecord;
use crate::output;

/// The deployment that a command changes. Refuses a change in read-only mode, before the first request to AWS, and in
/// another account than the expected one.
pub(crate) async fn reach_to_change(
    args: ConfirmArgs,
    global: &Global,
) -> Result<Deployment, Failure> {
    if global.read_only && !args.dry_run {
        let message = "nothing was changed: --read-only or RPSCTL_READ_ONLY is set; pass --dry-run to see \
                       the plan";
        return Err(refused(message));
    }
    let deployment = Box::pin(Deployment::reach(global.target.required()?)).await?;
    check_account(&deployment, global).await?;
    Ok(deployment)
}

/// Refuses another account than that of `--expect-account`.
pub(crate) async fn check_account(deployment: &Deployment, global: &Global) -> Result<(), Failure> {
    if let Some(expected) = &global.expect_account {
        let account = deployment.account_id().await?;
        if account != expected {
            let name = deployment.target().name();
            return Err(refused(&format!(
                "nothing was changed: {name} is in the account {account}, but --expect-account or \
                 RPSCTL_EXPECT_ACCOUNT allows only {expected}; check --profile and --stack"
            )));
        }
    }
    Ok(())
}

/// Refuses the prefix of an id with `--yes`: nobody checks the full id in the plan.
pub(crate) fn refuse_prefix(
    args: ConfirmArgs,
    typed: &str,
    id: impl Display,
) -> Result<(), Failure> {
    let id = id.to_string();
    if !args.yes || typed == id {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "nothing was changed: --yes requires full ids, and {typed} is only a prefix of {id}; pass {id}"
    )))
}

/// Whether the operator can confirm the plan: with `--yes`, or at a terminal.
pub(super) fn can_be_confirmed(args: ConfirmArgs) -> bool {
    !args.dry_run && (args.yes || io::stdin().is_terminal())
}

/// Asks the operator to confirm the plan by typing the stack's name. The question has the plan's `totals`. Returns
/// none after `--dry-run`. With `interrupt`, an interruption refuses the plan.
pub(super) async fn confirm(
    args: ConfirmArgs,
    target: &TargetRecord<'_>,
    totals: &str,
    mut interrupt: Option<&mut Interrupt>,
) -> Result<Option<Confirmed>, Failure> {
    if interrupt.as_mut().is_some_and(|it| it.heard()) {
        return Err(interrupted());
    }
    if args.dry_run {
        output::note("nothing was changed: --dry-run");
        return Ok(None);
    }
    if let Some(confirmed) = Confirmed::beforehand(args.yes) {
        return Ok(Some(confirmed));
    }
    if !io::stdin().is_terminal() {
        return Err(refused(
            "nothing was changed: stdin is not a terminal, so the plan was not confirmed; pass --yes to confirm it",
        ));
    }
    let (name, location) = (target.stack, target.location());
    output::ask(format_args!(
        "Type the stack's name, {name}, to {totals} ({location}): "
    ));
    let typed = match interrupt {
        Some(interrupt) => read_line_or_interrupt(interrupt).await?,
        None => read_line(),
    };
    let confirmed = Confirmed::by_typing(&typed, name);
    let message =
        format!("nothing was changed: the plan was not confirmed; type the stack's name, {name}");
    confirmed.map(Some).ok_or_else(|| refused(&message))
}

async fn read_line_or_interrupt(interrupt: &mut Interrupt) -> Result<String, Failure> {
    let (sender, line) = oneshot::channel();
    // A separate thread, because nothing can cancel a read. The thread ends with the process.
    thread::spawn(move || sender.send(read_line()));
    tokio::select! {
        line = line => Ok(line.unwrap_or_default()),
        () = interrupt.wait() => {
            // End the line of the question.
            output::note("");
            Err(interrupted())
        }
    }
}

fn read_line() -> String {
    let mut line = String::new();
    // After an error the line is empty, and confirms nothing.
    let _ = io::stdin().lock().read_line(&mut line);
    line
}

pub(crate) fn interrupted() -> Failure {
    refused("nothing was changed: interrupted")
}

fn refused(message: &str) -> Failure {
    Failure::new(Exit::Refused, message)
}
