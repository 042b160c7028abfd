//! What the tests of the service stand on: the real adapter over an embedded DynamoDB, and a clock and
//! players that remember.
#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test binary uses its own part"
)]

pub mod fate;
mod gather;
mod operate;
pub mod world;

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType,
    ScalarAttributeType,
};
use aws_types::SdkConfig;
use rps_handlers::config::Config;
use rps_handlers::outbound::aws::sdk_config;
use rps_handlers::outbound::dynamo::DynamoStore;

const TABLE: &str = "rps";

/// An embedded DynamoDB with the game's table, behind a loopback port.
pub struct Table {
    client: Client,
    pub store: DynamoStore,
}

impl Table {
    pub async fn create() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = listener.local_addr().expect("bound");
        let database = dynoxide::Database::memory().expect("a database in memory");
        tokio::spawn(dynoxide::server::serve_on(listener, database));

        let shared = local_config(&format!("http://{address}"));
        let client = Client::new(&shared);
        let key = |name: &str| {
            KeySchemaElement::builder()
                .attribute_name(name)
                .key_type(KeyType::Hash)
                .build()
        };
        let attribute = AttributeDefinition::builder()
            .attribute_name("pk")
            .attribute_type(ScalarAttributeType::S)
            .build();
        client
            .create_table()
            .table_name(TABLE)
            .billing_mode(BillingMode::PayPerRequest)
            .key_schema(key("pk").expect("complete"))
            .attribute_definitions(attribute.expect("complete"))
            .send()
            .await
            .expect("a table");
        Self {
            client,
            store: DynamoStore::new(&shared, TABLE.to_owned()),
        }
    }

    /// Everything in the table, by key.
    pub async fn items(&self) -> HashMap<String, HashMap<String, AttributeValue>> {
        let scan = self
            .client
            .scan()
            .table_name(TABLE)
            .send()
            .await
            .expect("a scan");
        scan.items
            .unwrap_or_default()
            .into_iter()
            .map(|item| (item["pk"].as_s().expect("a string").clone(), item))
            .collect()
    }

    /// Makes everything a join holds this much older, as if that time had passed, and a second more: a machine's
    /// clock may be set back meanwhile.
    pub async fn age(&self, ms: u64) {
        for mut item in self.items().await.into_values() {
            for attribute in ["taken_at_ms", "claimed_at_ms"] {
                if let Some(AttributeValue::N(at)) = item.get_mut(attribute) {
                    *at = (at.parse::<u64>().expect("a number") - ms - 1000).to_string();
                }
            }
            let put = self
                .client
                .put_item()
                .table_name(TABLE)
                .set_item(Some(item));
            put.send().await.expect("a write");
        }
    }
}

/// The functions' own configuration of the SDK, against a local endpoint.
pub fn local_config(endpoint: &str) -> SdkConfig {
    let endpoint = endpoint.to_owned();
    let config = Config::from_variables(move |name| match name {
        "AWS_ENDPOINT_URL" => Some(endpoint.clone()),
        "AWS_REGION" => Some("us-east-1".to_owned()),
        "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" | "RPS_TABLE" => Some("test".to_owned()),
        _ => None,
    });
    sdk_config(&config.expect("complete")).expect("a client")
}
