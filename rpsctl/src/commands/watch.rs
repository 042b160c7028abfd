//! `--watch`: repeats a command until an interruption.

use anyhow::Result;
use rps_game::words::seconds;
use rps_handlers::time::now_ms;
use tokio::time::sleep;

use crate::aws::Deployment;
use crate::cli::{Global, WatchInterval};
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::output::{Format, LiveView, Text};
use crate::words::time_span;

/// Repeats `print` for JSON. For text, draws the head and the body that `render` returns.
pub(super) async fn watch(
    every: WatchInterval,
    deployment: &Deployment,
    global: &Global,
    print: impl AsyncFn() -> Result<()>,
    render: impl AsyncFn() -> Result<(String, Text)>,
) -> Result<Exit> {
    match global.output {
        Format::Json => repeat(every, print).await,
        Format::Table => draw(every, deployment.target().name(), render).await,
    }
}

/// Repeats `print` until an interruption or an error.
async fn repeat(every: WatchInterval, print: impl AsyncFn() -> Result<()>) -> Result<Exit> {
    let mut interrupt = Interrupt::listen()?;
    let printing = async {
        loop {
            print().await?;
            sleep(every.every).await;
        }
    };
    tokio::select! {
        () = interrupt.wait() => Ok(Exit::Ok),
        error = printing => error,
    }
}

/// Redraws the view until an interruption. An error in the first view ends the command. After a later error, the last
/// view stays with the error in its head.
async fn draw(
    every: WatchInterval,
    name: &str,
    render: impl AsyncFn() -> Result<(String, Text)>,
) -> Result<Exit> {
    let mut view = render().await?;
    let mut view_ms = now_ms();
    // Listen before switching the screen: from here on, a signal restores it.
    let mut interrupt = Interrupt::listen()?;
    let live = LiveView::new()?;
    let every_words = seconds(u64::try_from(every.every.as_millis())?);
    let drawing = async {
        let mut last_error = None;
        loop {
            let (head, body) = &view;
            let state = match &last_error {
                None => format!("every {every_words}"),
                Some(error) => {
                    let ago = time_span(now_ms().saturating_sub(view_ms));
                    format!("from {ago} ago, since then: {error}")
                }
            };
            let head = format!("{name}: {head} ({state}; Ctrl-C to stop)");
            live.draw(&Text::join([head.into(), body.clone()], "\n"))?;
            sleep(every.every).await;
            last_error = match render().await {
                Ok(new_view) => {
                    (view, view_ms) = (new_view, now_ms());
                    None
                }
                Err(error) => Some(format!("{error:#}")),
            };
        }
    };
    tokio::select! {
        () = interrupt.wait() => Ok(Exit::Ok),
        error = drawing => error,
    }
}
