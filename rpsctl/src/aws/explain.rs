//! What it means that AWS did not do something: one line, with the remedy.

use rps_contract::stack::of_table;

use crate::aws::trouble::Trouble;
use crate::aws::{Account, Deployment};
use crate::exit::{Exit, Failure};
use crate::target::Target;

impl Deployment {
    /// What it means that AWS did not do `action` on the table, with the remedy.
    pub(crate) async fn explain_table(&self, action: &str, trouble: impl Into<Trouble>) -> Failure {
        match trouble.into() {
            Trouble::NotThere => Failure::new(Exit::NoSuchThing, self.no_table().await).finally(),
            trouble => self.explain(action, &format!("the table {}", self.table()), trouble),
        }
    }

    /// What it means that AWS did not do `action` on something of the stack, with the remedy.
    pub(crate) fn explain(&self, action: &str, on: &str, trouble: impl Into<Trouble>) -> Failure {
        self.account.explain(action, on, trouble)
    }

    async fn no_table(&self) -> String {
        let (table, place) = (self.table(), self.account.place_in_words());
        let Target::Stack { name, .. } = &self.target else {
            return format!(
                "there is no table {table} {place}, so no `rpsctl local`; pass --stack NAME for a stack there"
            );
        };
        let others = match self.stacks().await {
            Some(stacks) if stacks.is_empty() => ", nor any other",
            Some(stacks) => {
                let stacks = stacks.join(", ");
                return format!("there is no stack {name} {place}; stacks there: {stacks}");
            }
            None => "",
        };
        format!(
            "there is no stack {name} {place}{others}; check --region and --profile, or make it with \
             `pulumi up`"
        )
    }

    /// The stacks that are where this one was looked for, if AWS tells.
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
    /// What it means that AWS did not do `action` on something, with the remedy.
    pub(crate) fn explain(&self, action: &str, on: &str, trouble: impl Into<Trouble>) -> Failure {
        let place = self.place_in_words();
        let refused = |message| Failure::new(Exit::Refused, message);
        let unexpected = |message| Failure::new(Exit::Unexpected, message);
        let trouble = trouble.into();
        let is_final = !matches!(trouble, Trouble::Forbidden(_) | Trouble::Other(_));
        let failure = match trouble {
            Trouble::NoCredentials => refused(self.no_credentials()),
            Trouble::NotLoaded(why) => refused(format!(
                "the AWS credentials cannot be loaded: {why}; correct the profile, or if it is one of SSO \
                 run `{}`",
                self.sso_login()
            )),
            Trouble::Expired => refused(format!(
                "the AWS credentials have expired: renew them, those of SSO with `{}`",
                self.sso_login()
            )),
            Trouble::NotAccepted(said) => refused(format!(
                "AWS does not accept the credentials: check the profile, or AWS_ACCESS_KEY_ID and \
                 AWS_SECRET_ACCESS_KEY ({said})"
            )),
            Trouble::Forbidden(said) => refused(format!(
                "AWS does not allow {action} on {on}: ask for that permission, or pass \
                 another --profile ({said})"
            )),
            Trouble::NotThere => {
                let what = on.trim_start_matches("the ");
                let message = format!("there is no {what} {place}: `pulumi up` makes it");
                Failure::new(Exit::NoSuchThing, message)
            }
            Trouble::Unreachable(why) => unexpected(self.unreachable(&why)),
            Trouble::NotAws => {
                unexpected(format!("what answers {place} is not AWS; check the URL"))
            }
            Trouble::Other(why) => unexpected(format!("{action} on {on} failed: {why}")),
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
                 pass another --profile; `aws configure list-profiles` names them"
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
        format!("nothing answers {}: {why}; {remedy}", self.place_in_words())
    }

    fn place_in_words(&self) -> String {
        match &self.endpoint {
            Some(endpoint) => format!("at {}", endpoint.as_str()),
            None => format!("in {}", self.region),
        }
    }
}
