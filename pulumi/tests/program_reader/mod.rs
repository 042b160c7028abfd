//! Finds resources in the generated program.

use serde_json::Value;

/// All resources with their names.
pub(crate) fn resources(program: &Value) -> impl Iterator<Item = (&String, &Value)> {
    program["resources"].as_object().expect("resources").iter()
}

/// The properties of all resources of one type.
pub(crate) fn of_type<'a>(program: &'a Value, kind: &'a str) -> impl Iterator<Item = &'a Value> {
    resources(program)
        .map(|(_, resource)| resource)
        .filter(move |resource| resource["type"] == kind)
        .map(|resource| &resource["properties"])
}
