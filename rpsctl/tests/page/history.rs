//! The history of a page: each text that it has shown to its player.

use serde_json::json;

/// A script that a page runs first. It records every text of these elements, because a busy machine would miss a text
/// that is shown only for a moment.
pub(crate) const SCRIPT: &str = r"{
    const places = {
        say: () => text('#say'),
        why: () => text('#why'),
        notice: () => text('#notice'),
        scene: () => document.body?.dataset.scene ?? '',
    };
    const text = (place) => {
        const element = document.querySelector(place);
        return element?.checkVisibility() ? element.textContent.trim().replace(/\s+/g, ' ') : '';
    };
    const history = Object.fromEntries(Object.keys(places).map((place) => [place, { all: [''], at: 0 }]));
    let waiting = [];
    const look = () => {
        for (const [place, now] of Object.entries(places)) {
            const is = now();
            if (history[place].all.at(-1) !== is) history[place].all.push(is);
        }
        waiting = waiting.filter((wait) => !wait());
    };
    const all = { subtree: true, childList: true, characterData: true, attributes: true };
    new MutationObserver(look).observe(document, all);
    document.addEventListener('toggle', look, true);
    const until = (holds) => new Promise((resolve) => {
        const wait = () => {
            if (!holds()) return false;
            resolve(true);
            return true;
        };
        waiting.push(wait);
        look();
    });
    window.testFrames = 0;
    window.WebSocket = class WebSocket extends window.WebSocket {
        constructor(...to) {
            super(...to);
            this.addEventListener('message', () => { testFrames += 1; look(); });
        }
    };
    window.testHistory = history;
    window.testUntil = until;
    window.testUntilShown = (place, expected) => until(() => {
        const { all, at } = history[place];
        const next = all.findIndex((it, i) => (i > at || i === all.length - 1) && expected.includes(it));
        if (next >= 0) history[place].at = next;
        return next >= 0;
    });
}";

/// A promise that resolves when the place shows one of the texts, or has shown it since the last match.
pub(crate) fn until_shown(place: &str, expected: &[String]) -> String {
    format!("testUntilShown({}, {})", json!(place), json!(expected))
}

/// A promise that resolves when the expression is true. Each change of the page evaluates it.
pub(crate) fn until(expression: &str) -> String {
    format!("testUntil(() => ({expression}))")
}
