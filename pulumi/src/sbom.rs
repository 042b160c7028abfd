//! The functions' software bill of materials (SBOM): a CycloneDX document with the packages that they link.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

use rps_contract::names::Function;
use serde_json::{Value, json};

use crate::settings::Architecture;
use crate::zips;

const PACKAGE: &str = "rps-handlers";

/// The document's path, beside the zip files.
#[must_use]
pub fn path(architecture: Architecture) -> PathBuf {
    zips::absolute_path(architecture, Function::Decide).with_file_name("sbom.cdx.json")
}

/// Creates the document.
///
/// `cargo tree` selects packages and features as the functions' build does. `cargo metadata` also enables the features
/// that other packages of the workspace need.
pub fn document(architecture: Architecture) -> Result<Value, String> {
    let target = match architecture {
        Architecture::Arm64 => "aarch64-unknown-linux-gnu",
        Architecture::X86_64 => "x86_64-unknown-linux-gnu",
    };
    let linked = cargo_tree(&["--target", target, "--edges", "normal,no-proc-macro"])?;
    // The build script embeds the root certificates that one of its dependencies contains.
    let embedded = cargo_tree(&["--depth", "1", "--edges", "build"])?;
    let (mut components, mut parents) = (BTreeMap::new(), Vec::<String>::new());
    let mut dependencies: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for line in linked.lines().chain(embedded.lines()) {
        let package = Package::parse(line)
            .ok_or_else(|| format!("`cargo tree` printed an unknown line: {line:?}"))?;
        parents.truncate(package.depth);
        if let Some(parent) = parents.last() {
            let children = dependencies.entry(parent.clone()).or_default();
            children.insert(package.id());
        }
        parents.push(package.id());
        components.insert(package.id(), package.component());
    }
    // All packages of this workspace have the same version.
    let root = format!("{PACKAGE}@{}", env!("CARGO_PKG_VERSION"));
    let mut functions = components.remove(&root).unwrap_or_default();
    functions["type"] = json!("application");
    let name = |function: &Function| json!({ "type": "application", "name": function.name() });
    functions["components"] = Function::ALL.iter().map(name).collect();
    let dependencies = dependencies
        .iter()
        .map(|(id, children)| json!({ "ref": id, "dependsOn": children }));
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": { "component": functions },
        "components": components.values().collect::<Vec<_>>(),
        "dependencies": dependencies.collect::<Vec<_>>(),
    }))
}

fn cargo_tree(arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("cargo")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["tree", "--locked", "--package", PACKAGE])
        .args(["--prefix", "depth", "--format", "{p}\t{l}\t"])
        .args(arguments)
        .output()
        .map_err(|error| format!("cannot start cargo: {error}; is Rust installed?"))?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Err(format!("`cargo tree` failed: {}", errors.trim()));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("`cargo tree` failed: {error}"))
}

/// A line of `cargo tree`.
struct Package<'a> {
    depth: usize,
    name: &'a str,
    version: &'a str,
    /// Whether it is part of this workspace.
    is_ours: bool,
    license: &'a str,
}

impl<'a> Package<'a> {
    /// Parses a line such as `2serde v1.0.229<TAB>MIT OR Apache-2.0<TAB>`. The path of a package of this workspace
    /// follows its version.
    fn parse(line: &'a str) -> Option<Self> {
        let (depth, rest) = line.split_at(line.find(|digit: char| !digit.is_ascii_digit())?);
        let (package, license) = rest.split_once('\t')?;
        let (name, version) = package.split_once(" v")?;
        let (version, path) = version.split_once(' ').unwrap_or((version, ""));
        Some(Self {
            depth: depth.parse().ok()?,
            name,
            version,
            is_ours: !path.is_empty(),
            license: license.split('\t').next()?,
        })
    }

    fn id(&self) -> String {
        format!("{}@{}", self.name, self.version)
    }

    fn component(&self) -> Value {
        // An older notation has a slash instead of OR.
        let licenses: Vec<_> = self.license.split('/').map(str::trim).collect();
        let mut component = json!({
            "type": "library",
            "bom-ref": self.id(),
            "name": self.name,
            "version": self.version,
            "licenses": [{ "expression": licenses.join(" OR ") }],
        });
        if !self.is_ours {
            component["purl"] = json!(format!("pkg:cargo/{}", self.id()));
        }
        component
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Packages that only builds, procedural macros, rpsctl and its features, or tests use.
    const NOT_LINKED: &str =
        "aws-smithy-eventstream cc clap dynoxide-rs proptest rps-testkit serde_derive syn";

    const LINKED: &str =
        "aws-sdk-dynamodb lambda_runtime ring rps-contract rps-game tokio webpki-roots";

    #[test]
    fn the_sbom_has_exactly_the_linked_packages() {
        let lock = include_str!("../../Cargo.lock");
        for architecture in [Architecture::Arm64, Architecture::X86_64] {
            let sbom = document(architecture).expect("an SBOM");
            let components = sbom["components"].as_array().expect("components");
            let named = |name: &str| components.iter().filter(|it| it["name"] == name).count();
            assert_eq!(NOT_LINKED.split(' ').map(named).max(), Some(0));
            assert_eq!(LINKED.split(' ').map(named).min(), Some(1));
            for component in components {
                let [name, version] = ["name", "version"].map(|key| &component[key]);
                let locked = format!("[[package]]\nname = {name}\nversion = {version}\n");
                assert!(lock.contains(&locked), "{component}");
            }
        }
    }

    #[test]
    fn the_sbom_has_the_fields_of_cyclonedx() {
        let sbom = document(Architecture::Arm64).expect("an SBOM");
        let head = ["bomFormat", "specVersion", "version"].map(|key| &sbom[key]);
        assert_eq!(head, [&json!("CycloneDX"), &json!("1.6"), &json!(1)]);
        let functions = &sbom["metadata"]["component"];
        assert_eq!(functions["bom-ref"], "rps-handlers@0.1.0");
        assert_eq!(functions["components"].as_array().map(Vec::len), Some(4));
        let components = sbom["components"].as_array().expect("components");
        let mut ids = BTreeSet::from(["rps-handlers@0.1.0"]);
        for component in components {
            assert_eq!(component["type"], "library");
            let id = component["bom-ref"].as_str().expect("an id");
            assert!(ids.insert(id), "{id} is there twice");
            let purl = json!(format!("pkg:cargo/{id}"));
            let is_ours = id.starts_with("rps-");
            assert_eq!(component.get("purl"), (!is_ours).then_some(&purl));
            let license = component["licenses"][0]["expression"].as_str();
            assert!(
                license.is_some_and(|it| !it.is_empty() && !it.contains('/')),
                "{id}"
            );
        }
        // Each package is reachable, and each reference names a package.
        let edges = sbom["dependencies"].as_array().expect("dependencies");
        let children = edges
            .iter()
            .flat_map(|it| it["dependsOn"].as_array().expect("a list"));
        let mut reached: BTreeSet<_> = children.filter_map(Value::as_str).collect();
        reached.insert("rps-handlers@0.1.0");
        assert_eq!(reached, ids);
    }
}
