//! Writes the root certificates that a function trusts: only Amazon's.
//!
//! They come from `webpki-roots`, which follows Mozilla's list; `cargo update -p webpki-roots` renews them. All AWS
//! endpoints chain to one of them (<https://docs.aws.amazon.com/acm/latest/userguide/acm-concepts.html>). A function
//! parses no certificate when it starts.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

use rustls_pki_types::TrustAnchor;

/// The roots of Amazon Trust Services (<https://www.amazontrust.com/repository/>).
const AMAZON_ROOTS: [&str; 5] = [
    "Amazon Root CA 1",
    "Amazon Root CA 2",
    "Amazon Root CA 3",
    "Amazon Root CA 4",
    "Starfield Services Root Certificate Authority - G2",
];

fn main() -> Result<(), Box<dyn Error>> {
    let mut code = String::from("[");
    for name in AMAZON_ROOTS {
        // The certificate's subject contains the name as plain text.
        let root = webpki_roots::TLS_SERVER_ROOTS.iter().find(|root| {
            let mut windows = root.subject.windows(name.len());
            windows.any(|window| window == name.as_bytes())
        });
        let root = root.ok_or_else(|| format!("webpki-roots lacks {name}: update AMAZON_ROOTS"))?;
        write_root(&mut code, root)?;
    }
    #[cfg(feature = "test-ca")]
    {
        println!("cargo:rerun-if-env-changed=RPS_TEST_CA");
        let path = std::env::var("RPS_TEST_CA")
            .map_err(|_| "only `cargo bench --bench cold_start` uses the feature test-ca")?;
        println!("cargo:rerun-if-changed={path}");
        let certificate = std::fs::read(path)?.into();
        write_root(&mut code, &webpki::anchor_from_trusted_cert(&certificate)?)?;
    }
    code.push(']');
    let directory = std::env::var("OUT_DIR")?;
    std::fs::write(Path::new(&directory).join("trusted_roots.rs"), code)?;
    println!("cargo:rerun-if-changed=build.rs");
    Ok(())
}

/// Writes the root as an element of an array in Rust.
fn write_root(code: &mut String, root: &TrustAnchor<'_>) -> Result<(), Box<dyn Error>> {
    if root.name_constraints.is_some() {
        return Err("a root has name constraints: write them, too".into());
    }
    let [subject, key] = [&root.subject, &root.subject_public_key_info].map(AsRef::as_ref);
    writeln!(
        code,
        "TrustAnchor {{ subject: Der::from_slice(&{subject:?}), \
         subject_public_key_info: Der::from_slice(&{key:?}), name_constraints: None }},"
    )?;
    Ok(())
}
