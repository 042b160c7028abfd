//! What the browser has to complain about in a page.

use serde_json::Value;

/// The error or warning that an event of a tab is: the page's own, an exception that nobody caught, a request that
/// failed, a socket that was refused, or what its policy forbade.
pub(crate) fn complaint(event: &Value) -> Option<String> {
    let params = &event["params"];
    match event["method"].as_str()? {
        "Runtime.consoleAPICalled"
            if is_one_of(&params["type"], &["assert", "error", "warning"]) =>
        {
            let words = params["args"].as_array()?.iter().map(word);
            Some(words.collect::<Vec<_>>().join(" "))
        }
        "Runtime.exceptionThrown" => Some(thrown(&params["exceptionDetails"])),
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

/// What an exception says.
pub(crate) fn thrown(details: &Value) -> String {
    let text = details["text"].as_str().unwrap_or_default();
    format!("{text}: {}", word(&details["exception"]))
}

fn is_one_of(value: &Value, names: &[&str]) -> bool {
    names.iter().any(|name| value == name)
}

/// What was handed to the console, as it shows it.
fn word(object: &Value) -> String {
    let shown = [object, &object["value"], &object["description"]];
    match shown.iter().find_map(|value| value.as_str()) {
        Some(text) => text.to_owned(),
        None if object["value"].is_null() => String::new(),
        None => object["value"].to_string(),
    }
}
