//! Access to a deployed game in AWS, given only the stack's name.
//!
//! The table's name derives from the stack name. One item in that table stores all generated ids, so one `GetItem`
//! finds every resource. Each error is one line with its remedy.
//!
//! This module calls AWS and returns values. It prints nothing and plans nothing.

mod account;
mod clock;
mod error;
mod explain;
mod find;
mod lambda;
mod lobby;
mod plan;
mod pricing;
mod queues;
mod scan;
mod sdk;
mod sockets;
mod statistics;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::config::Builder;
use aws_sdk_dynamodb::types::AttributeValue;
use rps_contract::names::attribute;
use rps_contract::stack::{ITEM_KEY, Stack};
use rps_handlers::outbound::dynamo::DynamoStore;
use rps_handlers::outbound::gateway::Gateway;
use rps_local::Urls;
use tokio::sync::OnceCell;

pub(crate) use self::account::Account;
use self::clock::AwsClock;
pub(crate) use self::clock::{CallTimer, CallTimes};
pub(crate) use self::find::ReadFailure;
pub(crate) use self::lambda::{MappingChange, MappingState};
pub(crate) use self::queues::{
    Deletion, MoveTask, Queue, QueueAttributes, QueueCounts, ReceiveResult, ReceivedMessage,
};
pub(crate) use self::scan::Entry;
pub(crate) use self::sockets::{OpenSocket, SocketApi, SocketStatus};
pub(crate) use self::statistics::Metric;
use crate::exit::{Exit, Failure};
#[cfg(test)]
use crate::target::Login;
use crate::target::{Address, Target};

pub(crate) struct Deployment {
    target: Target,
    account: Account,
    dynamo: aws_sdk_dynamodb::Client,
    clock: AwsClock,
    store: DynamoStore,
    account_id: OnceCell<String>,
    parts: OnceCell<Stack>,
    gateway: OnceCell<Gateway>,
}

impl Deployment {
    /// Loads the configuration for a target, without a call to AWS.
    pub(crate) async fn reach(target: Target) -> Result<Self, Failure> {
        let account = Account::of(&target).await?;
        let clock = AwsClock::default();
        let config = Builder::from(account.config()).interceptor(clock.clone());
        Ok(Self {
            dynamo: aws_sdk_dynamodb::Client::from_conf(config.build()),
            clock,
            store: DynamoStore::new(account.config(), target.table()),
            account,
            target,
            account_id: OnceCell::new(),
            parts: OnceCell::new(),
            gateway: OnceCell::new(),
        })
    }

    /// The game of a `rpsctl local` at an endpoint.
    #[cfg(test)]
    pub(crate) async fn at(endpoint: &str) -> Self {
        let (endpoint, login) = (endpoint.parse().unwrap(), Login::Local);
        Self::reach(Target::Local { endpoint, login })
            .await
            .unwrap()
    }

    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    pub(crate) fn region(&self) -> &str {
        self.account.region()
    }

    /// The id of the account that has the table. It is looked up once.
    pub(crate) async fn account_id(&self) -> Result<&str, Failure> {
        let look_up = async || {
            let table = self.describe_table(&CallTimer::default()).await?;
            // An ARN is arn:aws:dynamodb:REGION:ACCOUNT:table/NAME.
            let id = table.table_arn().and_then(|arn| arn.split(':').nth(4));
            Ok(id.unwrap_or("unknown").to_owned())
        };
        self.account_id
            .get_or_try_init(look_up)
            .await
            .map(String::as_str)
    }

    pub(crate) fn dynamo(&self) -> &aws_sdk_dynamodb::Client {
        &self.dynamo
    }

    /// The time by AWS's clock, as the table's latest answer shows it, in milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> u64 {
        self.clock.now_ms()
    }

    pub(crate) fn table(&self) -> String {
        self.target.table()
    }

    pub(crate) fn config(&self) -> &SdkConfig {
        self.account.config()
    }

    /// The store that the functions use.
    pub(crate) fn store(&self) -> &DynamoStore {
        &self.store
    }

    /// The gateway to players that the functions use.
    pub(crate) async fn gateway(&self) -> Result<&Gateway, Failure> {
        let new = async || Ok(Gateway::new(self.config(), self.management_url().await?));
        self.gateway.get_or_try_init(new).await
    }

    pub(crate) async fn socket(&self) -> Result<Address, Failure> {
        let url = &self.parts().await?.socket;
        let address: Address = url.parse().map_err(|why| {
            let message = format!(
                "the stack has an invalid socket URL '{url}': {why}; run `pulumi up` again"
            );
            Failure::new(Exit::Unexpected, message)
        })?;
        // rpsctl signs its requests to this address with the operator's credentials.
        if self.config().endpoint_url().is_none() && !address.is_api_gateway(self.region()) {
            let message = format!(
                "the stack's socket URL '{url}' is not an address of API Gateway in {}; run `pulumi up` to correct \
                 the stack's description",
                self.region()
            );
            return Err(Failure::new(Exit::Refused, message));
        }
        Ok(address)
    }

    /// The URL of the `@connections` API: the socket's URL with HTTP.
    async fn management_url(&self) -> Result<String, Failure> {
        let socket = self.socket().await?;
        Ok(socket.to_string().replacen("ws", "http", 1))
    }

    /// The stack's resources with generated ids. They are looked up once.
    pub(crate) async fn parts(&self) -> Result<&Stack, Failure> {
        let look_up = async || match self.target.clone() {
            Target::Local { endpoint, .. } => Ok(local_parts(&Urls::at(endpoint.as_str()))),
            Target::Stack { .. } => self.read_description().await,
        };
        self.parts.get_or_try_init(look_up).await
    }

    /// Reads the stack description that `pulumi up` writes to the table.
    async fn read_description(&self) -> Result<Stack, Failure> {
        let table = self.table();
        let key = AttributeValue::S(ITEM_KEY.to_owned());
        let read = self.dynamo.get_item().table_name(&table);
        let item = match read.key(attribute::KEY, key).send().await {
            Ok(output) => output.item,
            Err(error) => return Err(self.explain_table("dynamodb:GetItem", &error).await),
        };
        let Some(item) = item else {
            let message =
                format!("table {table} has no stack description; run `pulumi up` to write it");
            return Err(Failure::new(Exit::NoSuchThing, message));
        };
        serde_dynamo::from_item(item).map_err(|why| {
            let message = format!(
                "cannot read the stack description in table {table}: {why}; run `pulumi up` again, or use the \
                 rpsctl of the stack's version"
            );
            Failure::new(Exit::Unexpected, message)
        })
    }
}

/// Describes a `rpsctl local` as `pulumi up` describes a stack.
fn local_parts(urls: &Urls) -> Stack {
    Stack {
        socket: urls.url.clone(),
        page: Some(urls.page.clone()),
        distribution: None,
        queue_url: urls.queue_url.clone(),
        dead_letter_queue_url: urls.dead_letter_queue_url.clone(),
        event_source_mapping: rps_local::EVENT_SOURCE_MAPPING.to_owned(),
        api: "local".to_owned(),
        stage: "ws".to_owned(),
    }
}
