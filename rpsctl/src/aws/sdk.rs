//! The configuration of all SDK clients. Region and credentials are found as in the AWS CLI, but with short timeouts.
//!
//! TLS uses ring, as in the functions, so that no dependency needs aws-lc. The root certificates are the system's, so
//! that rpsctl works wherever the system's other programs do.

use std::borrow::Cow;
use std::time::Duration;

use aws_config::default_provider::credentials::DefaultCredentialsChain;
use aws_config::environment::{
    EnvironmentVariableCredentialsProvider, EnvironmentVariableRegionProvider,
};
use aws_config::imds::region::ImdsRegionProvider;
use aws_config::imds::{self};
use aws_config::meta::credentials::CredentialsProviderChain;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::{self, ProfileFileCredentialsProvider, ProfileFileRegionProvider};
use aws_config::provider_config::ProviderConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_runtime::env_config::file::EnvConfigFiles;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_types::os_shim_internal::{Env, Fs};
use aws_types::sdk_config::SharedHttpClient;
use rustls_native_certs::load_native_certs;

use crate::target::{Endpoint, Login};

/// Attempts of one call, the first included.
const MAX_ATTEMPTS: u32 = 3;
/// The pause before the second attempt; each later pause is up to twice as long, with jitter.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// Limits connecting, for each attempt.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Limits the wait for data, for each attempt. A whole call has no limit: loading credentials may need a person's input.
const READ_TIMEOUT: Duration = Duration::from_secs(5);
/// Limits the request to the EC2 instance metadata service, which answers in a few ms on an instance. Elsewhere
/// nothing answers, and every user without credentials waits this long.
const INSTANCE_TIMEOUT: Duration = Duration::from_millis(500);

/// Loads the SDK configuration for a login. It has no region if none is configured.
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
    // A loopback endpoint is a local AWS: skip the instance metadata, and use local defaults.
    let is_loopback = endpoint.is_some_and(Endpoint::is_loopback);
    let instance = instance(&provider);
    let region = region(login, is_loopback, &provider, &instance).await;
    let credentials = credentials(login, is_loopback, provider, region.clone(), instance).await;
    let loader = loader.region(region).credentials_provider(credentials);
    loader.load().await
}

/// The name of the profile that `--profile` or `AWS_PROFILE` selects, if it does not exist.
pub(super) async fn missing_profile(login: &Login) -> Option<String> {
    if *login == Login::Local {
        return None;
    }
    let name = login.profile().map(|name| Cow::Owned(name.to_owned()));
    let (files, env) = (Fs::real(), Env::real());
    let profiles = profile::load(&files, &env, &EnvConfigFiles::default(), name).await;
    // An unreadable file is an error only for a command that needs the profile.
    let profiles = profiles.ok()?;
    let name = profiles.selected_profile();
    let may_be_missing = matches!(name, "" | "default");
    (!may_be_missing && profiles.get_profile(name).is_none()).then(|| name.to_owned())
}

fn connector() -> SharedHttpClient {
    let https = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring));
    // A debug build of the connector panics without root certificates, even if no request uses TLS.
    if load_native_certs().certs.is_empty() {
        let empty_trust_store = TlsContext::builder().with_trust_store(TrustStore::empty());
        if let Ok(tls) = empty_trust_store.build() {
            return https.tls_context(tls).build_https();
        }
    }
    https.build_https()
}

async fn region(
    login: &Login,
    is_loopback: bool,
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
    if is_loopback {
        return configured.or_else(local).region().await;
    }
    let instance = ImdsRegionProvider::builder().imds_client(instance.clone());
    configured.or_else(instance.build()).region().await
}

async fn credentials(
    login: &Login,
    is_loopback: bool,
    provider: ProviderConfig,
    region: Option<Region>,
    instance: imds::Client,
) -> SharedCredentialsProvider {
    let local = Credentials::new("local", "local", None, None, "rpsctl");
    if *login == Login::Local {
        return SharedCredentialsProvider::new(local);
    }
    // STS is called in the same region.
    let provider = provider.with_region(region.clone());
    let profile = ProfileFileCredentialsProvider::builder().configure(&provider);
    // As in the AWS CLI, --profile takes precedence over the environment.
    if let Some(name) = login.profile() {
        return SharedCredentialsProvider::new(profile.profile_name(name).build());
    }
    if is_loopback {
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

/// A client of the EC2 instance metadata service.
fn instance(provider: &ProviderConfig) -> imds::Client {
    imds::Client::builder()
        .configure(provider)
        .max_attempts(1)
        .connect_timeout(INSTANCE_TIMEOUT)
        .read_timeout(INSTANCE_TIMEOUT)
        .build()
}
