//! Tables in the AWS of `rpsctl local`, and an AWS that refuses.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType,
    ScalarAttributeType,
};
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_types::SdkConfig;
use aws_types::region::Region;
use rps_game::{ConnectionId, Game, Play, Rules};
use rps_handlers::outbound::dynamo::DynamoStore;
use rps_handlers::ports::StartGame;
use tokio::runtime::Runtime;

/// 2023-11-14, 22:13:20 and 123 ms: long over.
pub(crate) const THEN_MS: u64 = 1_700_000_000_123;

/// What SDK clients of that endpoint need.
pub(crate) fn sdk(endpoint: &str) -> SdkConfig {
    let http = Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .build_https();
    let credentials = Credentials::new("test", "test", None, None, "test");
    SdkConfig::builder()
        .behavior_version(aws_config::BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .http_client(http)
        .region(Region::from_static("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .build()
}

/// A table of games.
pub(crate) struct Table {
    runtime: Runtime,
    sdk: SdkConfig,
    client: Client,
    name: String,
}

impl Table {
    /// The table of that name at an endpoint.
    pub(crate) fn at(endpoint: &str, name: &str) -> Self {
        let sdk = sdk(endpoint);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        Self {
            runtime: runtime.expect("a runtime"),
            client: Client::new(&sdk),
            sdk,
            name: name.to_owned(),
        }
    }

    /// Creates the table of that name.
    pub(crate) fn create(endpoint: &str, name: &str) -> Self {
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
        table.runtime.block_on(create.send()).expect("a new table");
        table
    }

    /// The table, as the functions see it.
    pub(crate) fn store(&self) -> DynamoStore {
        DynamoStore::new(&self.sdk, self.name.clone())
    }

    /// Waits for what AWS does.
    pub(crate) fn wait<T, E: std::fmt::Debug>(
        &self,
        call: impl Future<Output = Result<T, E>>,
    ) -> T {
        self.runtime.block_on(call).expect("AWS does it")
    }

    /// The keys of all items, in order.
    pub(crate) fn keys(&self) -> Vec<String> {
        let pages = self.client.scan().table_name(&self.name);
        let items = pages.into_paginator().items().send();
        let items: Vec<_> = self
            .runtime
            .block_on(items.collect::<Result<_, _>>())
            .expect("a table");
        let keys = items
            .iter()
            .map(|item| item["pk"].as_s().expect("a key").clone());
        let mut keys: Vec<String> = keys.collect();
        keys.sort();
        keys
    }

    /// Puts an item of strings.
    pub(crate) fn put(&self, attributes: &[(&str, &str)]) {
        let mut put = self.client.put_item().table_name(&self.name);
        for (name, value) in attributes {
            put = put.item(*name, AttributeValue::S((*value).to_owned()));
        }
        self.runtime.block_on(put.send()).expect("an item");
    }

    /// Describes a stack with that socket, as `pulumi up` does.
    pub(crate) fn describe(&self, socket: &str) {
        self.describe_with(&[], socket);
    }

    /// The same, with more.
    pub(crate) fn describe_with(&self, more: &[(&str, &str)], socket: &str) {
        let stack = [
            ("pk", "STACK"),
            ("socket", socket),
            ("queue_url", "https://sqs.example/1/rps-dev-rounds"),
            (
                "dead_letter_queue_url",
                "https://sqs.example/1/rps-dev-rounds-dead",
            ),
            (
                "event_source_mapping",
                "f0000000-0000-0000-0000-000000000000",
            ),
            ("api", "a1b2c3"),
            ("stage", "live"),
            ("since", "a release that knows more"),
        ];
        self.put(&[&stack, more].concat());
    }

    /// Asks AWS for something else.
    pub(crate) fn ask<T>(&self, call: impl AsyncFnOnce(&SdkConfig) -> T) -> T {
        self.runtime.block_on(call(&self.sdk))
    }

    /// Stores a game of two players, in its second round, with these plays.
    pub(crate) fn start(&self, id: &str, deadline_ms: u64, plays: [Option<Play>; 2]) {
        let players: [ConnectionId; 2] = ["x".into(), "y".into()];
        let (game, _) = Game::start(id.into(), players, Rules::default(), 0);
        let game = Game {
            round: 2,
            deadline_ms,
            plays,
            ..game
        };
        self.keep(&game);
    }

    /// Stores a game as it is.
    pub(crate) fn keep(&self, game: &Game) {
        let store = DynamoStore::new(&self.sdk, self.name.clone());
        let started = self.runtime.block_on(store.start_game(game));
        assert_eq!(started, Ok(true));
    }

    /// Whether there is an item with that key.
    pub(crate) fn has(&self, key: &str) -> bool {
        let key = AttributeValue::S(key.to_owned());
        let read = self.client.get_item().table_name(&self.name);
        let read = read.key("pk", key).consistent_read(true);
        let found = self.runtime.block_on(read.send()).expect("an answer");
        found.item.is_some()
    }

    /// Deletes the item with that key.
    pub(crate) fn delete(&self, key: &str) {
        let key = AttributeValue::S(key.to_owned());
        let delete = self.client.delete_item().table_name(&self.name);
        let deleted = self.runtime.block_on(delete.key("pk", key).send());
        deleted.expect("deleted");
    }
}

/// A server on a free port of this machine that answers each request with a status and a body, given the
/// request's head. It ends with the test's process.
pub(crate) fn server(answer: impl Fn(&str) -> (u16, String) + Send + Sync + 'static) -> String {
    raw_server(move |head, _| {
        let (status, body) = answer(head);
        let length = body.len();
        let head =
            format!("HTTP/1.1 {status} x\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
        format!("{head}{body}").into_bytes()
    })
}

/// The same with all bytes of the answer, given the request's head in lower case and all its bytes.
pub(crate) fn raw_server(
    answer: impl Fn(&str, &[u8]) -> Vec<u8> + Send + Sync + 'static,
) -> String {
    serve(move |mut client| {
        let (head, bytes) = request(&mut client)?;
        client.write_all(&answer(&head, &bytes)).ok()
    })
}

/// A server on a free port that is given each client, all at once.
pub(crate) fn serve(answer: impl Fn(TcpStream) -> Option<()> + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for client in listener.incoming() {
            let answer = Arc::clone(&answer);
            // A client that has heard enough, or is killed in the middle of a call, is no trouble of the test.
            thread::spawn(move || answer(client.expect("a connection")));
        }
    });
    url
}

/// The head of a request in lower case, and all its bytes; none from a client that leaves before.
pub(crate) fn request(stream: &mut TcpStream) -> Option<(String, Vec<u8>)> {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let count = stream.read(&mut buffer).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&buffer[..count]);
        let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let length = head.split("content-length: ").nth(1).unwrap_or("0");
        let length = length.lines().next().and_then(|length| length.parse().ok());
        if bytes.len() - end - 4 >= length.unwrap_or(0) {
            return Some((head, bytes));
        }
    }
}

/// A DynamoDB that gives each operation named here this error, with a message of its own.
pub(crate) fn dynamo_that_refuses(errors: &'static [(&str, &str)]) -> String {
    server(|head| {
        let refused = errors
            .iter()
            .find(|(operation, _)| head.contains(&operation.to_lowercase()));
        let (operation, code) = refused.expect("an operation that is refused");
        let body = serde_json::json!({
            "__type": format!("com.amazon.coral.service#{code}"),
            "message": format!("AWS says no to {operation}"),
        });
        (400, body.to_string())
    })
}
