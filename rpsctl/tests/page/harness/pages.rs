//! The test's control over a page, and its view of it.

use serde_json::json;

use super::blank;
use crate::browser::Browser;
use crate::clock::Clock;
use crate::server::Server;

/// Adds the elements of the contract to an empty page.
const PLACES: &str = "for (const id of ['say', 'why', 'notice', 'go']) {
    const element = document.createElement(id === 'go' ? 'button' : 'p');
    element.id = id;
    document.body.append(element);
}";

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_history_keeps_every_text_in_order() {
    let browser = Browser::start().await;
    let page = blank(&browser, Clock::Real).await;
    page.value(PLACES).await;
    let say = |text: &str| format!("say.textContent = {}", json!(text));
    for text in ["one", "two\n  and  more", "one", "three"] {
        page.value(&say(text)).await;
    }
    page.expect_say("one").await;
    page.expect_say("two and more").await;
    page.expect_say("one").await;
    assert_eq!(page.value("testHistory.say.at").await, 3, "the second one");
    page.value("setTimeout(() => { document.body.dataset.scene = 'round' }, 50)")
        .await;
    page.expect_scene("round").await;
    page.value("why.hidden = true; why.textContent = 'unseen'; notice.textContent = 'trouble'")
        .await;
    page.expect_notice("trouble").await;
    page.expect("say.textContent === 'three'").await;
    let history = page.value("testHistory").await;
    assert_eq!(
        history["say"]["all"],
        json!(["", "one", "two and more", "one", "three"])
    );
    assert_eq!(history["why"]["all"], json!([""]), "a hidden text");
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn the_browser_reports_errors() {
    let browser = Browser::start().await;
    let (server, elsewhere) = (Server::start().await, Server::start().await);
    let page = browser.player(server.url(), Clock::Real).await;
    page.value("console.error('an error of', { its: 'own' }), console.warn('a warning'), console.log('no word')")
        .await;
    page.value("setTimeout(() => { throw new Error('nobody catches this') })")
        .await;
    page.value("fetch('nothing-here').then((answer) => answer.status)")
        .await;
    page.value("try { document.body.innerHTML = '<p>' } catch { }")
        .await;
    let other = elsewhere.url().replace("http", "ws");
    let refused = format!(
        "new Promise((refused) => {{
            addEventListener('securitypolicyviolation', () => refused(0));
            new WebSocket('{other}ws');
        }})"
    );
    page.value(&refused).await;
    assert_eq!(elsewhere.attempts(), 0, "the policy forbids other hosts");
    page.done_with(&[
        "an error of Object",
        "a warning",
        "nobody catches this",
        "status of 404 (Not Found) (http",
        "requires 'TrustedHTML' assignment",
        "violates the following Content Security Policy directive: \"connect-src 'self'",
    ])
    .await;
}

/// The events of these keys and clicks in a page.
const EVENTS: [&str; 26] = [
    "keydown r KeyR true false false false",
    "keypress r KeyR true false false false",
    "keyup r KeyR true false false false",
    "keydown Tab Tab true false false false",
    "keyup Tab Tab true false false false",
    "keydown Enter Enter true false false false",
    "keypress Enter Enter true false false false",
    "click go  true false false false",
    "keyup Enter Enter true false false false",
    "keydown   Space true false false false",
    "keypress   Space true false false false",
    "keyup   Space true false false false",
    "click go  true false false false",
    "keydown r KeyR true true false false",
    "keyup r KeyR true true false false",
    "keydown R KeyR true false true false",
    "keypress R KeyR true false true false",
    "keyup R KeyR true false true false",
    "keydown Escape Escape true false false false",
    "keyup Escape Escape true false false false",
    "keydown p KeyP true false false false",
    "keypress p KeyP true false false false",
    "keydown p KeyP true false false true",
    "keypress p KeyP true false false true",
    "keyup p KeyP true false false false",
    "click go  true false false false",
];

