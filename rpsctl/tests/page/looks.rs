//! The appearance of a page: window size, media features, screenshots and accessibility checks.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use crate::page::Page;

/// The media feature of a player who prefers reduced motion.
pub(crate) const STILL: (&str, &str) = ("prefers-reduced-motion", "reduce");

impl Page {
    /// Sets the window size in CSS pixels.
    pub(crate) async fn viewport(&self, width: u16, height: u16) {
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.tell("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Sets the media features, such as `("prefers-color-scheme", "dark")`, and resets all others.
    pub(crate) async fn media(&self, features: &[(&str, &str)]) {
        let features: Vec<_> = features
            .iter()
            .map(|(name, value)| json!({ "name": name, "value": value }))
            .collect();
        self.tell(
            "Emulation.setEmulatedMedia",
            json!({ "features": features }),
        )
        .await;
    }

    /// Makes the browser offline or online: it notifies the page and opens no new connections. Open ones stay open; a
    /// [`crate::proxy::CuttableProxy`] cuts those.
    pub(crate) async fn offline(&self, offline: bool) {
        // No delay and no speed limit.
        let speed = json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        let mut all_urls = speed.clone();
        all_urls["urlPattern"] = "".into();
        let rules = json!({ "offline": offline, "matchedNetworkConditions": [all_urls] });
        self.tell("Network.emulateNetworkConditionsByRule", rules)
            .await;
        self.tell("Network.overrideNetworkState", speed).await;
    }

    /// Writes a screenshot as PNG.
    pub(crate) async fn screenshot(&self, path: &Path) {
        // Chromium draws no tab in the background.
        self.tell("Page.bringToFront", json!({})).await;
        let picture = self
            .tell("Page.captureScreenshot", json!({ "format": "png" }))
            .await;
        let picture = picture["data"].as_str().unwrap_or_default();
        let picture = BASE64_STANDARD.decode(picture);
        fs::write(path, picture.expect("Base64")).expect("written");
    }

    /// Takes a screenshot for a failed test. Returns its path.
    pub(crate) async fn failed_picture(&self) -> String {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("page");
        fs::create_dir_all(&folder).expect("a folder");
        let test = std::thread::current();
        let test = test.name().unwrap_or("test").replace("::", "-");
        let path = folder.join(format!("{test}.png"));
        self.screenshot(&path).await;
        path.display().to_string()
    }

    /// The accessibility violations that axe-core finds, one line each.
    pub(crate) async fn axe(&self) -> Vec<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let script = root.join("target/ci/node_modules/axe-core/axe.min.js");
        let script = fs::read_to_string(script);
        let script = script.expect("run `npm install --prefix target/ci axe-core` first");
        // Load it through the debugger, because the page's policy forbids other scripts.
        self.value(&format!("{script};0")).await;
        let lines = self.value(AXE_LINES).await;
        serde_json::from_value(lines).expect("lines")
    }
}

/// Runs axe-core with the real timers, which it needs.
const AXE_LINES: &str = "(async () => {
    const pageTimers = { setTimeout, setInterval, clearTimeout, clearInterval };
    Object.assign(window, window.testTimers);
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    Object.assign(window, pageTimers);
    return violations.flatMap(({ id, help, nodes }) =>
        nodes.map((node) => `${id}: ${help}: ${node.target.join(' ')}: ${node.failureSummary}`));
})()";
