//! What the SDK clients share: one connector, the role's credentials, retries.
//!
//! A cold start pays for every root certificate that is parsed and every TLS library that warms up, so
//! there is one connector for all clients, it trusts Amazon's roots only, and its TLS is ring's: aws-lc
//! gathers entropy for half a second on a 128 MB function.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;

use crate::config::AwsConfig;
use crate::ports::Failure;

/// Written by `build.rs`.
const AMAZON_ROOTS: &str = include_str!(concat!(env!("OUT_DIR"), "/amazon-roots.pem"));

/// Attempts of one call, the first included.
const MAX_ATTEMPTS: u32 = 4;
/// The first pause between attempts; each further one is up to twice as long, with jitter.
const FIRST_PAUSE: Duration = Duration::from_millis(30);
/// One attempt. A lost packet must not cost the whole of the function's time.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(1);
/// All attempts of one call: less than the function timeout, so that the player gets an answer.
const CALL_TIMEOUT: Duration = Duration::from_millis(2500);

/// The configuration of all SDK clients.
/// The trust store cannot be read: the build is broken.
pub fn sdk_config(config: &AwsConfig) -> Result<SdkConfig, Failure> {
    let roots = TrustStore::empty().with_pem_certificate(AMAZON_ROOTS);
    let tls = TlsContext::builder()
        .with_trust_store(roots)
        .build()
        .map_err(|error| Failure::new("TLS trust store", error))?;
    let connector = Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(tls)
        .build_https();
    let role = &config.credentials;
    let credentials = Credentials::new(
        &role.access_key_id,
        &role.secret_access_key,
        role.session_token.clone(),
        None,
        "environment",
    );
    let timeouts = TimeoutConfig::builder()
        .operation_attempt_timeout(ATTEMPT_TIMEOUT)
        .operation_timeout(CALL_TIMEOUT)
        .build();
    let mut shared = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(config.region.clone()))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(connector)
        .timeout_config(timeouts)
        .retry_config(
            RetryConfig::standard()
                .with_max_attempts(MAX_ATTEMPTS)
                .with_initial_backoff(FIRST_PAUSE),
        );
    shared.set_endpoint_url(config.endpoint_url.clone());
    Ok(shared.build())
}
