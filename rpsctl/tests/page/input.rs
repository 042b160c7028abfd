//! A player's input: keys and the mouse.

use serde_json::json;

use crate::page::Page;

impl Page {
    /// Presses and releases a key: `r`, `Enter`, `Tab`, ` `, or with modifiers: `Shift+Tab`, `Control+r`.
    pub(crate) async fn press(&self, keys: &str) {
        self.key("keyDown", keys, false).await;
        self.key("keyUp", keys, false).await;
    }

    /// Presses a key, holds it for some repeats, and releases it.
    pub(crate) async fn hold(&self, keys: &str, repeats: usize) {
        self.key("keyDown", keys, false).await;
        for _ in 0..repeats {
            self.repeat(keys).await;
        }
        self.key("keyUp", keys, false).await;
    }

    /// Repeats a key that is already down.
    pub(crate) async fn repeat(&self, keys: &str) {
        self.key("keyDown", keys, true).await;
    }

    async fn key(&self, kind: &str, keys: &str, repeats: bool) {
        let (modifiers, name) = keys.rsplit_once('+').unwrap_or(("", keys));
        let modifiers: i64 = modifiers.split('+').map(modifier).sum();
        let (key, code, number, text) = definition(name);
        let mut event = json!({
            "type": kind, "modifiers": modifiers, "key": key, "code": code, "windowsVirtualKeyCode": number,
            "autoRepeat": repeats,
        });
        // With Control, Alt or Meta a key types nothing. The text of Enter and Space presses the focused button.
        if types(modifiers) && !text.is_empty() {
            event["text"] = text.into();
        }
        self.tell("Input.dispatchKeyEvent", event).await;
    }

    /// Clicks on the middle of an element with the mouse.
    pub(crate) async fn click(&self, selector: &str) {
        let at = self.middle(selector).await;
        self.click_at(at, 1).await;
    }

    /// Clicks twice on the same point. The second click may press another button that has just appeared there.
    pub(crate) async fn double_click(&self, selector: &str) {
        let at = self.middle(selector).await;
        self.click_at(at, 1).await;
        self.click_at(at, 2).await;
    }

    /// The middle of an element, if nothing covers it.
    async fn middle(&self, selector: &str) -> (f64, f64) {
        let at = format!(
            "(() => {{
                const element = document.querySelector({});
                element.scrollIntoView({{ block: 'nearest', behavior: 'instant' }});
                const box = element.getBoundingClientRect();
                const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
                return element.contains(document.elementFromPoint(x, y)) ? [x, y] : null;
            }})()",
            json!(selector)
        );
        let at = self.value(&at).await;
        let (Some(x), Some(y)) = (at[0].as_f64(), at[1].as_f64()) else {
            panic!("cannot click {selector}: another element covers it");
        };
        (x, y)
    }

    async fn click_at(&self, (x, y): (f64, f64), count: u8) {
        for kind in ["mouseMoved", "mousePressed", "mouseReleased"] {
            let (button, clicks) = if kind == "mouseMoved" {
                ("none", 0)
            } else {
                ("left", count)
            };
            let event =
                json!({ "type": kind, "x": x, "y": y, "button": button, "clickCount": clicks });
            self.tell("Input.dispatchMouseEvent", event).await;
        }
    }
}

/// A key's name, its place on the keyboard, its number, and its text.
fn definition(name: &str) -> (String, String, u32, String) {
    let key = match name {
        "Enter" => ("Enter", "Enter", 13, "\r"),
        "Tab" => ("Tab", "Tab", 9, ""),
        "Escape" => ("Escape", "Escape", 27, ""),
        " " => (" ", "Space", 32, " "),
        _ => {
            let mut letters = name.chars();
            let (Some(letter), None) = (letters.next(), letters.next()) else {
                panic!("no key {name:?}")
            };
            let upper = letter.to_ascii_uppercase();
            return (
                name.to_owned(),
                format!("Key{upper}"),
                u32::from(upper),
                name.to_owned(),
            );
        }
    };
    (key.0.to_owned(), key.1.to_owned(), key.2, key.3.to_owned())
}

fn modifier(name: &str) -> i64 {
    match name {
        "" => 0,
        "Alt" => 1,
        "Control" => 2,
        "Meta" => 4,
        "Shift" => 8,
        other => panic!("no modifier {other:?}"),
    }
}

/// Whether a key types its letter with these modifiers.
fn types(modifiers: i64) -> bool {
    modifiers & !8 == 0
}
