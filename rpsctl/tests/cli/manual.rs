//! `rpsctl completions` and `rpsctl man`.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::rpsctl::run;

/// A function is started by `rpsctl local` and by nobody else.
const HIDDEN: &str = "__function";

/// What a command prints that works.
fn printed(line: &str) -> String {
    let ended = run(line.split(' '));
    assert_eq!((ended.code, &*ended.stderr), (Some(0), ""), "{line}");
    assert!(!ended.stdout.contains(HIDDEN), "{line}");
    ended.stdout
}

fn bash(script: &str) -> String {
    let mut bash = Command::new("bash")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("bash runs");
    let mut stdin = bash.stdin.take().expect("piped");
    stdin.write_all(script.as_bytes()).expect("written");
    drop(stdin);
    let output = bash.wait_with_output().expect("ends");
    assert!(output.status.success(), "{script}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn every_shell_is_told_of_a_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = printed(&format!("completions {shell}"));
        // No help text has this word.
        assert!(script.contains("free-tier"), "{shell}");
    }
}

#[test]
fn bash_completes() {
    let script = printed("completions bash");
    for (group, commands) in [
        (
            "rpsctl",
            "local play bots games connections queue dlq doctor cost free-tier completions man help",
        ),
        ("rpsctl games", "list show watch end help"),
        ("rpsctl cost", "prices help"),
    ] {
        let at = group.split(' ').count();
        let last = group.rsplit(' ').next().expect("a word");
        let completed = bash(&format!(
            "{script}\nCOMP_WORDS=({group} ''); COMP_CWORD={at}\n_rpsctl rpsctl '' {last}\necho \"${{COMPREPLY[@]}}\"\n"
        ));
        let (options, words): (Vec<_>, Vec<_>) = completed
            .split_whitespace()
            .partition(|it| it.starts_with('-'));
        assert_eq!(words.join(" "), commands, "{group}");
        assert!(options.contains(&"--stack"), "{group}: {options:?}");
    }
}

/// The page of a command: roff, with its name and its options.
fn is_page(page: &str, title: &str) {
    let name = title.replace('-', "\\-");
    for part in [
        &format!(".TH {title} 1"),
        &format!(".SH NAME\n{name} \\- "),
        ".SH SYNOPSIS\n\\fBrpsctl",
        "\\fB\\-\\-endpoint\\-url\\fR \\fI<URL>\\fR",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains(HIDDEN), "{page}");
}

#[test]
fn a_page_and_those_under_it() {
    let page = printed("man games list");
    is_page(&page, "rpsctl-games-list");
    assert!(
        page.contains(".SH SYNOPSIS\n\\fBrpsctl games list\\fR"),
        "{page}"
    );
    let page = printed("man");
    is_page(&page, "rpsctl");
    for command in ["games", "queue", "doctor"] {
        assert!(page.contains(&format!("rpsctl\\-{command}(1)")), "{page}");
    }
}

/// Which these are is checked against the document.
#[test]
fn all_pages_in_a_directory() {
    let name = uuid::Uuid::new_v4().to_string();
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let path = dir.join("man1");
    assert_eq!(printed(&format!("man --dir {}", path.display())), "");
    let mut titles = Vec::new();
    for page in fs::read_dir(&path).expect("a directory") {
        let page = page.expect("a page").path();
        let title = page.file_stem().expect("a name").to_string_lossy();
        is_page(&fs::read_to_string(&page).expect("a page"), &title);
        titles.push(title.into_owned());
    }
    fs::remove_dir_all(&dir).expect("removed");
    assert!(
        titles.contains(&"rpsctl-games-list".to_owned()),
        "{titles:?}"
    );
    assert!(!titles.iter().any(|it| it.contains("help")), "{titles:?}");

    run(["man", "--dir", "/dev/null/x"]).says(
        1,
        "cannot write the manual into /dev/null/x: Not a directory (os error 20)",
    );
}

#[test]
fn no_such_page() {
    run(["man", "gmaes"]).says(2, "rpsctl has no command 'gmaes'; it has local, play, bots, games, connections, queue, dlq, doctor, cost, free-tier, completions, man");
    run(["man", "games", "list", "x"]).says(2, "rpsctl games list has no command 'x'; it has none");
    assert_eq!(run(["man", "games", "--dir", "x"]).code, Some(2));
    assert_eq!(run(["man", HIDDEN]).code, Some(2));
    assert_eq!(run(["completions", "tcsh"]).code, Some(2));
}
