//! A game as AWS holds it, found by no more than its place.
//!
//! The table is named after the stack; what AWS names itself is in the stack's own item in that table, so
//! one `GetItem` finds everything. Each failure is one line with the remedy.
//!
//! - `sdk`: the configuration of all SDK clients
//! - `trouble`: what came instead of an answer

mod sdk;
mod trouble;

use std::error::Error;
use std::fmt::Debug;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::AttributeValue;
use rps_core::names::attribute;
use rps_core::stack::{ITEM_KEY, Stack, of_table};
use rps_local::Urls;

use self::trouble::Trouble;
use crate::client::Address;
use crate::exit::{Exit, Failure};
use crate::place::Place;

/// The players' socket of a place.
pub(crate) async fn socket(place: Place) -> Result<Address, Failure> {
    let url = match &place {
        Place::Local { endpoint, .. } => Urls::at(endpoint.as_str()).url,
        Place::Stack { .. } => Deployment::reach(place).await?.stack().await?.socket,
    };
    url.parse().map_err(|why| {
        let message = format!("the stack's socket is '{url}': {why}; run `pulumi up` again");
        Failure::new(Exit::Unexpected, message)
    })
}

/// A game in AWS: how it is reached, and its table.
pub(crate) struct Deployment {
    place: Place,
    region: String,
    dynamo: Client,
}

impl Deployment {
    /// Finds out how to reach it. AWS is asked nothing yet.
    pub(crate) async fn reach(place: Place) -> Result<Self, Failure> {
        let config = sdk::config(&place).await;
        match config.region().map(ToString::to_string) {
            Some(region) => Ok(Self {
                dynamo: Client::new(&config),
                region,
                place,
            }),
            None => Err(no_region(place.login().profile())),
        }
    }

    /// DynamoDB, which has the table.
    pub(crate) fn dynamo(&self) -> &Client {
        &self.dynamo
    }

    /// The table's name.
    pub(crate) fn table(&self) -> String {
        self.place.table()
    }

    /// What `pulumi up` says of the stack in its table.
    async fn stack(&self) -> Result<Stack, Failure> {
        let table = self.table();
        let key = AttributeValue::S(ITEM_KEY.to_owned());
        let read = self.dynamo.get_item().table_name(&table);
        let item = match read.key(attribute::KEY, key).send().await {
            Ok(output) => output.item,
            Err(error) => return Err(self.explain("dynamodb:GetItem", &error).await),
        };
        let Some(item) = item else {
            let message = format!(
                "the table {table} has no description of its stack: `pulumi up` writes it; run it again"
            );
            return Err(Failure::new(Exit::NoSuchThing, message));
        };
        serde_dynamo::from_item(item).map_err(|why| {
            let message = format!(
                "the description of the stack in the table {table} does not read ({why}): `pulumi up` \
                 writes it; run it again, or use the rpsctl of that stack's version"
            );
            Failure::new(Exit::Unexpected, message)
        })
    }

    /// What it means that AWS did not do `action`, with the remedy.
    pub(crate) async fn explain<E, R>(&self, action: &str, error: &SdkError<E, R>) -> Failure
    where
        E: ProvideErrorMetadata + Error + 'static,
        R: Debug + 'static,
    {
        let table = self.table();
        let trouble = Trouble::of(error);
        let exit = trouble.exit();
        let message = match trouble {
            Trouble::NoCredentials => self.no_credentials(),
            Trouble::NotLoaded(why) => format!(
                "the AWS credentials cannot be loaded: {why}; correct the profile, or if it is one of SSO \
                 run `{}`",
                self.sso_login()
            ),
            Trouble::Expired => format!(
                "the AWS credentials have expired: renew them, those of SSO with `{}`",
                self.sso_login()
            ),
            Trouble::NotAccepted(said) => format!(
                "AWS does not accept the credentials: check the profile, or AWS_ACCESS_KEY_ID and \
                 AWS_SECRET_ACCESS_KEY ({said})"
            ),
            Trouble::Forbidden(said) => format!(
                "AWS does not allow {action} on the table {table}: ask for that permission, or pass \
                 another --profile ({said})"
            ),
            Trouble::NoTable => self.no_table().await,
            Trouble::Unreachable(why) => self.unreachable(&why),
            Trouble::NotAws => format!(
                "what answers {} is not AWS; check the URL",
                self.place_in_words()
            ),
            Trouble::Other(why) => format!("{action} on the table {table} failed: {why}"),
        };
        Failure::new(exit, message)
    }

    async fn no_table(&self) -> String {
        let (table, place) = (self.table(), self.place_in_words());
        let Place::Stack { name, .. } = &self.place else {
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

    fn no_credentials(&self) -> String {
        match self.profile() {
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
        match self.profile() {
            None => "aws sso login".to_owned(),
            Some(profile) => format!("aws sso login --profile {profile}"),
        }
    }

    fn unreachable(&self, why: &str) -> String {
        let remedy = match &self.place {
            Place::Local { .. } => "start a game with `rpsctl local`, or check the URL",
            Place::Stack {
                endpoint: Some(_), ..
            } => "check --endpoint-url",
            Place::Stack { endpoint: None, .. } => "check --region and the network",
        };
        format!("nothing answers {}: {why}; {remedy}", self.place_in_words())
    }

    fn place_in_words(&self) -> String {
        match self.place.endpoint() {
            Some(endpoint) => format!("at {}", endpoint.as_str()),
            None => format!("in {}", self.region),
        }
    }

    fn profile(&self) -> Option<&str> {
        self.place.login().profile()
    }
}

fn no_region(profile: Option<&str>) -> Failure {
    let message = "no AWS region: pass --region REGION, or set AWS_REGION".to_owned();
    Failure::usage(match profile {
        None => message,
        Some(profile) => format!("{message}, or one in the profile {profile}"),
    })
}
