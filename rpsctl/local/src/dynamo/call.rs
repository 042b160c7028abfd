//! Meters one call to dynoxide: adds parameters that make the response report its consumption, and removes the
//! additional members from the response.

use std::collections::BTreeMap;

use axum::body::Bytes;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::dynamo::units::{CapacityKind, ConsumedUnits, item_bytes, write_units};

const RETURN_CAPACITY: &str = "ReturnConsumedCapacity";
const RETURN_ITEM: &str = "ReturnValuesOnConditionCheckFailure";
const CAPACITY: &str = "ConsumedCapacity";
const ITEM: &str = "Item";

/// A request or response whose members are parsed only if the meter needs them: items can be long.
type Members = BTreeMap<String, Box<RawValue>>;

#[derive(Debug)]
pub(super) struct MeteredCall {
    kind: CapacityKind,
    request: Members,
    /// The members of the response that the caller has not requested.
    hidden: Vec<&'static str>,
}

impl MeteredCall {
    /// Prepares a call. Returns the original body for an operation without metering and for invalid JSON.
    pub(super) fn prepare(operation: &str, body: Bytes) -> (Option<Self>, Bytes) {
        let request = serde_json::from_slice::<Members>(&body);
        let (Some(kind), Ok(mut request)) = (kind(operation), request) else {
            return (None, body);
        };
        let hidden = request_consumption(operation, &mut request);
        let edited = serde_json::to_vec(&request).map_or(body, Bytes::from);
        let call = Self {
            kind,
            request,
            hidden,
        };
        (Some(call), edited)
    }

    /// Returns the response's body for the caller and the consumed units.
    pub(super) fn finish(self, body: Bytes) -> (Bytes, Vec<ConsumedUnits>) {
        let Ok(mut response) = serde_json::from_slice::<Members>(&body) else {
            return (body, Vec::new());
        };
        let consumed = match member(&response, "__type") {
            Value::String(error) => self.units_of_failure(&error, &response),
            _ => self.units_of_success(&response),
        };
        let members = response.len();
        response.retain(|name, _| !self.hidden.contains(&name.as_str()));
        match serde_json::to_vec(&response) {
            Ok(edited) if response.len() < members => (edited.into(), consumed),
            _ => (body, consumed),
        }
    }

    fn units_of_success(&self, response: &Members) -> Vec<ConsumedUnits> {
        let entries = match member(response, CAPACITY) {
            Value::Array(entries) => entries,
            entry => vec![entry],
        };
        entries
            .iter()
            .filter_map(|entry| ConsumedUnits::from_entry(entry, self.kind))
            .collect()
    }

    /// A failed condition consumes the units of the write. AWS uses the larger size of the existing and the new item.
    /// The result of an update is unknown here, so only the existing item counts. A cancelled transaction consumes
    /// each write twice: to prepare it and to undo it.
    fn units_of_failure(&self, error: &str, response: &Members) -> Vec<ConsumedUnits> {
        let times = match error.rsplit('#').next() {
            Some("ConditionalCheckFailedException") => 1.0,
            Some("TransactionCanceledException") => 2.0,
            _ => return Vec::new(),
        };
        let existing_bytes = item_bytes(&member(response, ITEM));
        let writes = writes(&self.request).into_iter();
        let units = writes.map(|(table, new_bytes)| ConsumedUnits {
            kind: CapacityKind::Write,
            table,
            amount: times * write_units(existing_bytes.max(new_bytes)),
        });
        units.collect()
    }
}

/// Returns a member, or null if it is missing.
fn member(members: &Members, name: &str) -> Value {
    let raw = members.get(name);
    raw.and_then(|raw| serde_json::from_str(raw.get()).ok())
        .unwrap_or_default()
}

/// Returns `None` for an operation that consumes nothing, and for `PartiQL`, which is not metered.
fn kind(operation: &str) -> Option<CapacityKind> {
    match operation {
        "GetItem" | "BatchGetItem" | "TransactGetItems" | "Query" | "Scan" => {
            Some(CapacityKind::Read)
        }
        "PutItem" | "UpdateItem" | "DeleteItem" | "BatchWriteItem" | "TransactWriteItems" => {
            Some(CapacityKind::Write)
        }
        _ => None,
    }
}

/// Each write's table and the size of its new item; 0 if the request does not contain the item.
fn writes(request: &Members) -> Vec<(String, usize)> {
    let Value::Array(actions) = member(request, "TransactItems") else {
        let write = write(&member(request, "TableName"), &member(request, ITEM));
        return write.into_iter().collect();
    };
    let write = |action: &Value| {
        let kinds = ["Put", "Update", "Delete", "ConditionCheck"];
        let action = kinds.iter().find_map(|kind| action.get(kind))?;
        write(&action["TableName"], &action[ITEM])
    };
    actions.iter().filter_map(write).collect()
}

fn write(table: &Value, item: &Value) -> Option<(String, usize)> {
    Some((table.as_str()?.to_owned(), item_bytes(item)))
}

/// Requests the data that the meter needs. Returns the members of the response that the caller has not requested.
fn request_consumption(operation: &str, request: &mut Members) -> Vec<&'static str> {
    let mut hidden = Vec::new();
    if set_if_absent(request, RETURN_CAPACITY, "TOTAL") {
        hidden.push(CAPACITY);
    }
    let is_conditional = ["PutItem", "UpdateItem", "DeleteItem"].contains(&operation)
        && request.contains_key("ConditionExpression");
    if is_conditional && set_if_absent(request, RETURN_ITEM, "ALL_OLD") {
        hidden.push(ITEM);
    }
    hidden
}

/// Sets a parameter, unless the caller has set it to a value other than `NONE`.
fn set_if_absent(request: &mut Members, parameter: &str, value: &str) -> bool {
    let is_absent = match member(request, parameter) {
        Value::Null => true,
        existing => existing == "NONE",
    };
    if is_absent && let Ok(value) = to_raw_value(value) {
        request.insert(parameter.to_owned(), value);
    }
    is_absent
}
