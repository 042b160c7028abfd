//! A stack: one deployment of the game, created by `pulumi up`.
//!
//! Resource names derive from the stack name, by the functions of this module. `pulumi up` stores the
//! ids that AWS generates in one item of the stack's table, [`Stack`]. So rpsctl needs only the stack
//! name.

use serde::{Deserialize, Serialize};

use crate::names::Function;

/// Maximum length of a stack name. The longest name that derives from it, a function's, then has 57
/// characters; Lambda allows 64.
pub const MAX_NAME_CHARS: usize = 40;

/// The rule for stack names, for error messages.
pub const NAME_TAKES: &str =
    "up to 40 lower-case letters, digits and single hyphens, beginning with a letter";

/// Checks a stack name against the strictest naming rules of AWS, which are those of S3.
pub fn is_name(stack: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    stack.len() <= MAX_NAME_CHARS
        && stack.starts_with(|c: char| c.is_ascii_lowercase())
        && stack.chars().all(plain)
        && !stack.ends_with('-')
        && !stack.contains("--")
}

pub fn table(stack: &str) -> String {
    format!("rps-{stack}")
}

pub fn of_table(table: &str) -> Option<&str> {
    table.strip_prefix("rps-").filter(|stack| is_name(stack))
}

pub fn queue(stack: &str) -> String {
    format!("rps-{stack}-rounds")
}

pub fn dead_letter_queue(stack: &str) -> String {
    format!("rps-{stack}-rounds-dead")
}

/// The name of a function.
pub fn function(stack: &str, function: Function) -> String {
    format!("rps-{stack}-{}", function.name())
}

pub fn log_group(stack: &str, function: Function) -> String {
    format!("/aws/lambda/{}", self::function(stack, function))
}

/// The key of the item that describes the stack.
pub const ITEM_KEY: &str = "STACK";

/// The stack's description: the item [`ITEM_KEY`] of its table, written by `pulumi up`. All attributes
/// are strings. Readers ignore unknown attributes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stack {
    /// The players' WebSocket URL.
    pub socket: String,
    /// The URL of the players' page, if the stack serves one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// The id of the CloudFront distribution that serves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distribution: Option<String>,
    pub queue_url: String,
    pub dead_letter_queue_url: String,
    /// The UUID of the event source mapping from the queue to `decide`.
    pub event_source_mapping: String,
    pub api: String,
    pub stage: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stack_names_follow_the_rule() {
        for good in ["dev", "a", "prod-2", &"a".repeat(40)] {
            assert!(is_name(good), "{good}");
            assert_eq!(of_table(&table(good)), Some(good));
        }
        for bad in [
            "",
            "Dev",
            "2nd",
            "-dev",
            "dev-",
            "a--b",
            "a.b",
            "a_b",
            "é",
            &"a".repeat(41),
        ] {
            assert!(!is_name(bad), "{bad}");
        }
        assert_eq!(of_table("rps"), None);
        assert_eq!(of_table("other"), None);
    }

    #[test]
    fn the_longest_names_fit() {
        let stack = "a".repeat(MAX_NAME_CHARS);
        for of in Function::ALL {
            // Lambda: 64 characters.
            assert!(function(&stack, of).len() <= 64);
        }
        // SQS: 80 characters.
        assert!(dead_letter_queue(&stack).len() <= 80);
    }
}
