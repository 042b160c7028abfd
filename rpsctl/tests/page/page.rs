//! A page, as its player uses it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::browser::Context;
use crate::clock::Clock;
use crate::console::{complaint, exception_text};
use crate::devtools::{Answer, Tab};
use crate::looks::STILL;
use crate::{PATIENCE, history};

/// A tab of a player who prefers reduced motion. A test must end with [`Page::done`] for each page.
pub(crate) struct Page {
    tab: Tab,
    context: Arc<Context>,
    clock: Clock,
    url: String,
    is_done: bool,
}

impl Page {
    pub(crate) async fn open(context: Arc<Context>, url: &str, clock: Clock) -> Self {
        let tab = context.tab().await;
        let page = Self {
            tab,
            context,
            clock,
            url: url.to_owned(),
            is_done: false,
        };
        for script in [clock.script(), history::SCRIPT] {
            let script = json!({ "source": script });
            page.tell("Page.addScriptToEvaluateOnNewDocument", script)
                .await;
        }
        let focused = json!({ "enabled": true });
        page.tell("Emulation.setFocusEmulationEnabled", focused)
            .await;
        // Without animations a busy machine has less to draw.
        page.media(&[STILL]).await;
        page.go(url).await;
        page
    }

    /// Another tab of the same player.
    pub(crate) async fn another_tab(&self) -> Self {
        Self::open(Arc::clone(&self.context), &self.url, self.clock).await
    }

    /// Opens a URL, and waits until the page is loaded.
    pub(crate) async fn go(&self, url: &str) {
        self.load("Page.navigate", json!({ "url": url })).await;
    }

    /// Reloads the page, as a player would.
    pub(crate) async fn reload(&self) {
        self.load("Page.reload", json!({})).await;
    }

    async fn load(&self, method: &str, params: Value) {
        let loaded = timeout(PATIENCE, self.tab.load(method, params)).await;
        loaded.expect("loaded in time").expect("a page");
    }

    /// Waits until the page shows this text, if only for a moment, or has shown it since the last expected text.
    pub(crate) async fn expect_say(&self, text: &str) {
        self.expect_shown("say", text).await;
    }

    /// Does the same for the second sentence.
    pub(crate) async fn expect_why(&self, text: &str) {
        self.expect_shown("why", text).await;
    }

    /// Does the same for one of several texts.
    pub(crate) async fn expect_why_of(&self, texts: &[String]) {
        let promise = history::until_shown("why", texts);
        self.wait_for(&promise, &format!("why is one of {texts:?}"))
            .await;
    }

    /// Does the same for a notice, which does not stop the game.
    pub(crate) async fn expect_notice(&self, text: &str) {
        self.expect_shown("notice", text).await;
    }

    /// Does the same for the scene.
    pub(crate) async fn expect_scene(&self, scene: &str) {
        self.expect_shown("scene", scene).await;
    }

    async fn expect_shown(&self, place: &str, text: &str) {
        let promise = history::until_shown(place, &[text.to_owned()]);
        self.wait_for(&promise, &format!("{place} is {text:?}"))
            .await;
    }

    /// Waits until an element's attribute has a value.
    pub(crate) async fn expect_attribute(&self, selector: &str, name: &str, value: &str) {
        let (selector, name) = (json!(selector), json!(name));
        let is = format!("document.querySelector({selector})?.getAttribute({name})");
        self.expect(&format!("{is} === {}", json!(value))).await;
    }

    /// Waits until an element has a text.
    pub(crate) async fn expect_text(&self, selector: &str, text: &str) {
        let is = format!(
            "document.querySelector({})?.textContent.trim()",
            json!(selector)
        );
        self.expect(&format!("{is} === {}", json!(text))).await;
    }

    /// Waits until the page has received a number of frames.
    pub(crate) async fn expect_frames(&self, frames: usize) {
        self.expect(&format!("testFrames >= {frames}")).await;
    }

    /// Waits until an expression is true. Each change of the document evaluates it.
    pub(crate) async fn expect(&self, expression: &str) {
        self.wait_for(&history::until(expression), expression).await;
    }

