//! Commands for this target that an operator can paste into a shell.

use std::borrow::Cow;

use super::{Endpoint, Login, Target};

impl Target {
    /// A complete command of rpsctl, such as `rpsctl queue resume --stack dev`.
    pub(crate) fn rpsctl(&self, command: &str) -> String {
        let target = match self {
            Self::Local {
                login: Login::Local,
                ..
            } => return format!("rpsctl {command} --local"),
            Self::Local { .. } => String::new(),
            Self::Stack { name, .. } => format!(" --stack {name}"),
        };
        let account = self.account_options(None);
        format!("rpsctl {command}{target}{account}")
    }

    /// A complete command of the AWS CLI, which needs a region even for a local AWS.
    pub(crate) fn aws(&self, command: &str) -> String {
        let is_local = matches!(self, Self::Local { .. });
        let account = self.account_options(is_local.then_some(rps_local::REGION));
        format!("aws {command}{account}")
    }

    /// The options for the endpoint and the account, which rpsctl and the AWS CLI spell alike.
    fn account_options(&self, default_region: Option<&str>) -> String {
        let region = match self.login() {
            Login::Local => None,
            Login::Configured { region, .. } => region.as_deref(),
        };
        let options = [
            ("--endpoint-url", self.endpoint().map(Endpoint::as_str)),
            ("--region", region.or(default_region)),
            ("--profile", self.login().profile()),
        ];
        let options = options.map(|(name, value)| {
            value.map_or(String::new(), |value| format!(" {name} {}", quoted(value)))
        });
        options.concat()
    }
}

/// A word for a shell, in quotes if it needs them.
pub(crate) fn quoted(word: &str) -> Cow<'_, str> {
    // Only a NUL cannot be quoted, and no terminal pastes one.
    shlex::try_quote(word).unwrap_or(Cow::Borrowed(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_names_its_target_and_account() {
        let endpoint = || "http://127.0.0.1:1".parse().ok();
        let configured = |region: Option<&str>, profile: Option<&str>| Login::Configured {
            region: region.map(str::to_owned),
            profile: profile.map(str::to_owned),
        };
        let stack = |endpoint: Option<Endpoint>, login| Target::Stack {
            name: "dev".to_owned(),
            endpoint,
            login,
        };
        let local = |endpoint: Endpoint, login| Target::Local { endpoint, login };
        for (target, of_rpsctl, of_aws) in [
            (stack(None, configured(None, None)), " --stack dev", ""),
            (
                stack(endpoint(), configured(Some("eu-west-1"), Some("my team"))),
                " --stack dev --endpoint-url http://127.0.0.1:1 --region eu-west-1 --profile 'my team'",
                " --endpoint-url http://127.0.0.1:1 --region eu-west-1 --profile 'my team'",
            ),
            (
                local(Endpoint::local(), Login::Local),
                " --local",
                " --endpoint-url http://127.0.0.1:4566 --region us-east-1",
            ),
            (
                local(endpoint().expect("a URL"), configured(None, None)),
                " --endpoint-url http://127.0.0.1:1",
                " --endpoint-url http://127.0.0.1:1 --region us-east-1",
            ),
        ] {
            assert_eq!(
                target.rpsctl("dlq list"),
                format!("rpsctl dlq list{of_rpsctl}")
            );
            assert_eq!(target.aws("sts x"), format!("aws sts x{of_aws}"));
        }
    }
}