#[tokio::test]
#[ignore = "needs Chromium"]
async fn keys_and_clicks_are_trusted_events() {
    let browser = Browser::start().await;
    let page = blank(&browser, Clock::Real).await;
    page.value(PLACES).await;
    page.value(
        "window.events = [];
        for (const type of ['keydown', 'keypress', 'keyup', 'click']) addEventListener(type, (event) => {
            const { key, code, isTrusted, ctrlKey, shiftKey, repeat } = event;
            const target = event.target.id;
            events.push([type, key ?? target, code ?? '', isTrusted, !!ctrlKey, !!shiftKey, !!repeat].join(' '));
        });
        go.textContent = 'Play'; 0",
    )
    .await;
    for keys in ["r", "Tab", "Enter", " ", "Control+r", "Shift+R", "Escape"] {
        page.press(keys).await;
    }
    page.hold("p", 1).await;
    page.click("#go").await;
    assert_eq!(page.focus().await, "go");
    assert_eq!(page.value("events").await, json!(EVENTS));
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn time_stands_still_passes_and_sleeps() {
    const CLOCKS: &str = "[Date.now() - began, performance.now(), +new Date() - began]";
    let browser = Browser::start().await;
    let page = blank(&browser, Clock::Manual).await;
    page.value(
        "window.began = Date.now(), window.done = [];
        const note = (what) => done.push([what, Date.now() - began]);
        setTimeout(note, 250, 'later');
        setTimeout(note, 50, 'soon');
        clearTimeout(setTimeout(note, 60, 'never'));
        const every = setInterval(() => { note('every'); if (done.length > 5) clearInterval(every); }, 100);
        setTimeout(() => setTimeout(note, 3_600_000, 'an hour'), 500)",
    )
    .await;
    assert_eq!(page.value(CLOCKS).await, json!([0, 0, 0]));
    page.pass(249).await;
    let done = json!([["soon", 50], ["every", 100], ["every", 200]]);
    assert_eq!(page.value("done").await, done);
    page.pass(1).await;
    assert_eq!(page.value("done.at(-1)").await, json!(["later", 250]));
    page.sleep(7_200_000).await;
    assert_eq!(page.value("done.length").await, 4);
    assert_eq!(page.value(CLOCKS).await, json!([7_200_250, 250, 7_200_250]));
    page.pass(7_200_000).await;
    let hour = 7_200_000 + 500 + 3_600_000;
    let done = json!([
        ["every", 7_200_300],
        ["every", 7_200_400],
        ["an hour", hour]
    ]);
    assert_eq!(page.value("done.slice(4)").await, done);
    page.done().await;
}

#[tokio::test]
#[ignore = "needs Chromium"]
async fn a_page_has_size_media_screenshot_and_axe() {
    let browser = Browser::start().await;
    let server = Server::start().await;
    let page = browser.player(server.url(), Clock::Real).await;
    page.viewport(320, 568).await;
    page.media(&[
        ("prefers-color-scheme", "dark"),
        ("prefers-reduced-motion", "reduce"),
    ])
    .await;
    let looks = "[innerWidth, innerHeight, matchMedia('(prefers-color-scheme: dark)').matches,
        matchMedia('(prefers-reduced-motion: reduce)').matches]";
    assert_eq!(page.value(looks).await, json!([320, 568, true, true]));
    page.media(&[]).await;
    page.viewport(1280, 800).await;
    assert_eq!(page.value(looks).await, json!([1280, 800, false, false]));
    let picture = tempfile::NamedTempFile::new().expect("a file");
    page.screenshot(picture.path()).await;
    let picture = std::fs::read(picture.path()).expect("a picture");
    // After the signature and the head of the first chunk: width and height.
    assert_eq!(picture[16..24], [0, 0, 5, 0, 0, 0, 3, 32]);

    page.value("document.body.append(new Image(8, 8))").await;
    let violations = page.axe().await.join("\n");
    assert!(violations.contains("image-alt: "), "{violations}");
    page.done().await;
}
