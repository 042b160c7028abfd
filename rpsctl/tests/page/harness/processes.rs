//! Browsers end completely, and players are isolated.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::PATIENCE;
use crate::browser::Browser;
use crate::chromium::Chromium;
use crate::clock::Clock;
use crate::server::Server;

/// The number of processes with the profile in their environment, which all processes of a browser have.
fn alive(profile: &Path) -> usize {
    let profile = profile.to_str().expect("UTF-8");
    let entries = fs::read_dir("/proc").expect("/proc");
    let environments = entries.filter_map(|it| fs::read(it.ok()?.path().join("environ")).ok());
    environments
        .filter(|it| String::from_utf8_lossy(it).contains(profile))
        .count()
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_browser_ends_with_all_its_processes() {
    let browser = Browser::with(Chromium::start()).await;
    let profile = browser.chromium().profile().to_owned();
    assert!(alive(&profile) > 3, "{}", alive(&profile));
    assert!(profile.is_dir());
    drop(browser);
    let ending = timeout(PATIENCE, async {
        while alive(&profile) > 0 || profile.exists() {
            sleep(Duration::from_millis(10)).await;
        }
    });
    ending.await.expect("all processes end in time");
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn only_tabs_of_the_same_player_share_storage_and_locks() {
    let browser = Browser::start().await;
    let server = Server::start().await;
    let first = browser.player(server.url(), Clock::Real).await;
    let tab = first.another_tab().await;
    let other = browser.player(server.url(), Clock::Real).await;
    first.value("localStorage.setItem('test', 'mine')").await;
    first
        .value("new Promise((held) => { navigator.locks.request('test', () => new Promise(() => held(0))) })")
        .await;
    let locked = "navigator.locks.request('test', { ifAvailable: true }, (lock) => lock === null)";
    for (page, stored, is_locked) in [(&tab, json!("mine"), true), (&other, Value::Null, false)] {
        assert_eq!(page.value("localStorage.getItem('test')").await, stored);
        assert_eq!(page.value(locked).await, is_locked);
    }
    for page in [first, tab, other] {
        page.done().await;
    }
}
