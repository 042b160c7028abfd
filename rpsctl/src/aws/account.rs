//! An AWS account: login, endpoint and region.

use aws_config::{Region, SdkConfig};

use crate::aws::sdk;
use crate::exit::Failure;
use crate::target::{Endpoint, Login, Target};

pub(crate) struct Account {
    pub(super) endpoint: Option<Endpoint>,
    pub(super) login: Login,
    pub(super) is_local: bool,
    pub(super) region: String,
    config: SdkConfig,
}

impl Account {
    /// Loads the configuration for a target, without a call to AWS.
    pub(crate) async fn of(target: &Target) -> Result<Self, Failure> {
        let is_local = matches!(target, Target::Local { .. });
        Self::load(target.endpoint().cloned(), target.login().clone(), is_local).await
    }

    pub(crate) async fn of_login(login: Login) -> Result<Self, Failure> {
        Self::load(None, login, false).await
    }

    async fn load(
        endpoint: Option<Endpoint>,
        login: Login,
        is_local: bool,
    ) -> Result<Self, Failure> {
        if let Some(profile) = sdk::missing_profile(&login).await {
            return Err(Failure::usage(format!(
                "the AWS profile {profile} of --profile or AWS_PROFILE does not exist; list the profiles with `aws \
                 configure list-profiles`"
            )));
        }
        let config = sdk::config(endpoint.as_ref(), &login).await;
        let region = config.region().map(ToString::to_string);
        Ok(Self {
            region: region.ok_or_else(|| no_region(login.profile()))?,
            endpoint,
            login,
            is_local,
            config,
        })
    }

    /// Switches to another region, for a service that only few regions have.
    pub(crate) fn in_region(self, region: &'static str) -> Self {
        Self {
            config: self.config_in(region),
            region: region.to_owned(),
            ..self
        }
    }

    /// The SDK configuration for another region.
    pub(crate) fn config_in(&self, region: &'static str) -> SdkConfig {
        let config = self.config.to_builder();
        config.region(Region::from_static(region)).build()
    }

    pub(crate) fn region(&self) -> &str {
        &self.region
    }

    pub(crate) fn config(&self) -> &SdkConfig {
        &self.config
    }
}

fn no_region(profile: Option<&str>) -> Failure {
    let message = "no AWS region: pass --region REGION, or set AWS_REGION".to_owned();
    Failure::usage(match profile {
        None => message,
        Some(profile) => format!("{message}, or one in the profile {profile}"),
    })
}
