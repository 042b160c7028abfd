//! A game as AWS holds it, found by no more than its name.
//!
//! The table is named after the stack; what AWS names itself is in the stack's own item in that table, so
//! one `GetItem` finds everything. Each failure is one line with the remedy.
//!
//! Calls AWS and returns values: it prints nothing, and knows no plan.

mod account;
mod clock;
mod explain;
mod find;
mod lambda;
mod plan;
mod pricing;
mod queues;
mod scan;
mod sdk;
mod sockets;
mod statistics;
mod trouble;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::types::AttributeValue;
use rps_contract::names::attribute;
use rps_contract::stack::{ITEM_KEY, Stack};
use rps_handlers::outbound::dynamo::DynamoStore;
use rps_handlers::outbound::gateway::Gateway;
use rps_local::Urls;
use tokio::sync::OnceCell;

pub(crate) use self::account::Account;
pub(crate) use self::clock::{Times, Watch};
pub(crate) use self::find::ReadFailure;
pub(crate) use self::lambda::{State, Switch};
pub(crate) use self::queues::{
    Attributes, Counts, Deletion, MoveTask, Queue, Received, ReceivedMessage,
};
pub(crate) use self::scan::Entry;
pub(crate) use self::sockets::{OpenSocket, Socket, Sockets};
pub(crate) use self::statistics::Metric;
use crate::exit::{Exit, Failure};
#[cfg(test)]
use crate::target::Login;
use crate::target::{Address, Target};

pub(crate) struct Deployment {
    target: Target,
    account: Account,
    dynamo: aws_sdk_dynamodb::Client,
    store: DynamoStore,
    parts: OnceCell<Stack>,
    gateway: OnceCell<Gateway>,
}

impl Deployment {
    /// Finds out how to reach it. AWS is asked nothing yet.
    pub(crate) async fn reach(target: Target) -> Result<Self, Failure> {
        let account = Account::of(&target).await?;
        Ok(Self {
            dynamo: aws_sdk_dynamodb::Client::new(account.config()),
            store: DynamoStore::new(account.config(), target.table()),
            account,
            target,
            parts: OnceCell::new(),
            gateway: OnceCell::new(),
        })
    }

    /// The game of a local AWS at that endpoint.
    #[cfg(test)]
    pub(crate) async fn at(endpoint: &str) -> Self {
        let (endpoint, login) = (endpoint.parse().unwrap(), Login::Local);
        Self::reach(Target::Local { endpoint, login })
            .await
            .unwrap()
    }

    /// Which game this is, and what is named after it.
    pub(crate) fn target(&self) -> &Target {
        &self.target
    }

    pub(crate) fn region(&self) -> &str {
        self.account.region()
    }

    pub(crate) fn dynamo(&self) -> &aws_sdk_dynamodb::Client {
        &self.dynamo
    }

    pub(crate) fn table(&self) -> String {
        self.target.table()
    }

    pub(crate) fn config(&self) -> &SdkConfig {
        self.account.config()
    }

    /// The table, as the functions see it.
    pub(crate) fn store(&self) -> &DynamoStore {
        &self.store
    }

    /// The players' connections, as the functions see them.
    pub(crate) async fn gateway(&self) -> Result<&Gateway, Failure> {
        let new = async || Ok(Gateway::new(self.config(), self.management_url().await?));
        self.gateway.get_or_try_init(new).await
    }

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
        let look_up = async || match self.target.clone() {
            Target::Local { endpoint, .. } => Ok(local_parts(&Urls::at(endpoint.as_str()))),
            Target::Stack { .. } => self.described().await,
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
}

/// A `rpsctl local` as `pulumi up` would describe it.
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
