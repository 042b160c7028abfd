//! CBOR as JSON values, and back: the operations know one form only.

use ciborium::Value as Cbor;
use serde_json::{Number, Value};

/// CBOR's tag of a time in seconds since 1970.
const EPOCH: u64 = 1;

/// The only member that is a time in what is answered here.
const TIME: &str = "Timestamp";

/// Reads a request; a time becomes its seconds since 1970.
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
            let named = |(name, value): (Cbor, Cbor)| Some((name.into_text().ok()?, json(value)));
            Value::Object(members.into_iter().filter_map(named).collect())
        }
        _ => Value::Null,
    }
}

pub(super) fn write(answer: &Value) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    let (mut answer, mut bytes) = (Cbor::serialized(answer)?, Vec::new());
    tag_times(&mut answer);
    ciborium::into_writer(&answer, &mut bytes)?;
    Ok(bytes)
}

fn tag_times(value: &mut Cbor) {
    match value {
        Cbor::Array(values) => values.iter_mut().for_each(tag_times),
        Cbor::Map(members) => {
            for (name, value) in members {
                tag_times(value);
                if name.as_text() == Some(TIME) {
                    *value = Cbor::Tag(EPOCH, Box::new(value.clone()));
                }
            }
        }
        _ => {}
    }
}
