//! Reading the program that was printed.

use serde_json::Value;

/// All resources, by their names.
pub(crate) fn resources(program: &Value) -> impl Iterator<Item = (&String, &Value)> {
    program["resources"].as_object().expect("resources").iter()
}

/// The properties of all resources of a type.
pub(crate) fn of_type<'a>(program: &'a Value, kind: &'a str) -> impl Iterator<Item = &'a Value> {
    let all = resources(program).map(|(_, resource)| resource);
    all.filter(move |resource| resource["type"] == kind)
        .map(|resource| &resource["properties"])
}
