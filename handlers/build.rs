//! Writes the root certificates that a function trusts: only Amazon's.
//!
//! They come from `webpki-root-certs`, which follows Mozilla's list; `cargo update -p webpki-root-certs`
//! renews them. All AWS endpoints chain to one of them
//! (<https://docs.aws.amazon.com/acm/latest/userguide/acm-concepts.html>). So a function parses five
//! certificates when it starts, instead of about 140.

use std::fmt::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

/// The roots of Amazon Trust Services (<https://www.amazontrust.com/repository/>).
const AMAZON_ROOTS: [&str; 5] = [
    "Amazon Root CA 1",
    "Amazon Root CA 2",
    "Amazon Root CA 3",
    "Amazon Root CA 4",
    "Starfield Services Root Certificate Authority - G2",
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut pem = String::new();
    for name in AMAZON_ROOTS {
        // The certificate's subject contains the name as plain text.
        let certificate = webpki_root_certs::TLS_SERVER_ROOT_CERTS
            .iter()
            .find(|der| {
                der.windows(name.len())
                    .any(|window| window == name.as_bytes())
            })
            .ok_or_else(|| format!("webpki-root-certs lacks {name}: update AMAZON_ROOTS"))?;
        let body = BASE64_STANDARD.encode(certificate);
        writeln!(
            pem,
            "-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----"
        )?;
    }
    let directory = std::env::var("OUT_DIR")?;
    std::fs::write(Path::new(&directory).join("amazon-roots.pem"), pem)?;
    println!("cargo:rerun-if-changed=build.rs");
    Ok(())
}
