//! One call on its way to dynoxide and back: it is made to tell what it consumes, and who did not ask for that
//! does not see it.

use axum::body::Bytes;
use serde_json::{Map, Value};

use crate::dynamo::units::{Kind, Units, bytes, of_write};

const ASKED_CAPACITY: &str = "ReturnConsumedCapacity";
const ASKED_ITEM: &str = "ReturnValuesOnConditionCheckFailure";
const CAPACITY: &str = "ConsumedCapacity";
const ITEM: &str = "Item";

#[derive(Debug)]
pub(super) struct Call {
    kind: Kind,
    /// The table of each write, and the size of the item to be stored where the call has it.
    writes: Vec<(String, usize)>,
    /// What the caller must not see, because it is not what was asked for.
    hidden: Vec<&'static str>,
}

impl Call {
    /// Reads a call. One that is not metered, or is no JSON, is passed on as it came.
    pub(super) fn read(operation: &str, body: Bytes) -> (Option<Self>, Bytes) {
        let request = serde_json::from_slice::<Map<String, Value>>(&body);
        let (Some(kind), Ok(mut request)) = (kind(operation), request) else {
            return (None, body);
        };
        let call = Self {
            kind,
            writes: writes(&request),
            hidden: ask(operation, &mut request),
        };
        let edited = Value::Object(request).to_string();
        (Some(call), edited.into())
    }

    /// What the caller gets, and what it consumed.
    pub(super) fn settle(self, body: Bytes) -> (Bytes, Vec<Units>) {
        let Ok(mut answer) = serde_json::from_slice::<Map<String, Value>>(&body) else {
            return (body, Vec::new());
        };
        let consumed = match answer.get("__type") {
            Some(error) => self.failed(error.as_str().unwrap_or_default(), &answer),
            None => self.reported(&answer),
        };
        let before = answer.len();
        answer.retain(|name, _| !self.hidden.contains(&name.as_str()));
        if answer.len() == before {
            return (body, consumed);
        }
        (Value::Object(answer).to_string().into(), consumed)
    }

    fn reported(&self, answer: &Map<String, Value>) -> Vec<Units> {
        let entries = match answer.get(CAPACITY) {
            Some(Value::Array(entries)) => entries.iter().collect(),
            Some(entry) => vec![entry],
            None => Vec::new(),
        };
        let units = entries.into_iter();
        units
            .filter_map(|entry| Units::reported(entry, self.kind))
            .collect()
    }

    /// A condition that fails consumes what the write would have. AWS takes the larger of the item that is there
    /// and the one to be stored; what an update would have made of its item is not known here, so its item as it is.
    /// A cancelled transaction has prepared and undone each of its writes.
    fn failed(&self, error: &str, answer: &Map<String, Value>) -> Vec<Units> {
        let times = match error.rsplit('#').next() {
            Some("ConditionalCheckFailedException") => 1.0,
            Some("TransactionCanceledException") => 2.0,
            _ => return Vec::new(),
        };
        let there = answer.get(ITEM).map_or(0, bytes);
        let units = self.writes.iter().map(|(table, new)| Units {
            kind: Kind::Write,
            table: table.clone(),
            amount: times * of_write(there.max(*new)),
        });
        units.collect()
    }
}

/// None for an operation that consumes nothing, or only what `PartiQL` does, which is not metered.
fn kind(operation: &str) -> Option<Kind> {
    match operation {
        "GetItem" | "BatchGetItem" | "TransactGetItems" | "Query" | "Scan" => Some(Kind::Read),
        "PutItem" | "UpdateItem" | "DeleteItem" | "BatchWriteItem" | "TransactWriteItems" => {
            Some(Kind::Write)
        }
        _ => None,
    }
}

fn writes(request: &Map<String, Value>) -> Vec<(String, usize)> {
    if let Some(actions) = request.get("TransactItems").and_then(Value::as_array) {
        let write = |action: &Value| {
            let kinds = ["Put", "Update", "Delete", "ConditionCheck"];
            write(
                kinds
                    .iter()
                    .find_map(|kind| action.get(kind))?
                    .as_object()?,
            )
        };
        return actions.iter().filter_map(write).collect();
    }
    write(request).into_iter().collect()
}

fn write(action: &Map<String, Value>) -> Option<(String, usize)> {
    let table = action.get("TableName")?.as_str()?.to_owned();
    Some((table, action.get(ITEM).map_or(0, bytes)))
}

/// Asks for what the meter needs; the members of the answer that the caller has not asked for.
fn ask(operation: &str, request: &mut Map<String, Value>) -> Vec<&'static str> {
    let mut hidden = Vec::new();
    if set(request, ASKED_CAPACITY, "TOTAL") {
        hidden.push(CAPACITY);
    }
    let may_fail = ["PutItem", "UpdateItem", "DeleteItem"].contains(&operation)
        && request.contains_key("ConditionExpression");
    if may_fail && set(request, ASKED_ITEM, "ALL_OLD") {
        hidden.push(ITEM);
    }
    hidden
}

/// Sets a parameter, unless the caller has asked for something by it.
fn set(request: &mut Map<String, Value>, parameter: &str, value: &str) -> bool {
    let unasked = match request.get(parameter) {
        None | Some(Value::Null) => true,
        Some(asked) => asked == "NONE",
    };
    if unasked {
        request.insert(parameter.to_owned(), value.into());
    }
    unasked
}
