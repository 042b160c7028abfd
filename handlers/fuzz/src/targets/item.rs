//! Items of the table.

use rps_handlers::outbound::dynamo::{StoredItem, parse_item};

/// An item that parses can be stored again, and parses as the same.
pub(crate) fn item(data: &[u8]) -> bool {
    let Ok(item) = serde_json::from_slice::<serde_dynamo::Item>(data) else {
        // DynamoDB returns only items.
        return false;
    };
    let stored = match parse_item(item.into()) {
        Ok(StoredItem::Other(_)) => return false,
        Ok(stored) => stored,
        Err(unreadable) => {
            assert!(unreadable.to_string().contains(unreadable.key()));
            return false;
        }
    };
    let again = stored.to_item(0).expect("an item");
    assert_eq!(parse_item(again), Ok(stored));
    true
}
