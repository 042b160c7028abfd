//! A page, as its player meets it.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::browser::Context;
use crate::clock::Clock;
use crate::console::{complaint, thrown};
use crate::devtools::{Answer, Tab};
use crate::looks::STILL;
use crate::{PATIENCE, told};

/// A tab of a player, who wants no motion. A test ends with [`Page::done`] for each.
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
        for script in [clock.script(), told::SCRIPT] {
            let script = json!({ "source": script });
            page.tell("Page.addScriptToEvaluateOnNewDocument", script)
                .await;
        }
        let focused = json!({ "enabled": true });
        page.tell("Emulation.setFocusEmulationEnabled", focused)
            .await;
        // A busy machine has better things to do than to draw each moment of a motion.
        page.media(&[STILL]).await;
        page.go(url).await;
        page
    }

    /// Another tab of the same player.
    pub(crate) async fn another_tab(&self) -> Self {
        Self::open(Arc::clone(&self.context), &self.url, self.clock).await
    }

    /// Goes to that URL, and waits until all is loaded.
    pub(crate) async fn go(&self, url: &str) {
        self.load("Page.navigate", json!({ "url": url })).await;
    }

    /// Loads it again, as the player would.
    pub(crate) async fn reload(&self) {
        self.load("Page.reload", json!({})).await;
    }

    async fn load(&self, method: &str, params: Value) {
        let loaded = timeout(PATIENCE, self.tab.load(method, params)).await;
        loaded.expect("loaded in time").expect("a page");
    }

    /// Waits until the page says this, if only for a moment, or has said it since what was last expected.
    pub(crate) async fn expect_say(&self, text: &str) {
        self.expect_told("say", text).await;
    }

    /// The same for the second sentence.
    pub(crate) async fn expect_why(&self, text: &str) {
        self.expect_told("why", text).await;
    }

    /// The same, for one of these.
    pub(crate) async fn expect_why_of(&self, texts: &[String]) {
        let promise = told::until_told("why", texts);
        self.keeps(&promise, &format!("why is one of {texts:?}"))
            .await;
    }

    /// The same for trouble that does not stop the game.
    pub(crate) async fn expect_notice(&self, text: &str) {
        self.expect_told("notice", text).await;
    }

    /// The same for the scene.
    pub(crate) async fn expect_scene(&self, scene: &str) {
        self.expect_told("scene", scene).await;
    }

    async fn expect_told(&self, place: &str, text: &str) {
        let promise = told::until_told(place, &[text.to_owned()]);
        self.keeps(&promise, &format!("{place} is {text:?}")).await;
    }

    /// Waits until an attribute of the one element of that selector has this value.
    pub(crate) async fn expect_attribute(&self, selector: &str, name: &str, value: &str) {
        let (selector, name) = (json!(selector), json!(name));
        let is = format!("document.querySelector({selector})?.getAttribute({name})");
        self.expect(&format!("{is} === {}", json!(value))).await;
    }

    /// Waits until the text of the one element of that selector is this.
    pub(crate) async fn expect_text(&self, selector: &str, text: &str) {
        let is = format!(
            "document.querySelector({})?.textContent.trim()",
            json!(selector)
        );
        self.expect(&format!("{is} === {}", json!(text))).await;
    }

    /// Waits until the page has been sent so many frames, whatever it makes of them.
    pub(crate) async fn expect_heard(&self, frames: usize) {
        self.expect(&format!("testHeard >= {frames}")).await;
    }

    /// Waits until this expression holds. It is looked at when something changes in the document.
    pub(crate) async fn expect(&self, expression: &str) {
        self.keeps(&told::until(expression), expression).await;
    }

    /// Waits for a promise of the page, which it may forget while it is loaded again.
    async fn keeps(&self, promise: &str, what: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match timeout_at(deadline, self.evaluate(promise)).await {
                Ok(Ok(_)) => return,
                Ok(Err(_)) if Instant::now() < deadline => sleep(Duration::from_millis(20)).await,
                Ok(Err(why)) => self.fail(&format!("not in time: {what}: {why}")).await,
                Err(_) => self.fail(&format!("not in time: {what}")).await,
            }
        }
    }

    /// The scene that is shown.
    pub(crate) async fn scene(&self) -> String {
        let scene = self.value("document.body.dataset.scene").await;
        scene.as_str().unwrap_or_default().to_owned()
    }

    /// The id of the element that has the focus.
    pub(crate) async fn focus(&self) -> String {
        let id = self.value("document.activeElement?.id").await;
        id.as_str().unwrap_or_default().to_owned()
    }

    /// What an expression is in the page.
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
            Some(details) => Err(thrown(details)),
            None => Ok(answer["result"]["value"].take()),
        }
    }

    /// Tells the browser something about this page.
    pub(crate) async fn tell(&self, method: &str, params: Value) -> Value {
        let told = timeout(PATIENCE, self.tab.call(method, params)).await;
        let told = told.unwrap_or_else(|_| panic!("no answer: {method}"));
        told.unwrap_or_else(|why| panic!("{method}: {why}"))
    }

    /// What the browser has complained about so far.
    pub(crate) async fn console(&self) -> Vec<String> {
        // What was complained about before the second answer has been handed over.
        for _ in 0..2 {
            let _ = timeout(PATIENCE, self.evaluate("0")).await;
        }
        self.tab.events().iter().filter_map(complaint).collect()
    }

    /// The end of a page that the browser has nothing to complain about.
    pub(crate) async fn done(self) {
        self.done_with(&[]).await;
    }

    /// The end of a page with these complaints and no others; each is given by a part of it.
    pub(crate) async fn done_with(self, expected: &[&str]) {
        let complaints = self.done_despite(expected).await;
        let is_missing = |part: &&&str| !complaints.iter().any(|it| it.contains(**part));
        let missing: Vec<_> = expected.iter().filter(is_missing).collect();
        assert!(missing.is_empty(), "no {missing:?} in {complaints:#?}");
    }

    /// The same, where it depends on the moment whether there are any. Gives them.
    pub(crate) async fn done_despite(mut self, allowed: &[&str]) -> Vec<String> {
        self.is_done = true;
        let complaints = self.console().await;
        let is_other = |it: &&String| !allowed.iter().any(|part| it.contains(part));
        let others: Vec<_> = complaints.iter().filter(is_other).collect();
        assert!(others.is_empty(), "complaints: {others:#?}");
        complaints
    }

    /// The end of a test, with all there is to know of the page.
    async fn fail(&self, why: &str) -> ! {
        let state = "({ url: location.href, text: document.body?.innerText, scene: document.body?.dataset.scene, \
            told: window.testTold })";
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
        assert!(is_done, "a test ends with `done` for each page");
    }
}
