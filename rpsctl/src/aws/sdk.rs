//! The configuration of all SDK clients: found as the AWS CLI finds it, in little time.
//!
//! TLS is ring's, as in the functions, so that nothing brings aws-lc; the roots are the system's, so that
//! rpsctl works wherever the system's other programs do.

use std::time::Duration;

use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::environment::{
    EnvironmentVariableCredentialsProvider, EnvironmentVariableRegionProvider,
};
use aws_config::imds::region::ImdsRegionProvider;
use aws_config::imds::{self};
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_types::sdk_config::SharedHttpClient;
use rustls_native_certs::load_native_certs;

use crate::target::{Endpoint, Login};

/// Attempts of one call, the first included.
const MAX_ATTEMPTS: u32 = 3;
/// The first pause between attempts; each further one is up to twice as long, with jitter.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// To be connected, in each attempt.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// To hear something, in each attempt. There is no limit on a whole call, because it would be one on whatever
/// the credentials take, which may be a person.
const READ_TIMEOUT: Duration = Duration::from_secs(5);
/// To hear from the instance that rpsctl may run on. It answers in a few ms; where there is none, nothing
/// does, and everybody whose credentials are missing waits for that.
const INSTANCE_TIMEOUT: Duration = Duration::from_millis(500);

/// The configuration for that account, in AWS or at that endpoint; without a region if none is configured.
pub(super) async fn config(endpoint: Option<&Endpoint>, login: &Login) -> SdkConfig {
    let http = connector();
    let provider = ProviderConfig::without_region().with_http_client(http.clone());
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .retry_config(
            RetryConfig::standard()
                .with_max_attempts(MAX_ATTEMPTS)
                .with_initial_backoff(FIRST_PAUSE),
        )
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(CONNECT_TIMEOUT)
                .read_timeout(READ_TIMEOUT)
                .build(),
        );
    if let Some(endpoint) = endpoint {
        loader = loader.endpoint_url(endpoint.as_str());
    }
    if let Some(profile) = login.profile() {
        loader = loader.profile_name(profile);
    }
    // Then it is not AWS itself: nobody asks the instance, and what is not configured has local values.
    let is_here = endpoint.is_some_and(Endpoint::is_loopback);
    let instance = instance(&provider);
    let region = region(login, is_here, &provider, &instance).await;
    let credentials = credentials(login, is_here, provider, region.clone(), instance).await;
    let loader = loader.region(region).credentials_provider(credentials);
    loader.load().await
}

fn connector() -> SharedHttpClient {
    let https = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring));
    // A debug build of the connector panics for want of roots, even where nothing is asked by TLS.
    if load_native_certs().certs.is_empty() {
        let trust_nobody = TlsContext::builder().with_trust_store(TrustStore::empty());
        if let Ok(tls) = trust_nobody.build() {
            return https.tls_context(tls).build_https();
        }
    }
    https.build_https()
}

async fn region(
    login: &Login,
    is_here: bool,
    provider: &ProviderConfig,
    instance: &imds::Client,
) -> Option<Region> {
    let local = Region::from_static(rps_local::REGION);
    let Login::Configured { region, .. } = login else {
        return Some(local);
    };
    let mut profile = ProfileFileRegionProvider::builder().configure(provider);
    if let Some(name) = login.profile() {
        profile = profile.profile_name(name);
    }
    let configured = RegionProviderChain::first_try(region.clone().map(Region::new))
        .or_else(EnvironmentVariableRegionProvider::new())
        .or_else(profile.build());
    if is_here {
        return configured.or_else(local).region().await;
    }
    let instance = ImdsRegionProvider::builder().imds_client(instance.clone());
    configured.or_else(instance.build()).region().await
}

async fn credentials(
    login: &Login,
    is_here: bool,
    provider: ProviderConfig,
    region: Option<Region>,
    instance: imds::Client,
) -> SharedCredentialsProvider {
    let local = Credentials::new("local", "local", None, None, "rpsctl");
    if *login == Login::Local {
        return SharedCredentialsProvider::new(local);
    }
    // Roles are asked for in the same region.
    let provider = provider.with_region(region.clone());
    let profile = ProfileFileCredentialsProvider::builder().configure(&provider);
    // As with the AWS CLI, a profile that is asked for beats the environment.
    if let Some(name) = login.profile() {
        return SharedCredentialsProvider::new(profile.profile_name(name).build());
    }
    if is_here {
        let environment = EnvironmentVariableCredentialsProvider::new();
        let chain = CredentialsProviderChain::first_try("Environment", environment)
            .or_else("Profile", profile.build())
            .or_else("Local", local);
        return SharedCredentialsProvider::new(chain);
    }
    let chain = DefaultCredentialsChain::builder()
        .region(region)
        .configure(provider)
        .imds_client(instance);
    SharedCredentialsProvider::new(chain.build().await)
}

/// The way to ask the EC2 instance that rpsctl may run on.
fn instance(provider: &ProviderConfig) -> imds::Client {
    imds::Client::builder()
        .configure(provider)
        .max_attempts(1)
        .connect_timeout(INSTANCE_TIMEOUT)
        .read_timeout(INSTANCE_TIMEOUT)
        .build()
}
