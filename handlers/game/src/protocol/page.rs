//! `docs/protocol.md` lists exactly the words of the protocol, and shows the sample clients unchanged.

use std::collections::BTreeSet;

use crate::protocol::asyncapi::schemas::messages;
use crate::protocol::asyncapi::{DOCUMENT, words};
use crate::{ClientMessage, ServerMessage};

const PAGE: &str = include_str!("../../../../docs/protocol.md");
const CLIENTS: [(&str, &str); 2] = [
    ("js", include_str!("../../../../docs/clients/client.js")),
    ("python", include_str!("../../../../docs/clients/client.py")),
];

/// The words in backticks.
fn quoted_words(text: &str) -> BTreeSet<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The cells of the table with this heading, row by row.
fn table(heading: &str) -> impl Iterator<Item = Vec<&'static str>> {
    let (_, rows) = PAGE
        .split_once(&format!("\n| `{heading}` |"))
        .expect(heading);
    let rows = rows.lines().skip(2).take_while(|row| row.starts_with('|'));
    rows.map(|row| row.split('|').skip(1).collect())
}

fn first_column(heading: &str) -> BTreeSet<&'static str> {
    table(heading)
        .flat_map(|cells| quoted_words(cells[0]))
        .collect()
}

/// The text of the code block in this language.
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
            let mut rows = table(tag).filter(|cells| quoted_words(cells[0]).contains(&**word));
            let row = rows.next().expect(word);
            assert_eq!(quoted_words(row[1]), fields, "{word}");
        }
        assert_eq!(first_column(tag).len(), messages.len());
    }
    assert_eq!(first_column("reason"), words("Reason"));
    assert_eq!(first_column("code"), words("ErrorCode"));
    let outcomes = table("reason").map(|cells| cells[1].trim());
    let outcomes: BTreeSet<_> = outcomes.flat_map(|it| it.split(", ")).collect();
    assert_eq!(outcomes, words("Outcome"));
}

/// The diagram shows every message, and every error that depends on the player's state.
#[test]
fn the_diagram_has_every_word() {
    let actions = messages::<ClientMessage>("action");
    let types = messages::<ServerMessage>("type");
    let messages = actions.iter().chain(&types).map(|(_, word)| &**word);
    let mut expected: BTreeSet<_> = messages.chain(words("ErrorCode")).collect();
    for stateless in ["error", "bad-request", "unknown-action", "try-again"] {
        assert!(expected.remove(stateless), "{stateless}");
    }
    let labels = block("mermaid")
        .lines()
        .filter_map(|line| line.split_once(": "));
    let words = labels.flat_map(|(_, label)| label.split(' '));
    let shown = words.filter(|it| it.contains('-') || *it == "waiting");
    assert_eq!(shown.collect::<BTreeSet<_>>(), expected);
}

#[test]
fn the_page_shows_the_clients_unchanged_and_they_are_short() {
    for (language, client) in CLIENTS {
        assert_eq!(block(language), client);
        assert!(client.lines().count() <= 30, "{language}");
    }
}
