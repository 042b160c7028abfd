//! The MD5 checksums the SDKs compare with their own.

use super::content::{AttributeValue, MessageAttribute};

/// Lower-case hex, as in `MD5OfMessageBody`.
pub(super) fn md5_hex(bytes: &[u8]) -> String {
    format!("{:x}", md5::compute(bytes))
}

/// `MD5OfMessageAttributes`, none without attributes.
///
/// "Calculating the MD5 message digest for message attributes" in the SQS Developer Guide: in the order
/// of names, each of name, type and value behind its length, and a byte for the kind of value.
pub(super) fn md5_of_attributes<'a>(
    attributes: impl Iterator<Item = (&'a String, &'a MessageAttribute)>,
) -> Option<String> {
    let mut encoded = Vec::new();
    let put = |encoded: &mut Vec<u8>, bytes: &[u8]| {
        encoded.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
        encoded.extend(bytes);
    };
    for (name, attribute) in attributes {
        put(&mut encoded, name.as_bytes());
        put(&mut encoded, attribute.data_type.as_bytes());
        encoded.push(match attribute.value {
            AttributeValue::Text(_) => 1,
            AttributeValue::Binary(_) => 2,
        });
        put(&mut encoded, attribute.value.bytes());
    }
    (!encoded.is_empty()).then(|| md5_hex(&encoded))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn attribute(data_type: &str, value: AttributeValue) -> MessageAttribute {
        MessageAttribute {
            data_type: data_type.to_owned(),
            value,
        }
    }

    /// Values that AWS itself answered, as recorded in `LocalStack`'s tests against AWS.
    #[test]
    fn checksums_are_those_aws_answers() {
        assert_eq!(md5_hex(b"test"), "098f6bcd4621d373cade4e832627b4f6");
        let bytes = b"traceparent\x1e00-774062d6c37081a5a0b9b5b88e30627c-2d2482211f6489da-01";
        for (name, attribute, md5) in [
            (
                "MyAttribute",
                attribute("String", AttributeValue::Text("foobar".to_owned())),
                "adb59cd4678ea5a855436b949cd07ab6",
            ),
            (
                "attr1",
                attribute("Binary", AttributeValue::Binary(bytes.to_vec())),
                "8cbe4db156db8a94db8b801b7addb984",
            ),
        ] {
            let attributes = BTreeMap::from([(name.to_owned(), attribute)]);
            assert_eq!(md5_of_attributes(attributes.iter()).as_deref(), Some(md5));
        }
        assert_eq!(md5_of_attributes(BTreeMap::new().iter()), None);
    }
}
