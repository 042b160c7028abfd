//! What a page has told its player so far, each change of it.

use serde_json::json;

/// What a page runs before anything of its own. It keeps all that has been in these places, one after the other, because
/// what is there for a moment only would else be seen on fast machines and overlooked on busy ones.
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
    const told = Object.fromEntries(Object.keys(places).map((place) => [place, { all: [''], at: 0 }]));
    let waiting = [];
    const look = () => {
        for (const [place, now] of Object.entries(places)) {
            const is = now();
            if (told[place].all.at(-1) !== is) told[place].all.push(is);
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
    window.testHeard = 0;
    window.WebSocket = class WebSocket extends window.WebSocket {
        constructor(...to) {
            super(...to);
            this.addEventListener('message', () => { testHeard += 1; look(); });
        }
    };
    window.testTold = told;
    window.testUntil = until;
    window.testUntilTold = (place, expected) => until(() => {
        const { all, at } = told[place];
        const next = all.findIndex((it, i) => (i > at || i === all.length - 1) && expected.includes(it));
        if (next >= 0) told[place].at = next;
        return next >= 0;
    });
}";

/// A promise that is kept when one of these was or is in that place, since what was last found there.
pub(crate) fn until_told(place: &str, expected: &[String]) -> String {
    format!("testUntilTold({}, {})", json!(place), json!(expected))
}

/// A promise that is kept when this holds, looked at whenever something changes in the page.
pub(crate) fn until(expression: &str) -> String {
    format!("testUntil(() => ({expression}))")
}
