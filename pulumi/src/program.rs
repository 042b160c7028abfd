//! The Pulumi program: resources, references between them, and outputs.
//!
//! [`Program::add`] returns a [`Handle`]. The handle's methods return references to the resource's attributes.
//! A misspelt attribute therefore does not compile, and code cannot refer to a resource before adding it.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde_json::{Value, json};

/// The version of the AWS provider that every resource uses.
pub const AWS_PROVIDER_VERSION: &str = "7.51.1";

/// A reference to the stack's name.
pub(crate) const STACK: &str = "${pulumi.stack}";

/// A program that serializes to the format of Pulumi's YAML runtime.
#[derive(Debug, Serialize)]
pub struct Program {
    name: &'static str,
    variables: BTreeMap<&'static str, Value>,
    resources: BTreeMap<String, Value>,
    outputs: BTreeMap<&'static str, Value>,
}

impl Program {
    pub(crate) fn new() -> Self {
        Self {
            name: "rps",
            variables: BTreeMap::new(),
            resources: BTreeMap::new(),
            outputs: BTreeMap::new(),
        }
    }

    pub(crate) fn add<R: Resource>(&mut self, name: impl Into<String>, resource: R) -> Handle<R> {
        self.add_with(name, resource, json!({}))
    }

    /// Adds a resource with its own options besides the common ones.
    pub(crate) fn add_with<R: Resource>(
        &mut self,
        name: impl Into<String>,
        resource: R,
        mut options: Value,
    ) -> Handle<R> {
        options["version"] = AWS_PROVIDER_VERSION.into();
        // Resource names are fixed, so the old resource must free its name for the new one.
        options["deleteBeforeReplace"] = true.into();
        // Resources are plain data, so serialization cannot fail.
        let properties = serde_json::to_value(resource).map_or(Value::Null, without_nulls);
        let declaration = json!({ "type": R::TYPE, "properties": properties, "options": options });
        self.declare(name.into(), declaration)
    }

    /// Reads a resource that Pulumi does not manage.
    pub(crate) fn read<R: Resource>(&mut self, name: &str, id: &str) -> Handle<R> {
        let options = json!({ "version": AWS_PROVIDER_VERSION });
        let declaration = json!({ "type": R::TYPE, "get": { "id": id }, "options": options });
        self.declare(name.to_owned(), declaration)
    }

    fn declare<R>(&mut self, name: String, declaration: Value) -> Handle<R> {
        let duplicate = self.resources.insert(name.clone(), declaration);
        debug_assert!(duplicate.is_none(), "two resources are named {name}");
        Handle {
            name,
            resource: PhantomData,
        }
    }

    /// Declares a variable and returns a reference to it.
    pub(crate) fn variable(&mut self, name: &'static str, value: Value) -> Text {
        self.variables.insert(name, value);
        Text(format!("${{{name}}}"))
    }

    /// Declares a variable with a part of an ARN, `arn:PARTITION:SERVICE:REGION:ACCOUNT:...`.
    pub(crate) fn part_of_arn(&mut self, name: &'static str, arn: &Text, index: usize) -> Text {
        let parts = json!({ "fn::split": [":", arn] });
        self.variable(name, json!({ "fn::select": [index, parts] }))
    }

    pub(crate) fn output(&mut self, name: &'static str, value: &Text) {
        self.outputs.insert(name, json!(value));
    }
}

/// Removes unset properties.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => map
            .into_iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(key, value)| (key, without_nulls(value)))
            .collect(),
        Value::Array(values) => values.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

/// A resource type of the AWS provider, with the properties that this program sets.
pub(crate) trait Resource: Serialize {
    const TYPE: &'static str;
}

/// Refers to a resource of the program.
#[derive(Debug)]
pub(crate) struct Handle<R> {
    name: String,
    resource: PhantomData<R>,
}

impl<R> Handle<R> {
    /// A reference to the whole resource, for `dependsOn`.
    pub(crate) fn itself(&self) -> Text {
        Text(format!("${{{}}}", self.name))
    }

    pub(crate) fn id(&self) -> Text {
        self.attribute("id")
    }

    pub(crate) fn attribute(&self, attribute: &str) -> Text {
        Text(format!("${{{}.{attribute}}}", self.name))
    }
}

/// A string with references that Pulumi fills in.
#[derive(Debug, Default, Clone, Serialize)]
#[serde(transparent)]
pub(crate) struct Text(String);

impl<T: Into<String>> From<T> for Text {
    fn from(text: T) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A JSON document that Pulumi serializes to a string after it has filled in the references.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct JsonText {
    #[serde(rename = "fn::toJSON")]
    document: Value,
}

impl From<Value> for JsonText {
    fn from(document: Value) -> Self {
        Self { document }
    }
}

/// Declares resource types: the properties that this program sets, and the attributes that it refers to.
macro_rules! resources {
    ($(
        $(#[$meta:meta])*
        $name:ident = $token:literal { $($property:ident: $type:ty),* $(,)? } $(outputs $($attribute:ident = $key:literal),+)?;
    )+) => {$(
        $(#[$meta])*
        #[derive(Debug, serde::Serialize)]
        #[serde(rename_all = "camelCase")]
        #[allow(clippy::struct_field_names, reason = "the provider's names")]
        pub(crate) struct $name { $(pub(crate) $property: $type),* }

        impl $crate::program::Resource for $name {
            const TYPE: &'static str = $token;
        }

        $(impl $crate::program::Handle<$name> {$(
            pub(crate) fn $attribute(&self) -> $crate::program::Text {
                self.attribute($key)
            }
        )+})?
    )+};
}

pub(crate) use resources;

#[cfg(test)]
mod tests {
    use super::*;

    resources! {
        Thing = "aws:things:Thing" { thing_name: Text, size: Option<u32> } outputs arn = "arn";
    }

    #[test]
    fn a_resource_can_refer_to_another_resource() {
        let mut program = Program::new();
        let one = Thing {
            thing_name: "a".into(),
            size: None,
        };
        let one = program.add("one", one);
        let two = Thing {
            thing_name: format!("b-{}", one.arn()).into(),
            size: Some(2),
        };
        program.add_with("two", two, json!({ "dependsOn": [one.itself()] }));
        program.output("one", &one.id());
        let options = json!({ "version": AWS_PROVIDER_VERSION, "deleteBeforeReplace": true });
        let mut dependent = options.clone();
        dependent["dependsOn"] = json!(["${one}"]);
        assert_eq!(
            serde_json::to_value(program).expect("plain data"),
            json!({
                "name": "rps",
                "variables": {},
                "resources": {
                    "one": { "type": "aws:things:Thing", "properties": { "thingName": "a" }, "options": options },
                    "two": { "type": "aws:things:Thing", "properties": { "thingName": "b-${one.arn}", "size": 2 }, "options": dependent },
                },
                "outputs": { "one": "${one.id}" },
            })
        );
    }
}
