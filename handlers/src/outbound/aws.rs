//! The SDK clients' shared configuration: one connector, the role's credentials, retries.

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::{SharedHttpConnector, http_client_fn};
use aws_smithy_runtime_api::client::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;

use crate::config::AwsConfig;
use crate::outbound::SLOWDOWN;

/// Attempts per call, including the first.
const MAX_ATTEMPTS: u32 = 4;
/// The first pause between attempts. Each later pause is up to twice as long, with jitter.
const FIRST_PAUSE: Duration = Duration::from_millis(30);
/// Timeout of one attempt, so that a lost packet leaves time for another.
const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(1000 * SLOWDOWN);
/// Timeout of one call with all its attempts: less than the function timeout, so that the player gets
/// an answer.
pub const CALL_TIMEOUT: Duration = Duration::from_millis(2500 * SLOWDOWN);

pub fn sdk_config(config: &AwsConfig, connector: SharedHttpConnector) -> SdkConfig {
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
        // The SDK's own client would build a connector per SDK client, only to check the configuration.
        .http_client(http_client_fn(move |_, _| connector.clone()))
        .timeout_config(timeouts)
        // The timeouts already cover slow answers.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .retry_config(
            RetryConfig::standard()
                .with_max_attempts(MAX_ATTEMPTS)
                .with_initial_backoff(FIRST_PAUSE),
        );
    shared.set_endpoint_url(config.endpoint_url.clone());
    shared.build()
}
