//! A game as AWS holds it, found by no more than its place.
//!
//! The table is named after the stack; what AWS names itself is in the stack's own item in that table, so
//! one `GetItem` finds everything. Each failure is one line with the remedy.
//!
//! - `sdk`: the configuration of all SDK clients
//! - `trouble`: what came instead of an answer
//! - `scan`: the whole table, read side by side; `find`: one item by the beginning of its id
//! - `sockets`: what API Gateway says of a connection; `mapping`: whether messages reach `decide`
//! - `queues`: the queue that is the clock, its dead letters, and looking at messages

mod find;
mod mapping;
mod queues;
mod scan;
mod sdk;
mod sockets;
mod trouble;

use std::error::Error;
use std::fmt::Debug;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::AttributeValue;
use rps_core::names::attribute;
use rps_core::stack::{ITEM_KEY, Stack, of_table};
use rps_handlers::outbound::dynamo::DynamoStore;
use rps_handlers::outbound::gateway::Gateway;
use rps_local::Urls;
use tokio::sync::OnceCell;

use self::trouble::Trouble;
use crate::client::Address;
use crate::exit::{Exit, Failure};
use crate::place::Place;

pub(crate) use self::mapping::{PAUSED, State};
pub(crate) use self::queues::{Counts, Held, Intake, MOST_MESSAGES, MoveTask, Queue, Received};
pub(crate) use self::sockets::{OpenSocket, Sockets};

/// A game in AWS, and how it is reached.
pub(crate) struct Deployment {
    place: Place,
    region: String,
    config: SdkConfig,
    dynamo: aws_sdk_dynamodb::Client,
    parts: OnceCell<Stack>,
}

impl Deployment {
    /// Finds out how to reach it. AWS is asked nothing yet.
    pub(crate) async fn reach(place: Place) -> Result<Self, Failure> {
        let config = sdk::config(&place).await;
        match config.region().map(ToString::to_string) {
            Some(region) => Ok(Self {
                dynamo: aws_sdk_dynamodb::Client::new(&config),
                config,
                region,
                place,
                parts: OnceCell::new(),
            }),
            None => Err(no_region(place.login().profile())),
        }
    }

    /// Which game this is, and what is named after it.
    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// DynamoDB, which has the table.
    pub(crate) fn dynamo(&self) -> &aws_sdk_dynamodb::Client {
        &self.dynamo
    }

    /// The table's name.
    pub(crate) fn table(&self) -> String {
        self.place.table()
    }

    /// Where the other services are.
    pub(crate) fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// The table, as the functions see it.
    pub(crate) fn store(&self) -> DynamoStore {
        DynamoStore::new(&self.config, self.table())
    }

    /// The players' connections, as the functions see them.
    pub(crate) async fn gateway(&self) -> Result<Gateway, Failure> {
        Ok(Gateway::new(&self.config, self.management_url().await?))
    }

    /// The players' socket.
    pub(crate) async fn socket(&self) -> Result<Address, Failure> {
        let url = &self.parts().await?.socket;
        url.parse().map_err(|why| {
            let message = format!("the stack's socket is '{url}': {why}; run `pulumi up` again");
            Failure::new(Exit::Unexpected, message)
        })
    }

    /// Where `@connections` answers: where the socket does, by HTTP.
    async fn management_url(&self) -> Result<String, Failure> {
        let socket = self.socket().await?;
        Ok(socket.to_string().replacen("ws", "http", 1))
    }

    /// What AWS has named itself. It is looked up once.
    pub(crate) async fn parts(&self) -> Result<&Stack, Failure> {
        let look_up = async || match self.place.clone() {
            Place::Local { endpoint, .. } => Ok(local_parts(&Urls::at(endpoint.as_str()))),
            Place::Stack { .. } => self.described().await,
        };
        self.parts.get_or_try_init(look_up).await
    }

    /// What `pulumi up` says of the stack in its table.
    async fn described(&self) -> Result<Stack, Failure> {
        let table = self.table();
        let key = AttributeValue::S(ITEM_KEY.to_owned());
        let read = self.dynamo.get_item().table_name(&table);
        let item = match read.key(attribute::KEY, key).send().await {
            Ok(output) => output.item,
            Err(error) => return Err(self.explain_table("dynamodb:GetItem", &error).await),
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

    /// What it means that AWS did not do `action` on the table, with the remedy.
    pub(crate) async fn explain_table<E, R>(&self, action: &str, error: &SdkError<E, R>) -> Failure
    where
        E: ProvideErrorMetadata + Error + 'static,
        R: Debug + 'static,
    {
        match Trouble::of(error) {
            Trouble::NotThere => Failure::new(Exit::NoSuchThing, self.no_table().await),
            _ => self.explain(action, &format!("the table {}", self.table()), error),
        }
    }

    /// What it means that AWS did not do `action` on something of the stack, with the remedy.
    pub(crate) fn explain<E, R>(&self, action: &str, on: &str, error: &SdkError<E, R>) -> Failure
    where
        E: ProvideErrorMetadata + Error + 'static,
        R: Debug + 'static,
    {
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
                "AWS does not allow {action} on {on}: ask for that permission, or pass \
                 another --profile ({said})"
            ),
            Trouble::NotThere => format!(
                "there is no {} {}: `pulumi up` makes it",
                on.trim_start_matches("the "),
                self.place_in_words()
            ),
            Trouble::Unreachable(why) => self.unreachable(&why),
            Trouble::NotAws => format!(
                "what answers {} is not AWS; check the URL",
                self.place_in_words()
            ),
            Trouble::Other(why) => format!("{action} on {on} failed: {why}"),
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

/// Whether AWS would answer nothing else either: it is not there, or does not know who asks.
pub(crate) fn answers_nothing<E, R>(error: &SdkError<E, R>) -> bool
where
    E: ProvideErrorMetadata + Error + 'static,
    R: Debug + 'static,
{
    Trouble::of(error).is_of_everything()
}

fn no_region(profile: Option<&str>) -> Failure {
    let message = "no AWS region: pass --region REGION, or set AWS_REGION".to_owned();
    Failure::usage(match profile {
        None => message,
        Some(profile) => format!("{message}, or one in the profile {profile}"),
    })
}

/// A `rpsctl local` as `pulumi up` would describe it.
fn local_parts(urls: &Urls) -> Stack {
    Stack {
        socket: urls.url.clone(),
        page: Some(urls.page.clone()),
        queue_url: urls.queue_url.clone(),
        dead_letter_queue_url: urls.dead_letter_queue_url.clone(),
        event_source_mapping: rps_local::EVENT_SOURCE_MAPPING.to_owned(),
        api: "local".to_owned(),
        stage: "ws".to_owned(),
    }
}