    /// Waits for a promise of the page, and tries again if a reload of the page drops the promise.
    async fn wait_for(&self, promise: &str, condition: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match timeout_at(deadline, self.evaluate(promise)).await {
                Ok(Ok(_)) => return,
                Ok(Err(_)) if Instant::now() < deadline => sleep(Duration::from_millis(20)).await,
                Ok(Err(why)) => self.fail(&format!("not in time: {condition}: {why}")).await,
                Err(_) => self.fail(&format!("not in time: {condition}")).await,
            }
        }
    }

    /// The current scene.
    pub(crate) async fn scene(&self) -> String {
        let scene = self.value("document.body.dataset.scene").await;
        scene.as_str().unwrap_or_default().to_owned()
    }

    /// The id of the element that has the focus.
    pub(crate) async fn focus(&self) -> String {
        let id = self.value("document.activeElement?.id").await;
        id.as_str().unwrap_or_default().to_owned()
    }

    /// The value of an expression in the page.
    pub(crate) async fn value(&self, expression: &str) -> Value {
        match timeout(PATIENCE, self.evaluate(expression)).await {
            Ok(Ok(value)) => value,
            Ok(Err(why)) => self.fail(&format!("{expression}: {why}")).await,
            Err(_) => self.fail(&format!("no answer: {expression}")).await,
        }
    }

    async fn evaluate(&self, expression: &str) -> Answer {
        let evaluate =
            json!({ "expression": expression, "awaitPromise": true, "returnByValue": true });
        let mut answer = self.tab.call("Runtime.evaluate", evaluate).await?;
        match answer.get("exceptionDetails") {
            Some(details) => Err(exception_text(details)),
            None => Ok(answer["result"]["value"].take()),
        }
    }

    /// Calls a method of the browser for this page.
    pub(crate) async fn tell(&self, method: &str, params: Value) -> Value {
        let answer = timeout(PATIENCE, self.tab.call(method, params)).await;
        let answer = answer.unwrap_or_else(|_| panic!("no answer: {method}"));
        answer.unwrap_or_else(|why| panic!("{method}: {why}"))
    }

    /// The browser's errors and warnings so far.
    pub(crate) async fn console(&self) -> Vec<String> {
        // After two answers all earlier events have arrived.
        for _ in 0..2 {
            let _ = timeout(PATIENCE, self.evaluate("0")).await;
        }
        self.tab.events().iter().filter_map(complaint).collect()
    }

    /// Ends the use of a page, and checks that the browser logged no errors.
    pub(crate) async fn done(self) {
        self.done_with(&[]).await;
    }

    /// Does the same, but expects errors that contain these texts, and no others.
    pub(crate) async fn done_with(self, expected: &[&str]) {
        let complaints = self.done_allowing(expected).await;
        let is_missing = |part: &&&str| !complaints.iter().any(|it| it.contains(**part));
        let missing: Vec<_> = expected.iter().filter(is_missing).collect();
        assert!(missing.is_empty(), "no {missing:?} in {complaints:#?}");
    }

    /// Does the same, but allows errors that contain these texts. Returns all errors.
    pub(crate) async fn done_allowing(mut self, allowed: &[&str]) -> Vec<String> {
        self.is_done = true;
        let complaints = self.console().await;
        let is_other = |it: &&String| !allowed.iter().any(|part| it.contains(part));
        let others: Vec<_> = complaints.iter().filter(is_other).collect();
        assert!(others.is_empty(), "complaints: {others:#?}");
        complaints
    }

    /// Fails a test with the state of the page.
    async fn fail(&self, why: &str) -> ! {
        let state = "({ url: location.href, text: document.body?.innerText, scene: document.body?.dataset.scene, \
            history: window.testHistory })";
        let state = timeout(Duration::from_secs(5), self.evaluate(state)).await;
        let state = state.map(|it| it.unwrap_or_else(Value::from));
        let complaints = self.console().await;
        let picture = self.failed_picture().await;
        panic!(
            "{why}\nthe page: {:#}\ncomplaints: {complaints:#?}\npicture: {picture}",
            state.unwrap_or_default()
        );
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        let is_done = self.is_done || std::thread::panicking();
        assert!(is_done, "a test must end with `done` for each page");
    }
}
