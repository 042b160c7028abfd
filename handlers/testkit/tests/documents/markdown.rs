//! The parts of Markdown that the rules need.

use std::collections::BTreeSet;

/// The lines outside code blocks.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut is_code = false;
    text.lines().filter(move |line| {
        let is_fence = line.starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    })
}

/// The targets of links and of images.
pub(crate) fn links(text: &str) -> Vec<String> {
    let text = prose(text).collect::<Vec<_>>().join("\n");
    let targets = [("](", ')'), ("src=\"", '"')].map(|(start, end)| {
        let rest = text.split(start).skip(1);
        rest.filter_map(move |rest| rest.split(end).next().map(str::to_owned))
    });
    targets.into_iter().flatten().collect()
}

/// The anchors that GitHub gives to the headings.
pub(crate) fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text).filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let title = line.trim_start_matches('#').trim().to_lowercase();
            let kept = title
                .chars()
                .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
            kept.collect::<String>().replace(' ', "-")
        })
        .collect()
}

/// The text under a heading of the second level, up to the next one.
pub(crate) fn section<'a>(text: &'a str, heading: &str) -> &'a str {
    let (_, rest) = text.split_once(&format!("\n{heading}\n")).expect(heading);
    rest.split("\n## ").next().unwrap_or_default()
}

/// The code in the first column of the tables, without the tables' headings.
pub(crate) fn table_code(text: &str) -> Vec<String> {
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    let cells = rows.filter_map(|row| row.split('|').nth(1));
    let code = cells.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    code.map(str::to_owned).collect()
}
