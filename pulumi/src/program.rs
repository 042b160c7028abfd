//! The Pulumi program as a value: resources, references between them, outputs.
//!
//! A resource is added under a name and gives a [`Handle`]; the handle's methods are the attributes that
//! the resource will have, as texts that Pulumi fills in. So a misspelt attribute does not compile, and
//! nothing can be referred to before it is added.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;
use serde_json::{Value, json};

/// The version of the AWS provider, for every resource.
pub const AWS_PROVIDER_VERSION: &str = "7.51.1";

/// The stack's name: a reference that Pulumi fills in.
pub(crate) const STACK: &str = "${pulumi.stack}";

/// The program in the form of Pulumi's YAML runtime.
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

    /// Adds a resource with more options than every resource has.
    pub(crate) fn add_with<R: Resource>(
        &mut self,
        name: impl Into<String>,
        resource: R,
        mut options: Value,
    ) -> Handle<R> {
        let name = name.into();
        options["version"] = AWS_PROVIDER_VERSION.into();
        // What has a name of ours can be replaced only after it is gone.
        options["deleteBeforeReplace"] = true.into();
        // A resource is plain data: it always serializes.
        let properties = serde_json::to_value(resource).map_or(Value::Null, without_nulls);
        let declared = json!({ "type": R::TYPE, "properties": properties, "options": options });
        let twice = self.resources.insert(name.clone(), declared);
        debug_assert!(twice.is_none(), "two resources are named {name}");
        Handle {
            name,
            resource: PhantomData,
        }
    }

    /// Names a value, so that texts can contain it.
    pub(crate) fn variable(&mut self, name: &'static str, value: Value) -> Text {
        self.variables.insert(name, value);
        Text(format!("${{{name}}}"))
    }

    pub(crate) fn output(&mut self, name: &'static str, value: &Text) {
        self.outputs.insert(name, json!(value));
    }
}

/// Properties that are not set are left out.
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

/// A resource type of the AWS provider, with the properties used here.
pub(crate) trait Resource: Serialize {
    const TYPE: &'static str;
}

/// A resource of the program, to refer to.
#[derive(Debug)]
pub(crate) struct Handle<R> {
    name: String,
    resource: PhantomData<R>,
}

impl<R> Handle<R> {
    /// The resource itself, for `dependsOn`.
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

/// A string in which Pulumi fills in references.
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

/// A string that is a JSON document, written by Pulumi once the references in it are known.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Json {
    #[serde(rename = "fn::toJSON")]
    document: Value,
}

impl From<Value> for Json {
    fn from(document: Value) -> Self {
        Self { document }
    }
}

/// Declares resource types: the properties used here, and the attributes referred to.
macro_rules! resources {
    ($(
        $(#[$meta:meta])*
        $name:ident = $token:literal { $($property:ident: $type:ty),* $(,)? } $(gives $($attribute:ident = $key:literal),+)?;
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
        Thing = "aws:things:Thing" { thing_name: Text, size: Option<u32> } gives arn = "arn";
    }

    #[test]
    fn a_resource_and_what_refers_to_it() {
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
        program.output("it", &one.id());
        let options = json!({ "version": AWS_PROVIDER_VERSION, "deleteBeforeReplace": true });
        let mut after = options.clone();
        after["dependsOn"] = json!(["${one}"]);
        assert_eq!(
            serde_json::to_value(program).expect("plain data"),
            json!({
                "name": "rps",
                "variables": {},
                "resources": {
                    "one": { "type": "aws:things:Thing", "properties": { "thingName": "a" }, "options": options },
                    "two": { "type": "aws:things:Thing", "properties": { "thingName": "b-${one.arn}", "size": 2 }, "options": after },
                },
                "outputs": { "it": "${one.id}" },
            })
        );
    }
}
