//! The game's table, in an embedded DynamoDB or in the local AWS.

use std::collections::HashMap;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::BehaviorVersion;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType, PutRequest,
    ScalarAttributeType, WriteRequest,
};
use aws_smithy_http_client::Builder;
use aws_types::SdkConfig;
use aws_types::region::Region;
use rps_game::{Claim, Seat};
use rps_handlers::outbound::dynamo::DynamoStore;
use rps_handlers::ports::{ClaimPlace, ClaimResult, ReadLobby};
use rps_handlers::time::now_ms;
use serde::Serialize;

/// A time long ago: 2023-11-14, 22:13:20 and 123 ms.
const THEN_MS: u64 = 1_700_000_000_123;

pub type Item = HashMap<String, AttributeValue>;

/// Configures the SDK for a local endpoint.
pub fn sdk(endpoint: &str) -> SdkConfig {
    sdk_in("us-east-1", endpoint)
}

pub fn sdk_in(region: &'static str, endpoint: &str) -> SdkConfig {
    let credentials = Credentials::new("test", "test", None, None, "test");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .http_client(Builder::new().build_http())
        .region(Region::from_static(region))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build()
}

pub struct Table {
    pub client: Client,
    /// The functions' adapter for this table.
    pub store: DynamoStore,
    name: String,
}

impl Table {
    /// Uses an existing table.
    pub fn at(endpoint: &str, name: &str) -> Self {
        Self::new(&sdk(endpoint), name)
    }

    pub fn new(sdk: &SdkConfig, name: &str) -> Self {
        Self {
            client: Client::new(sdk),
            store: DynamoStore::new(sdk, name.to_owned()),
            name: name.to_owned(),
        }
    }

    /// Creates a table in a new in-memory DynamoDB.
    pub async fn embedded() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a port");
        let address = listener.local_addr().expect("bound");
        let database = dynoxide::Database::memory().expect("a database in memory");
        tokio::spawn(dynoxide::server::serve_on(listener, database));
        Self::create(&format!("http://{address}"), "rps").await
    }

    pub async fn create(endpoint: &str, name: &str) -> Self {
        let table = Self::at(endpoint, name);
        let key = KeySchemaElement::builder()
            .attribute_name("pk")
            .key_type(KeyType::Hash)
            .build();
        let attribute = AttributeDefinition::builder()
            .attribute_name("pk")
            .attribute_type(ScalarAttributeType::S)
            .build();
        let create = table
            .client
            .create_table()
            .table_name(name)
            .billing_mode(BillingMode::PayPerRequest)
            .key_schema(key.expect("complete"))
            .attribute_definitions(attribute.expect("complete"));
        create.send().await.expect("a new table");
        table
    }

    /// All items, by key.
    pub async fn items(&self) -> HashMap<String, Item> {
        let pages = self
            .client
            .scan()
            .table_name(&self.name)
            .consistent_read(true);
        let items = pages.into_paginator().items().send();
        let items: Vec<_> = items.collect::<Result<_, _>>().await.expect("a scan");
        let items = items.into_iter();
        items
            .map(|item| (item["pk"].as_s().expect("a key").clone(), item))
            .collect()
    }

    /// The keys of all items, sorted.
    pub async fn keys(&self) -> Vec<String> {
        let mut keys: Vec<_> = self.items().await.into_keys().collect();
        keys.sort();
        keys
    }

    /// Writes an item, given as JSON or as attributes.
    pub async fn put(&self, item: impl Serialize) {
        let item: Item = serde_dynamo::to_item(item).expect("an item");
        let put = self.client.put_item().table_name(&self.name);
        let put = put.set_item(Some(item)).send().await;
        put.expect("a write");
    }

    /// Sets an attribute of an existing item.
    pub async fn set(&self, key: &str, attribute: &str, value: impl Serialize) {
        let value: AttributeValue = serde_dynamo::to_attribute_value(value).expect("a value");
        let update = self.client.update_item().table_name(&self.name);
        let update = update
            .key("pk", AttributeValue::S(key.to_owned()))
            .update_expression(format!("SET {attribute} = :value"))
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":value", value);
        update.send().await.expect("a write");
    }

    /// Claims the game of the only waiting player, as a joiner does who dies then. The claim has this age.
    pub async fn claim_waiting_player(&self, age_ms: u64) {
        let lobby = self.store.lobby(None).await.expect("a lobby");
        assert_eq!(lobby.places.len(), 1, "{lobby:?}");
        let (player, game) = lobby.places.first_key_value().expect("a place");
        let claim = Claim {
            game: game.clone(),
            seat: Seat::First,
            by: "dead".into(),
            at_ms: now_ms() - age_ms,
            room: None,
        };
        let result = self.store.claim_place(player, &claim, None).await;
        assert_eq!(result.expect("a write"), ClaimResult::Yes);
    }

    /// Stores stuck games with both players' connections, and returns their ids.
    pub async fn store_stuck_games(&self, count: usize) -> Vec<String> {
        let ids: Vec<String> = (0..count).map(|n| format!("{n:032x}")).collect();
        // DynamoDB's limit is 25 items per call, and a game has 3.
        for ids in ids.chunks(8) {
            let puts = ids.iter().flat_map(|id| stuck_game(id)).map(|item| {
                let put = PutRequest::builder().set_item(Some(item)).build();
                WriteRequest::builder()
                    .put_request(put.expect("complete"))
                    .build()
            });
            let write = self.client.batch_write_item();
            let write = write.request_items(&self.name, puts.collect());
            let written = write.send().await.expect("written");
            assert!(written.unprocessed_items.unwrap_or_default().is_empty());
        }
        ids
    }

    pub async fn delete(&self, key: &str) {
        let delete = self.client.delete_item().table_name(&self.name);
        let delete = delete.key("pk", AttributeValue::S(key.to_owned()));
        delete.send().await.expect("deleted");
    }
}

/// The items of a stuck game and its two players.
fn stuck_game(id: &str) -> [Item; 3] {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let number = |number: u64| AttributeValue::N(number.to_string());
    let item = |pk: String, more: &[(&str, AttributeValue)]| {
        let common = [
            ("pk", text(&pk)),
            ("v", number(1)),
            ("ttl", number(THEN_MS / 1000)),
        ];
        let all = common.iter().chain(more);
        all.map(|(name, value)| ((*name).to_owned(), value.clone()))
            .collect()
    };
    let player = |seat: &str| {
        item(
            format!("C#{seat}-{id}"),
            &[
                ("connected_at_ms", number(THEN_MS - 10_000)),
                ("game", text(id)),
                ("seat", text(seat)),
                ("claimed_by", text("j")),
                ("claimed_at_ms", number(THEN_MS - 5_000)),
            ],
        )
    };
    let game = item(
        format!("G#{id}"),
        &[
            ("player_1", text(&format!("first-{id}"))),
            ("player_2", text(&format!("second-{id}"))),
            ("window_s", number(5)),
            ("max_rounds", number(5)),
            ("started_at_ms", number(THEN_MS - 5_000)),
            ("round", number(1)),
            ("deadline_ms", number(THEN_MS)),
        ],
    );
    [game, player("first"), player("second")]
}
