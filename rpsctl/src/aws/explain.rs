//! Explain an AWS error in one line: the call that failed, the reason and the remedy.

use rps_contract::names::Function;
use rps_contract::stack::of_table;
use rps_handlers::ports::PortError;

use crate::aws::error::CallError;
use crate::aws::{Account, Deployment};
use crate::exit::{Exit, Failure};
use crate::target::Target;

impl Deployment {
    /// Explains why `action` failed on the table.
    pub(crate) async fn explain_table(&self, action: &str, error: impl Into<CallError>) -> Failure {
        match error.into() {
            CallError::NotFound => {
                Failure::new(Exit::NoSuchThing, self.table_not_found().await).finally()
            }
            error => self.explain(action, &format!("the table {}", self.table()), error),
        }
    }

    /// Explains why a call of the game's store or gateway failed.
    pub(crate) fn explain_port(&self, error: &PortError) -> Failure {
        let connections = "execute-api:ManageConnections";
        match error.operation {
            "PostToConnection" => {
                self.explain(connections, "the resource POST/@connections/*", error)
            }
            "DeleteConnection" => {
                self.explain(connections, "the resource DELETE/@connections/*", error)
            }
            operation => {
                let (action, table) = (format!("dynamodb:{operation}"), self.table());
                self.explain(&action, &format!("the table {table}"), error)
            }
        }
    }

    /// Explains why `action` failed on `on`, a resource of the stack such as "the table rps-dev".
    pub(crate) fn explain(&self, action: &str, on: &str, error: impl Into<CallError>) -> Failure {
        self.account.explain(action, on, error)
    }

    /// Explains why `action` failed on a function.
    pub(crate) fn explain_function(
        &self,
        action: &str,
        function: Function,
        error: impl Into<CallError>,
    ) -> Failure {
        let on = format!("the function {}", self.target.function(function));
        self.explain(action, &on, error)
    }

    async fn table_not_found(&self) -> String {
        let (table, location) = (self.table(), self.account.location());
        let Target::Stack { name, .. } = &self.target else {
            return format!(
                "table {table} not found {location}: no `rpsctl local` runs there; start one, or pass --stack NAME"
            );
        };
        let others = match self.stacks().await {
            Some(stacks) if stacks.is_empty() => ", and no other stack exists there",
            Some(stacks) => {
                let stacks = stacks.join(", ");
                return format!(
                    "stack {name} not found {location}: existing stacks are {stacks}; pass one of them with --stack"
                );
            }
            None => "",
        };
        format!(
            "stack {name} not found {location}{others}; check --region and --profile, or create it with \
             `pulumi up`"
        )
    }

    /// Lists the stacks in the same account and region. Returns none if AWS refuses the list.
    async fn stacks(&self) -> Option<Vec<String>> {
        let mut names = self.dynamo.list_tables().into_paginator().items().send();
        let mut stacks = Vec::new();
        while let Some(table) = names.next().await {
            stacks.extend(of_table(&table.ok()?).map(str::to_owned));
        }
        stacks.sort();
        Some(stacks)
    }
}

impl Account {
    /// Explains why `action` failed on `on`.
    pub(crate) fn explain(&self, action: &str, on: &str, error: impl Into<CallError>) -> Failure {
        let location = self.location();
        let refused = |message| Failure::new(Exit::Refused, message);
        let unexpected = |message| Failure::new(Exit::Unexpected, message);
        let error = error.into();
        let is_final = !matches!(error, CallError::Forbidden(_) | CallError::Other(_));
        let failure = match error {
            CallError::NoCredentials => refused(self.no_credentials()),
            CallError::BadCredentials(why) => refused(format!(
                "cannot load the AWS credentials: {why}; correct the profile, or run `{}` if it uses SSO",
                self.sso_login()
            )),
            CallError::ExpiredCredentials => refused(format!(
                "the AWS credentials have expired; renew them, or run `{}` if they come from SSO",
                self.sso_login()
            )),
            CallError::RejectedCredentials(reason) => refused(format!(
                "AWS rejects the credentials: {reason}; check the profile, or AWS_ACCESS_KEY_ID and \
                 AWS_SECRET_ACCESS_KEY"
            )),
            CallError::Forbidden(reason) => refused(format!(
                "AWS does not allow {action} on {on}: ask for that permission, or pass \
                 another --profile ({reason})"
            )),
            CallError::NotFound => {
                let resource = on.trim_start_matches("the ");
                let message =
                    format!("{resource} not found {location}; create it with `pulumi up`");
                Failure::new(Exit::NoSuchThing, message)
            }
            CallError::Unreachable(why) => unexpected(self.unreachable(&why)),
            CallError::NotAws => unexpected(format!(
                "the server {location} does not answer like AWS; check the URL"
            )),
            CallError::Other(why) => unexpected(format!("{action} on {on} failed: {why}")),
        };
        if is_final { failure.finally() } else { failure }
    }

    fn no_credentials(&self) -> String {
        match self.login.profile() {
            None => "no AWS credentials: run `aws configure`, or `aws sso login --profile NAME` and pass \
                     --profile NAME, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
                .to_owned(),
            Some(profile) => format!(
                "no AWS credentials in the profile {profile}: run `aws configure --profile {profile}`, or \
                 pass another --profile; list the profiles with `aws configure list-profiles`"
            ),
        }
    }

    fn sso_login(&self) -> String {
        match self.login.profile() {
            None => "aws sso login".to_owned(),
            Some(profile) => format!("aws sso login --profile {profile}"),
        }
    }

    fn unreachable(&self, why: &str) -> String {
        let remedy = match &self.endpoint {
            _ if self.is_local => "start a game with `rpsctl local`, or check the URL",
            Some(_) => "check --endpoint-url",
            None => "check --region and the network",
        };
        format!("cannot reach AWS {}: {why}; {remedy}", self.location())
    }

    /// Where the account's AWS is, as the end of a sentence.
    fn location(&self) -> String {
        match &self.endpoint {
            Some(endpoint) => format!("at {}", endpoint.as_str()),
            None => format!("in {}", self.region),
        }
    }
}
