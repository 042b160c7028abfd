//! CBOR as JSON values, and back: the operations know one form only.

use ciborium::{Value as Cbor, value::Error};
use serde_json::{Map, Number, Value};

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
    let mut bytes = Vec::new();
    ciborium::into_writer(&cbor(answer)?, &mut bytes)?;
    Ok(bytes)
}

fn cbor(value: &Value) -> Result<Cbor, Error> {
    match value {
        Value::Array(values) => values
            .iter()
            .map(cbor)
            .collect::<Result<_, _>>()
            .map(Cbor::Array),
        Value::Object(members) => object(members),
        other => Cbor::serialized(other),
    }
}

fn object(members: &Map<String, Value>) -> Result<Cbor, Error> {
    let members = members.iter().map(|(name, value)| {
        let value = cbor(value)?;
        let value = match name.as_str() {
            TIME => Cbor::Tag(EPOCH, Box::new(value)),
            _ => value,
        };
        Ok((Cbor::Text(name.clone()), value))
    });
    members.collect::<Result<_, _>>().map(Cbor::Map)
}
