//! `docs/protocol.md` has every word of the protocol and no other, and the clients as they are.

use std::collections::BTreeSet;

use crate::protocol::asyncapi::schemas::messages;
use crate::protocol::asyncapi::{DOCUMENT, words};
use crate::{ClientMessage, ServerMessage};

const PAGE: &str = include_str!("../../../../docs/protocol.md");
const CLIENTS: [(&str, &str); 2] = [
    ("js", include_str!("../../../../docs/clients/client.js")),
    ("python", include_str!("../../../../docs/clients/client.py")),
];

/// What is in backticks.
fn ticked(text: &str) -> BTreeSet<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The cells of the table with that heading, row by row.
fn table(heading: &str) -> impl Iterator<Item = Vec<&'static str>> {
    let (_, rows) = PAGE
        .split_once(&format!("\n| `{heading}` |"))
        .expect(heading);
    let rows = rows.lines().skip(2).take_while(|row| row.starts_with('|'));
    rows.map(|row| row.split('|').skip(1).collect())
}

fn first_column(heading: &str) -> BTreeSet<&'static str> {
    table(heading).flat_map(|cells| ticked(cells[0])).collect()
}

/// The text of the code block in that language.
fn block(language: &str) -> &'static str {
    let (_, rest) = PAGE
        .split_once(&format!("\n```{language}\n"))
        .expect(language);
    rest.split("```\n").next().expect("an end")
}

#[test]
fn the_tables_have_every_word() {
    let of_messages = [
        ("action", messages::<ClientMessage>("action")),
        ("type", messages::<ServerMessage>("type")),
    ];
    for (tag, messages) in of_messages {
        for (name, word) in &messages {
            let schema = &DOCUMENT["components"]["schemas"][name]["properties"];
            let fields = schema.as_object().expect("fields").keys();
            let fields: BTreeSet<_> = fields.map(String::as_str).filter(|it| *it != tag).collect();
            let mut rows = table(tag).filter(|cells| ticked(cells[0]).contains(&**word));
            let row = rows.next().expect(word);
            assert_eq!(ticked(row[1]), fields, "{word}");
        }
        assert_eq!(first_column(tag).len(), messages.len());
    }
    assert_eq!(first_column("reason"), words("Reason"));
    assert_eq!(first_column("code"), words("ErrorCode"));
    let outcomes = table("reason").map(|cells| cells[1].trim());
    let outcomes: BTreeSet<_> = outcomes.flat_map(|it| it.split(", ")).collect();
    assert_eq!(outcomes, words("Outcome"));
}

/// Every message, and every refusal that says something about the state.
#[test]
fn the_diagram_has_every_word() {
    let actions = messages::<ClientMessage>("action");
    let types = messages::<ServerMessage>("type");
    let messages = actions.iter().chain(&types).map(|(_, word)| &**word);
    let mut expected: BTreeSet<_> = messages.chain(words("ErrorCode")).collect();
    for anywhere in ["error", "bad-request", "unknown-action", "try-again"] {
        assert!(expected.remove(anywhere), "{anywhere}");
    }
    let labels = block("mermaid")
        .lines()
        .filter_map(|line| line.split_once(": "));
    let said = labels.flat_map(|(_, label)| label.split(' '));
    let said = said.filter(|it| it.contains('-') || *it == "waiting");
    assert_eq!(said.collect::<BTreeSet<_>>(), expected);
}

#[test]
fn the_clients_are_shown_as_they_are_and_are_short() {
    for (language, client) in CLIENTS {
        assert_eq!(block(language), client);
        assert!(client.lines().count() <= 30, "{language}");
    }
}
