//! Looking again and again.

use anyhow::Result;
use rps_game::words::seconds;
use rps_handlers::time::now_ms;
use tokio::time::sleep;

use crate::aws::Deployment;
use crate::cli::{Every, Global};
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::output::{Format, Live};
use crate::words::time_span;

/// Shows something again and again: `print` prints it for programs, `look` returns the head and the body for people.
pub(super) async fn watch(
    every: Every,
    deployment: &Deployment,
    global: &Global,
    print: impl AsyncFn() -> Result<()>,
    look: impl AsyncFn() -> Result<(String, String)>,
) -> Result<Exit> {
    match global.output {
        Format::Json => repeat(every, print).await,
        Format::Table => draw(every, deployment.target().name(), look).await,
    }
}

/// Does it again and again, until an interruption or a failure.
async fn repeat(every: Every, look: impl AsyncFn() -> Result<()>) -> Result<Exit> {
    let mut interrupt = Interrupt::listen()?;
    let looking = async {
        loop {
            look().await?;
            sleep(every.every).await;
        }
    };
    tokio::select! {
        () = interrupt.wait() => Ok(Exit::Ok),
        failed = looking => failed,
    }
}

/// Draws it again and again in the same place: a head of one line, and what is under it. If the first look fails
/// that is all; later the last view stays, and the failure is above it.
async fn draw(
    every: Every,
    name: &str,
    look: impl AsyncFn() -> Result<(String, String)>,
) -> Result<Exit> {
    let mut last = look().await?;
    let mut seen_ms = now_ms();
    // Before the screen is taken: from here on a signal gives it back.
    let mut interrupt = Interrupt::listen()?;
    let live = Live::new()?;
    let every_words = seconds(u64::try_from(every.every.as_millis())?);
    let drawing = async {
        let mut trouble = None;
        loop {
            let (head, body) = &last;
            let state = match &trouble {
                None => format!("every {every_words}"),
                Some(why) => {
                    let ago = time_span(now_ms().saturating_sub(seen_ms));
                    format!("{ago} ago, for now {why}")
                }
            };
            live.draw(&format!("{name}: {head} ({state}; Ctrl-C ends)\n{body}"))?;
            sleep(every.every).await;
            trouble = match look().await {
                Ok(view) => {
                    (last, seen_ms) = (view, now_ms());
                    None
                }
                Err(error) => Some(format!("{error:#}")),
            };
        }
    };
    tokio::select! {
        () = interrupt.wait() => Ok(Exit::Ok),
        failed = drawing => failed,
    }
}
