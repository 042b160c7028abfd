//! The browser of all tests.

use std::sync::{Arc, Weak};

use chromiumoxide::cdp::browser_protocol::browser::BrowserContextId;
use chromiumoxide::cdp::browser_protocol::target::{
    CreateBrowserContextParams, CreateTargetParams, DisposeBrowserContextParams,
};
use chromiumoxide::handler::HandlerConfig;
use futures_util::StreamExt as _;
use tokio::runtime::Runtime;
use tokio::sync::Mutex;

use crate::PATIENCE;
use crate::chromium::Chromium;
use crate::clock::Clock;
use crate::page::Page;

/// One Chromium for all tests that run at the same time: it takes a second to start. It ends with the last of them.
static SHARED: Mutex<Weak<Browser>> = Mutex::const_new(Weak::new());

/// A Chromium, and the talk with it.
pub(crate) struct Browser {
    talk: chromiumoxide::Browser,
    /// Listens to it. The tests' own runtimes are gone with each test. It is there until this is dropped.
    runtime: Option<Runtime>,
    chromium: Chromium,
}

impl Browser {
    /// The browser.
    pub(crate) async fn start() -> Arc<Self> {
        let mut shared = SHARED.lock().await;
        if let Some(browser) = shared.upgrade() {
            return browser;
        }
        let browser = Arc::new(Self::with(Chromium::start()).await);
        *shared = Arc::downgrade(&browser);
        browser
    }

    /// A browser of that process.
    pub(crate) async fn with(chromium: Chromium) -> Self {
        let url = chromium.debugger().await;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let connecting = runtime.spawn(async {
            let config = HandlerConfig {
                // Some calls wait for a page to say something.
                request_timeout: PATIENCE * 2,
                ..HandlerConfig::default()
            };
            chromiumoxide::Browser::connect_with_config(url, config).await
        });
        let connected = connecting.await.expect("no panic");
        let (talk, mut events) = connected.expect("Chromium answers");
        runtime.spawn(async move { while events.next().await.is_some() {} });
        Self {
            talk,
            runtime: Some(runtime),
            chromium,
        }
    }

    /// The page at that URL, opened by a player of its own: with nothing stored, and no other tab.
    pub(crate) async fn player(self: &Arc<Self>, url: &str, clock: Clock) -> Page {
        let context = CreateBrowserContextParams::default();
        let context = self.talk.create_browser_context(context).await;
        let context = Context {
            id: context.expect("a context"),
            browser: Arc::clone(self),
        };
        Page::open(Arc::new(context), url, clock).await
    }

    /// Its process.
    pub(crate) fn chromium(&self) -> &Chromium {
        &self.chromium
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // This is the end of a test, whose own runtime must not be blocked.
            runtime.shutdown_background();
        }
    }
}

/// A player's own storage and locks, for all its tabs. It ends with the last of them.
pub(crate) struct Context {
    id: BrowserContextId,
    browser: Arc<Browser>,
}

impl Context {
    /// A new tab, with nothing in it.
    pub(crate) async fn tab(&self) -> chromiumoxide::Page {
        let tab = CreateTargetParams::builder()
            .url("about:blank")
            .browser_context_id(self.id.clone())
            .build()
            .expect("complete");
        let tab = self.browser.talk.new_page(tab).await;
        tab.expect("a tab")
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // Also when a test fails: what it has left open would make the others slow.
        let browser = Arc::clone(&self.browser);
        let dispose = DisposeBrowserContextParams::new(self.id.clone());
        if let Some(runtime) = &self.browser.runtime {
            runtime.spawn(async move {
                let _ = browser.talk.execute(dispose).await;
            });
        }
    }
}
