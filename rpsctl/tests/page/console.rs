//! What the browser has to complain about in a page.

use chromiumoxide::Page;
use chromiumoxide::cdp::IntoEventKind;
use chromiumoxide::cdp::browser_protocol::log::{EventEntryAdded, LogEntryLevel};
use chromiumoxide::cdp::js_protocol::runtime::{
    ConsoleApiCalledType, EventConsoleApiCalled, EventExceptionThrown, RemoteObject,
};
use chromiumoxide::listeners::EventStream;
use futures_util::{FutureExt as _, StreamExt as _};

/// Errors and warnings of a page: its own, exceptions that nobody caught, requests that failed, sockets that were
/// refused, and what its policy forbade.
pub(crate) struct Console {
    said: EventStream<EventConsoleApiCalled>,
    thrown: EventStream<EventExceptionThrown>,
    logged: EventStream<EventEntryAdded>,
    complaints: Vec<String>,
}

impl Console {
    pub(crate) async fn of(page: &Page) -> Self {
        Self {
            said: listen(page).await,
            thrown: listen(page).await,
            logged: listen(page).await,
            complaints: Vec::new(),
        }
    }

    /// All that has arrived so far.
    pub(crate) fn complaints(&mut self) -> &[String] {
        while let Some(Some(said)) = self.said.next().now_or_never() {
            use ConsoleApiCalledType::{Assert, Error, Warning};
            if matches!(said.r#type, Assert | Error | Warning) {
                let words: Vec<_> = said.args.iter().map(word).collect();
                self.complaints.push(words.join(" "));
            }
        }
        while let Some(Some(thrown)) = self.thrown.next().now_or_never() {
            let details = &thrown.exception_details;
            let what = details.exception.as_ref().map(word).unwrap_or_default();
            self.complaints.push(format!("{}: {what}", details.text));
        }
        while let Some(Some(logged)) = self.logged.next().now_or_never() {
            let entry = &logged.entry;
            if matches!(entry.level, LogEntryLevel::Error | LogEntryLevel::Warning) {
                let url = entry.url.as_deref().unwrap_or_default();
                self.complaints.push(format!("{} ({url})", entry.text));
            }
        }
        &self.complaints
    }
}

async fn listen<T: IntoEventKind>(page: &Page) -> EventStream<T> {
    page.event_listener().await.expect("a listener")
}

/// What was handed to the console, as it shows it.
fn word(object: &RemoteObject) -> String {
    match &object.value {
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
        None => object.description.clone().unwrap_or_default(),
    }
}
