//! The document is valid by the official AsyncAPI schema.

use std::path::Path;

use serde_json::{Value, json};

use crate::protocol::asyncapi::DOCUMENT;

/// `.ci/run` installs it from npm.
const SCHEMA: &str = "target/ci/node_modules/@asyncapi/specs/schemas/3.1.0.json";

#[test]
#[ignore = "needs the npm package @asyncapi/specs"]
fn the_document_is_valid_asyncapi() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let schema = std::fs::read_to_string(root.join(SCHEMA));
    let schema = schema.expect("run `npm install --prefix target/ci @asyncapi/specs` first");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let accepts = jsonschema::draft7::new(&schema).expect("a schema");
    let errors: Vec<_> = accepts.iter_errors(&DOCUMENT).collect();
    assert!(errors.is_empty(), "{errors:?}");

    for (pointer, invalid) in [
        ("/asyncapi", json!("2.6.0")),
        ("/info/title", json!(null)),
        ("/operations/join/action", json!("publish")),
        ("/channels/socket/bindings/ws/method", json!("PUT")),
        ("/components/messages/Error/payload", json!(7)),
        ("/components/schemas/Play/type", json!("word")),
    ] {
        let mut document = DOCUMENT.clone();
        *document.pointer_mut(pointer).expect(pointer) = invalid;
        assert!(!accepts.is_valid(&document), "{pointer}");
    }
}
