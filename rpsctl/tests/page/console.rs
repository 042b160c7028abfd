//! The errors and warnings of the browser.

use serde_json::Value;

/// The error or warning in a tab's event: of the page's own log, an uncaught exception, a failed request, a refused
/// socket, or a violation of the page's policy.
pub(crate) fn complaint(event: &Value) -> Option<String> {
    let params = &event["params"];
    match event["method"].as_str()? {
        "Runtime.consoleAPICalled"
            if is_one_of(&params["type"], &["assert", "error", "warning"]) =>
        {
            let words = params["args"].as_array()?.iter().map(word);
            Some(words.collect::<Vec<_>>().join(" "))
        }
        "Runtime.exceptionThrown" => Some(exception_text(&params["exceptionDetails"])),
        "Log.entryAdded" if is_one_of(&params["entry"]["level"], &["error", "warning"]) => {
            let entry = &params["entry"];
            Some(format!(
                "{} ({})",
                word(&entry["text"]),
                word(&entry["url"])
            ))
        }
        _ => None,
    }
}

/// The text of an exception.
pub(crate) fn exception_text(details: &Value) -> String {
    let text = details["text"].as_str().unwrap_or_default();
    format!("{text}: {}", word(&details["exception"]))
}

fn is_one_of(value: &Value, names: &[&str]) -> bool {
    names.iter().any(|name| value == name)
}

/// An argument of the console, as it shows it.
fn word(object: &Value) -> String {
    let shown = [object, &object["value"], &object["description"]];
    match shown.iter().find_map(|value| value.as_str()) {
        Some(text) => text.to_owned(),
        None if object["value"].is_null() => String::new(),
        None => object["value"].to_string(),
    }
}
