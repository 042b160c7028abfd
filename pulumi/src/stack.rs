//! What the stack says of itself: to rpsctl, in an item of its own table, and to people, as outputs.

use rps_contract::names::attribute;
use rps_contract::stack::{ITEM_KEY, Stack};
use rps_game::VERSION;
use serde_json::{Value, json};

use crate::aws::dynamodb::TableItem;
use crate::aws::lambda::EventSourceMapping;
use crate::dependencies::Dependencies;
use crate::page::Page;
use crate::program::{Handle, Program};

pub(crate) fn describe(
    program: &mut Program,
    dependencies: &Dependencies,
    mapping: &Handle<EventSourceMapping>,
    page: Option<&Page>,
) {
    let (socket, queues) = (&dependencies.socket, &dependencies.queues);
    let stack = Stack {
        socket: socket.url().to_string(),
        page: page.map(|page| page.url.to_string()),
        distribution: page.map(|page| page.distribution.to_string()),
        queue_url: queues.rounds.url().to_string(),
        dead_letter_queue_url: queues.dead_letters.url().to_string(),
        event_source_mapping: mapping.uuid().to_string(),
        api: socket.api.id().to_string(),
        stage: socket.stage.name().to_string(),
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
    program.output("socket", &socket.url());
    program.output("table", &dependencies.table.name());
    program.output("queueUrl", &queues.rounds.url());
    program.output("deadLetterQueueUrl", &queues.dead_letters.url());
    program.output("eventSourceMapping", &mapping.uuid());
    program.output("api", &socket.api.id());
    program.output("stage", &socket.stage.name());
}

/// The item as DynamoDB writes items.
fn item(stack: &Stack) -> Value {
    // Plain data: it always serializes.
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
