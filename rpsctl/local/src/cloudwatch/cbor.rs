//! Converts CBOR to JSON values and back, so that the operations need only JSON.

use ciborium::Value as Cbor;
use serde_json::{Number, Value};

/// CBOR's tag for a time in seconds since 1970.
const EPOCH_TAG: u64 = 1;

/// The only member of the responses that contains a time.
const TIME_MEMBER: &str = "Timestamp";

/// Reads a request. Times become seconds since 1970.
pub(super) fn read(body: &[u8]) -> Result<Value, ciborium::de::Error<std::io::Error>> {
    ciborium::from_reader(body).map(json)
}

fn json(value: Cbor) -> Value {
    match value {
        Cbor::Bool(value) => value.into(),
        Cbor::Float(value) => value.into(),
        Cbor::Integer(value) => Number::from_i128(value.into()).map_or(Value::Null, Value::Number),
        Cbor::Text(value) => value.into(),
        Cbor::Tag(_, value) => json(*value),
        Cbor::Array(values) => values.into_iter().map(json).collect(),
        Cbor::Map(members) => {
            let member = |(name, value): (Cbor, Cbor)| Some((name.into_text().ok()?, json(value)));
            Value::Object(members.into_iter().filter_map(member).collect())
        }
        _ => Value::Null,
    }
}

pub(super) fn write(response: &Value) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let (mut response, mut bytes) = (Cbor::serialized(response)?, Vec::new());
    tag_times(&mut response);
    ciborium::into_writer(&response, &mut bytes)?;
    Ok(bytes)
}

fn tag_times(value: &mut Cbor) {
    match value {
        Cbor::Array(values) => values.iter_mut().for_each(tag_times),
        Cbor::Map(members) => {
            for (name, value) in members {
                tag_times(value);
                if name.as_text() == Some(TIME_MEMBER) {
                    *value = Cbor::Tag(EPOCH_TAG, Box::new(value.clone()));
                }
            }
        }
        _ => {}
    }
}
