//! The browser that all tests share.

use std::sync::{Arc, Weak};

use serde_json::json;
use tokio::runtime::Runtime;
use tokio::sync::Mutex;

use crate::chromium::Chromium;
use crate::clock::Clock;
use crate::devtools::{DevTools, Tab};
use crate::page::Page;

/// One Chromium for all tests that run at the same time, because it takes a second to start. It ends with the last test.
static SHARED: Mutex<Weak<Browser>> = Mutex::const_new(Weak::new());

/// A Chromium, and the connection to it.
pub(crate) struct Browser {
    devtools: Arc<DevTools>,
    /// Runs the connection, because each test's own runtime ends with the test. Set until the browser is dropped.
    runtime: Option<Runtime>,
    chromium: Chromium,
}

impl Browser {
    pub(crate) async fn start() -> Arc<Self> {
        let mut shared = SHARED.lock().await;
        if let Some(browser) = shared.upgrade() {
            return browser;
        }
        let browser = Arc::new(Self::with(Chromium::start()).await);
        *shared = Arc::downgrade(&browser);
        browser
    }

    /// Connects to a Chromium process.
    pub(crate) async fn with(chromium: Chromium) -> Self {
        let url = chromium.debugger().await;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let connecting = runtime.spawn(async move { DevTools::connect(&url).await });
        let devtools = Arc::new(connecting.await.expect("no panic"));
        Self {
            devtools,
            runtime: Some(runtime),
            chromium,
        }
    }

    /// Opens a page as a new player, without stored data and other tabs.
    pub(crate) async fn player(self: &Arc<Self>, url: &str, clock: Clock) -> Page {
        let context = self.devtools.call("Target.createBrowserContext", json!({}));
        let context = context.await.expect("a context");
        let context = Context {
            id: context["browserContextId"]
                .as_str()
                .expect("an id")
                .to_owned(),
            browser: Arc::clone(self),
        };
        Page::open(Arc::new(context), url, clock).await
    }

    pub(crate) fn chromium(&self) -> &Chromium {
        &self.chromium
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // A test's runtime must not be blocked.
            runtime.shutdown_background();
        }
    }
}

/// A player's storage and locks, which its tabs share. It ends with its last tab.
pub(crate) struct Context {
    id: String,
    browser: Arc<Browser>,
}

impl Context {
    /// Opens an empty tab.
    pub(crate) async fn tab(&self) -> Tab {
        Tab::open(Arc::clone(&self.browser.devtools), &self.id).await
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // Also after a failed test, whose open pages would slow down the other tests.
        let devtools = Arc::clone(&self.browser.devtools);
        let dispose = json!({ "browserContextId": self.id });
        if let Some(runtime) = &self.browser.runtime {
            runtime.spawn(async move {
                let _ = devtools.call("Target.disposeBrowserContext", dispose).await;
            });
        }
    }
}
