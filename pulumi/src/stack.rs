//! Describes the stack: for rpsctl in an item of the stack's table, for people in the program's outputs.

use rps_contract::names::attribute;
use rps_contract::stack::{ITEM_KEY, Stack};
use rps_game::VERSION;
use serde_json::{Value, json};

use crate::aws::dynamodb::TableItem;
use crate::aws::lambda::EventSourceMapping;
use crate::dependencies::Dependencies;
use crate::program::{Handle, Program};
use crate::websocket::STAGE;

pub(crate) fn describe(
    program: &mut Program,
    dependencies: &Dependencies,
    mapping: &Handle<EventSourceMapping>,
) {
    let (websocket, queues) = (&dependencies.websocket, &dependencies.queues);
    let page = dependencies.page.as_ref();
    let stack = Stack {
        socket: websocket.url().to_string(),
        page: page.map(|page| page.url.to_string()),
        distribution: page.map(|page| page.distribution.to_string()),
        queue_url: queues.rounds.url().to_string(),
        dead_letter_queue_url: queues.dead_letters.url().to_string(),
        event_source_mapping: mapping.uuid().to_string(),
        api: websocket.api.id().to_string(),
        stage: STAGE.to_owned(),
    };
    let item = TableItem {
        table_name: dependencies.table.name(),
        hash_key: attribute::KEY,
        item: item(&stack).into(),
    };
    program.add("description", item);
    if let Some(page) = page {
        program.output("page", &page.url);
    }
    program.output("socket", &websocket.url());
    program.output("table", &dependencies.table.name());
    program.output("queueUrl", &queues.rounds.url());
    program.output("deadLetterQueueUrl", &queues.dead_letters.url());
    program.output("eventSourceMapping", &mapping.uuid());
    program.output("api", &websocket.api.id());
    program.output("stage", &STAGE.into());
}

/// The description as a DynamoDB item.
fn item(stack: &Stack) -> Value {
    // A stack is plain data, so serialization cannot fail.
    let mut item = serde_json::to_value(stack).unwrap_or_default();
    for value in item
        .as_object_mut()
        .into_iter()
        .flat_map(|map| map.values_mut())
    {
        *value = json!({ "S": value });
    }
    item[attribute::KEY] = json!({ "S": ITEM_KEY });
    item[attribute::VERSION] = json!({ "N": VERSION.to_string() });
    item
}
