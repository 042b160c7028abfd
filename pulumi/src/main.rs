//! Prints the Pulumi program of the game's infrastructure, for Pulumi's YAML runtime.
//!
//! The resources come with the infrastructure's own change; until then the program is the empty one,
//! which Pulumi accepts.

use std::io::Write as _;

use serde_json::json;

fn main() -> std::io::Result<()> {
    let program = json!({ "name": "rps", "resources": {}, "outputs": {} });
    writeln!(std::io::stdout(), "{program:#}")
}
