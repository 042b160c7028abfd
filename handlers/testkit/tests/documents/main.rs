//! Rules for the documents: their size, their form and their links, and phrases that no text may contain.

mod markdown;

use std::fs;
use std::path::{Path, PathBuf};

use self::markdown::{anchors, links, section, table_code};

const README_LINES: usize = 150;
const ARCHITECTURE_WORDS: usize = 2000;
const DECISION_WORDS: usize = 400;
const DECISION_HEADINGS: [&str; 3] = ["## Context", "## Decision", "## Consequences"];

/// Phrases whose grammar hides the subject, in lower case. Add each one that a review finds.
const PHRASES: &[&str] = &[
    "against oneself",
    "and is told so",
    "else what",
    "has nothing to do any more",
    "have nothing to do any more",
    "hears so at once",
    "is brought to the others",
    "is in no other",
    "is no name of",
    "is said and left out",
    "item does not read",
    "items do not read",
    "of each as much",
    "of which that is not known",
    "says so at once",
    "so is the",
    "that of the",
    "those that",
    "was asked, which",
    "what does not read",
    "what is left",
    "what it is made of",
    "what is used",
    "who waits alone is brought",
    "who wants to play against",
    "whoever",
];

/// Files whose text people read.
const EXTENSIONS: &[&str] = &["rs", "md", "py", "js", "sh", "yaml", "toml"];

/// A generated file, and the list of phrases itself.
const EXEMPT: &[&str] = &[
    "docs/asyncapi.yaml",
    "handlers/testkit/tests/documents/main.rs",
];

#[test]
fn the_readme_is_short() {
    let lines = read("README.md").lines().count();
    assert!(
        lines <= README_LINES,
        "README.md has {lines} lines, more than {README_LINES}"
    );
}

#[test]
fn the_architecture_is_short() {
    let words = read("docs/architecture.md").split_whitespace().count();
    assert!(
        words <= ARCHITECTURE_WORDS,
        "docs/architecture.md has {words} words, more than {ARCHITECTURE_WORDS}"
    );
}

#[test]
fn decisions_are_short() {
    let words = |file: &String| read(file).split_whitespace().count();
    let long = decisions()
        .into_iter()
        .filter(|file| words(file) > DECISION_WORDS);
    assert_none(long.map(|file| format!("{file} has {} words", words(&file))));
}

#[test]
fn decisions_have_context_decision_and_consequences() {
    assert_none(decisions().into_iter().filter(|file| {
        let text = read(file);
        let headings = text.lines().filter(|line| line.starts_with("## "));
        headings.ne(DECISION_HEADINGS)
    }));
}

#[test]
fn the_index_lists_every_decision() {
    let index = read("docs/decisions/README.md");
    let listed = links(&index);
    assert_none(decisions().into_iter().filter(|file| {
        let name = file.rsplit('/').next().unwrap_or_default();
        !listed.iter().any(|link| link == name)
    }));
}

#[test]
fn relative_links_lead_to_files_and_headings() {
    let mut broken = Vec::new();
    for file in documents() {
        for link in links(&read(&file))
            .iter()
            .filter(|link| !link.contains(':'))
        {
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let folder = root().join(&file).parent().expect("a folder").to_owned();
            let target = if path.is_empty() {
                root().join(&file)
            } else {
                folder.join(path)
            };
            let has_anchor = || anchors(&text_of(&target)).contains(anchor);
            if !target.exists() || !(anchor.is_empty() || has_anchor()) {
                broken.push(format!("{file} links to {link}"));
            }
        }
    }
    assert_none(broken);
}

/// Computes the games from the same figure as the costs.
#[test]
fn the_documents_say_how_many_games_the_free_capacity_allows() {
    const FREE_WRITE_UNITS: f64 = 25.0;
    let costs = read("docs/costs.md");
    let of_game = costs.split("| DynamoDB write units | ").nth(1);
    let of_game = of_game.and_then(|row| row.split(' ').next()?.parse::<f64>().ok());
    let games = FREE_WRITE_UNITS / of_game.expect("write units");
    let row = format!("| {games:.1} | Set `billing` to on-demand |");
    assert!(read("docs/deploy.md").contains(&row), "{row}");
    let setting = format!("enough for {games:.1} games per second");
    assert!(read("Pulumi.yaml").contains(&setting), "{setting}");
}

#[test]
fn the_functions_can_log_each_line_of_the_runbook() {
    let sources: String = files_under("handlers", &["rs"])
        .iter()
        .map(|file| read(file))
        .collect();
    let runbook = read("docs/runbook.md");
    let lines = table_code(section(&runbook, "## What the functions log"));
    assert!(lines.len() > 10, "{lines:?}");
    assert_none(lines.into_iter().filter(|line| {
        let is_logged = match line.split_once("...") {
            None => sources.contains(&format!("\"{line}\"")),
            Some(_) => line.split("...").all(|part| sources.contains(part)),
        };
        !is_logged
    }));
}

#[test]
fn no_text_has_a_phrase_without_a_subject() {
    let mut faults = Vec::new();
    let files = files_under("", EXTENSIONS);
    for file in files.iter().map(String::as_str).chain([".ci/run"]) {
        let text = sentences(&read(file));
        let phrases = PHRASES.iter().filter(|phrase| text.contains(**phrase));
        if !EXEMPT.contains(&file) {
            faults.extend(phrases.map(|phrase| format!("{file}: {phrase}")));
        }
    }
    assert_none(faults);
}

/// The text in lower case and in one line, without the marks of comments and of continued strings, so that a
/// phrase is found across lines.
fn sentences(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let line = line.trim().trim_start_matches(['/', '!', '#', '*']);
        line.trim_end_matches('\\').trim()
    });
    lines.collect::<Vec<_>>().join(" ").to_lowercase()
}

#[track_caller]
fn assert_none(faults: impl IntoIterator<Item = String>) {
    let faults: Vec<_> = faults.into_iter().collect();
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn documents() -> Vec<String> {
    let mut documents = files_under("docs", &["md"]);
    documents.push("README.md".to_owned());
    documents
}

fn decisions() -> Vec<String> {
    let mut decisions = files_under("docs/decisions", &["md"]);
    decisions.retain(|file| !file.ends_with("/README.md"));
    decisions
}

/// The files with these extensions in a folder and below, relative to the project's folder.
fn files_under(folder: &str, extensions: &[&str]) -> Vec<String> {
    let mut folders = vec![root().join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let extension = path.extension().unwrap_or_default();
            if path.is_dir() && name != "target" && !name.starts_with('.') {
                folders.push(path);
            } else if extensions.iter().any(|allowed| extension == *allowed) {
                files.push(shown(&path));
            }
        }
    }
    files
}

fn shown(path: &Path) -> String {
    let relative: PathBuf = path.strip_prefix(root()).expect("below").into();
    relative.display().to_string()
}

fn read(file: &str) -> String {
    text_of(&root().join(file))
}

fn text_of(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
