//! A certificate authority for the benchmark, and the services' certificate.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
};
use rps_infra::zips::TEST_CA;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// The certificates that other stacks trust by default. They parse them when they start.
const SYSTEM_ROOTS: &str = "/etc/ssl/certs/ca-certificates.crt";

pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// The certificate in PEM, and together with the system's roots.
    pub(crate) pem: PathBuf,
    pub(crate) roots: PathBuf,
}

impl Authority {
    /// Keeps the authority in the folder: another one would cause another build of the functions.
    pub(crate) fn in_folder(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let file = |name: &str| folder.join(name);
        let (der, pem, roots) = (file("ca.der"), file("ca.pem"), file("roots.pem"));
        let mut name = DistinguishedName::new();
        name.push(DnType::CommonName, TEST_CA);
        let mut params = CertificateParams::default();
        params.distinguished_name = name;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = match fs::read(file("ca.key")) {
            Ok(key) => KeyPair::try_from(key)?,
            Err(_) => KeyPair::generate()?,
        };
        if !der.exists() {
            fs::write(file("ca.key"), key.serialize_der())?;
            let certificate = params.self_signed(&key)?;
            let body = BASE64_STANDARD.encode(certificate.der());
            let text = format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
            let system = fs::read_to_string(SYSTEM_ROOTS).unwrap_or_default();
            fs::write(&roots, system + &text)?;
            fs::write(&pem, text)?;
            fs::write(&der, certificate.der())?;
        }
        let issuer = Issuer::new(params, key);
        Ok(Self { issuer, pem, roots })
    }

    /// The configuration of a server at `localhost`.
    pub(crate) fn server(&self) -> Result<Arc<ServerConfig>> {
        let key = KeyPair::generate()?;
        let params = CertificateParams::new(["localhost".to_owned()])?;
        let certificate = params.signed_by(&key, &self.issuer)?.der().clone();
        let key = PrivateKeyDer::try_from(key.serialize_der()).map_err(anyhow::Error::msg)?;
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)?;
        Ok(Arc::new(config))
    }
}
