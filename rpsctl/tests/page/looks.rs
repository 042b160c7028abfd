//! How a page looks: to whom, and whether all can use it.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;

use crate::page::Page;

/// What somebody wants who wants no motion.
pub(crate) const STILL: (&str, &str) = ("prefers-reduced-motion", "reduce");

impl Page {
    /// Shows the page in a window of that size, in CSS pixels.
    pub(crate) async fn viewport(&self, width: u16, height: u16) {
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.tell("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Shows the page to somebody who wants this, such as `("prefers-color-scheme", "dark")`, and nothing else.
    pub(crate) async fn media(&self, wants: &[(&str, &str)]) {
        let features: Vec<_> = wants
            .iter()
            .map(|(name, value)| json!({ "name": name, "value": value }))
            .collect();
        self.tell(
            "Emulation.setEmulatedMedia",
            json!({ "features": features }),
        )
        .await;
    }

    /// Lets the browser believe that it is offline: it says so to the page, and opens nothing new. What is open stays
    /// open; a [`crate::line::Line`] cuts that.
    pub(crate) async fn offline(&self, offline: bool) {
        // Without delay, and as fast as it is.
        let speed = json!({ "offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        let mut everything = speed.clone();
        everything["urlPattern"] = "".into();
        let opens = json!({ "offline": offline, "matchedNetworkConditions": [everything] });
        self.tell("Network.emulateNetworkConditionsByRule", opens)
            .await;
        self.tell("Network.overrideNetworkState", speed).await;
    }

    /// Writes a picture of what is to be seen, as PNG.
    pub(crate) async fn screenshot(&self, path: &Path) {
        let picture = self
            .tell("Page.captureScreenshot", json!({ "format": "png" }))
            .await;
        let picture = picture["data"].as_str().unwrap_or_default();
        let picture = BASE64_STANDARD.decode(picture);
        fs::write(path, picture.expect("Base64")).expect("written");
    }

    /// A picture of a page that a test fails for: its path.
    pub(crate) async fn failed_picture(&self) -> String {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("page");
        fs::create_dir_all(&folder).expect("a folder");
        let test = std::thread::current();
        let test = test.name().unwrap_or("test").replace("::", "-");
        let path = folder.join(format!("{test}.png"));
        self.screenshot(&path).await;
        path.display().to_string()
    }

    /// What keeps somebody from using the page as it is now, by axe-core, one line a thing.
    pub(crate) async fn axe(&self) -> Vec<String> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let script = root.join("target/ci/node_modules/axe-core/axe.min.js");
        let script = fs::read_to_string(script);
        let script = script.expect("run `npm install --prefix target/ci axe-core` first");
        // By the debugger, which the page's policy is not about.
        self.value(&format!("{script};0")).await;
        let lines = self.value(AXE_LINES).await;
        serde_json::from_value(lines).expect("lines")
    }
}

/// With the real timers, which it needs, whatever the page has.
const AXE_LINES: &str = "(async () => {
    const held = { setTimeout, setInterval, clearTimeout, clearInterval };
    Object.assign(window, window.testTimers);
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    Object.assign(window, held);
    return violations.flatMap(({ id, help, nodes }) =>
        nodes.map((node) => `${id}: ${help}: ${node.target.join(' ')}: ${node.failureSummary}`));
})()";
