//! What a player does: keys and the mouse, as the browser gets them.

use chromiumoxide::cdp::browser_protocol::input::{
    DispatchKeyEventParams, DispatchKeyEventType, DispatchMouseEventParams, DispatchMouseEventType,
    MouseButton,
};
use chromiumoxide::keys::get_key_definition;
use serde_json::json;

use crate::page::Page;

impl Page {
    /// Presses a key and lets it go: `r`, `Enter`, `Tab`, ` `, or with others held down: `Shift+Tab`, `Control+r`.
    pub(crate) async fn press(&self, keys: &str) {
        self.key(DispatchKeyEventType::KeyDown, keys, false).await;
        self.key(DispatchKeyEventType::KeyUp, keys, false).await;
    }

    /// Presses a key and holds it until it repeats so many times, and lets it go.
    pub(crate) async fn hold(&self, keys: &str, repeats: usize) {
        self.key(DispatchKeyEventType::KeyDown, keys, false).await;
        for _ in 0..repeats {
            self.repeat(keys).await;
        }
        self.key(DispatchKeyEventType::KeyUp, keys, false).await;
    }

    /// Repeats a key that has been held down since before.
    pub(crate) async fn repeat(&self, keys: &str) {
        self.key(DispatchKeyEventType::KeyDown, keys, true).await;
    }

    async fn key(&self, kind: DispatchKeyEventType, keys: &str, repeats: bool) {
        let (held, name) = keys.rsplit_once('+').unwrap_or(("", keys));
        let modifiers: i64 = held.split('+').map(modifier).sum();
        let key = get_key_definition(name).unwrap_or_else(|| panic!("no key {name:?}"));
        let mut event = DispatchKeyEventParams::builder()
            .r#type(kind)
            .modifiers(modifiers)
            .key(key.key)
            .code(key.code)
            .windows_virtual_key_code(key.key_code)
            .auto_repeat(repeats);
        let is_letter = key.key.chars().count() == 1;
        // What it types: nothing, with Control, Alt or Meta. Enter and Space press the button that has the focus by it.
        if let Some(text) = key.text.or(is_letter.then_some(key.key))
            && types(modifiers)
        {
            event = event.text(text);
        }
        self.tell(event.build().expect("complete")).await;
    }

    /// Clicks on the middle of the one element of that selector, with the mouse.
    pub(crate) async fn click(&self, selector: &str) {
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
            panic!("{selector} cannot be clicked: something else is there");
        };
        for kind in [
            DispatchMouseEventType::MouseMoved,
            DispatchMouseEventType::MousePressed,
            DispatchMouseEventType::MouseReleased,
        ] {
            let moves = kind == DispatchMouseEventType::MouseMoved;
            let event = DispatchMouseEventParams::builder().r#type(kind).x(x).y(y);
            let event = if moves {
                event
            } else {
                event.button(MouseButton::Left).click_count(1)
            };
            self.tell(event.build().expect("complete")).await;
        }
    }
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

/// Whether a key types its letter although these are held down.
fn types(modifiers: i64) -> bool {
    modifiers & !8 == 0
}
