//! The rules all three batches share, and their answer.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::error::{Code, SqsError};
use super::protocol::{OutgoingMessage, ReceiptEntry};

/// "A single message batch request can include a maximum of 10 messages."
const MAX_ENTRIES: usize = 10;

/// An entry of a batch.
pub(super) trait Entry {
    /// What the answer calls it.
    fn id(&self) -> &str;
}

impl Entry for OutgoingMessage {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Entry for ReceiptEntry {
    fn id(&self) -> &str {
        &self.id
    }
}

/// Refuses a whole batch for its number of entries or for their ids.
pub(super) fn check<E: Entry>(entries: &[E]) -> Result<(), SqsError> {
    let count = entries.len();
    if count == 0 {
        let message = "There should be at least one entry in the request.";
        return Err(SqsError::new(Code::EmptyBatchRequest, message));
    }
    if count > MAX_ENTRIES {
        let message = format!(
            "Maximum number of entries per request are {MAX_ENTRIES}. You have sent {count}."
        );
        return Err(SqsError::new(Code::TooManyEntriesInBatchRequest, message));
    }
    let mut seen = BTreeSet::new();
    for id in entries.iter().map(Entry::id) {
        if !is_id(id) {
            let message = "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.";
            return Err(SqsError::new(Code::InvalidBatchEntryId, message));
        }
        if !seen.insert(id) {
            return Err(SqsError::new(
                Code::BatchEntryIdsNotDistinct,
                format!("Id {id} repeated."),
            ));
        }
    }
    Ok(())
}

fn is_id(id: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    (1..=80).contains(&id.len()) && id.bytes().all(allowed)
}

/// Acts on each entry; what `act` answers stands beside the entry's `Id`.
pub(super) fn each<E: Entry>(
    entries: Vec<E>,
    mut act: impl FnMut(E) -> Result<Value, SqsError>,
) -> Value {
    let (mut successful, mut failed) = (Vec::new(), Vec::new());
    for entry in entries {
        let id = entry.id().to_owned();
        match act(entry) {
            Ok(mut answer) => {
                if answer.is_null() {
                    answer = json!({});
                }
                answer["Id"] = json!(id);
                successful.push(answer);
            }
            Err(error) => failed.push(error.entry(&id)),
        }
    }
    json!({"Successful": successful, "Failed": failed})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(ids: &[&str]) -> Option<Code> {
        let entry = |id: &&str| ReceiptEntry {
            id: (*id).to_owned(),
            ..ReceiptEntry::default()
        };
        let entries: Vec<_> = ids.iter().map(entry).collect();
        check(&entries).err().map(|error| error.code())
    }

    #[test]
    fn a_batch_has_1_to_10_entries_with_different_well_formed_ids() {
        let ids: Vec<String> = (0..11).map(|n| n.to_string()).collect();
        let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        assert_eq!(code(&ids[..10]), None);
        assert_eq!(code(&ids), Some(Code::TooManyEntriesInBatchRequest));
        assert_eq!(code(&[]), Some(Code::EmptyBatchRequest));
        assert_eq!(code(&["a", "b", "a"]), Some(Code::BatchEntryIdsNotDistinct));
        assert_eq!(code(&["aA0-_", &"x".repeat(80)]), None);
        for bad in ["", "a:b", "é", &"x".repeat(81)] {
            assert_eq!(code(&[bad]), Some(Code::InvalidBatchEntryId), "{bad}");
        }
    }
}
