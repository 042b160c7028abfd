//! `rpsctl completions` and `rpsctl man`.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::rpsctl::run;

/// A function is started by `rpsctl local` and by nobody else.
const HIDDEN: &str = "__function";

/// The commands that have no further ones.
const COMMANDS: [&str; 11] = [
    "local",
    "play",
    "bots",
    "games list",
    "games show",
    "games watch",
    "games end",
    "doctor",
    "cost prices",
    "completions",
    "man",
];

fn completions(shell: &str) -> String {
    let ended = run(["completions", shell]);
    assert_eq!((ended.code, &*ended.stderr), (Some(0), ""), "{shell}");
    ended.stdout
}

fn bash(args: &[&str], script: &str) -> String {
    let mut bash = Command::new("bash")
        .args(args)
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
fn every_shell_is_told_every_command() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = completions(shell);
        assert!(!script.contains(HIDDEN), "{shell}");
        for command in COMMANDS {
            let word = command.rsplit(' ').next().expect("a word");
            assert!(script.contains(word), "{shell} {command}");
        }
    }
}

#[test]
fn bash_completes() {
    let script = completions("bash");
    bash(&["-n"], &script);
    let asked = "COMP_WORDS=(rpsctl games ''); COMP_CWORD=2\n_rpsctl rpsctl '' games\necho \"${COMPREPLY[@]}\"\n";
    let completed = bash(&[], &format!("{script}\n{asked}"));
    let words: Vec<_> = completed.split_whitespace().collect();
    for word in ["list", "show", "watch", "end", "--stack"] {
        assert!(words.contains(&word), "{word}: {completed}");
    }
}

/// The page of a command: roff, with its name and its options.
fn is_page(page: &str, command: &str) {
    let name = format!("rpsctl {command}").trim_end().to_owned();
    let title = name.replace(' ', "-");
    assert!(page.contains(&format!(".TH {title} 1")), "{page}");
    let written = title.replace('-', "\\-");
    assert!(
        page.contains(&format!(".SH NAME\n{written} \\- ")),
        "{page}"
    );
    assert!(
        page.contains(&format!(".SH SYNOPSIS\n\\fB{name}\\fR")),
        "{page}"
    );
    assert!(
        page.contains("\\fB\\-\\-endpoint\\-url\\fR \\fI<URL>\\fR"),
        "{page}"
    );
    assert!(!page.contains(HIDDEN), "{page}");
}

#[test]
fn every_command_has_a_page() {
    for command in COMMANDS.into_iter().chain(["", "games"]) {
        let ended = run(["man"].into_iter().chain(command.split_whitespace()));
        assert_eq!((ended.code, &*ended.stderr), (Some(0), ""), "{command}");
        is_page(&ended.stdout, command);
    }
    let page = run(["man"]).stdout;
    for command in ["games", "queue", "doctor"] {
        assert!(page.contains(&format!("rpsctl\\-{command}(1)")), "{page}");
    }
}

#[test]
fn all_pages_in_a_directory() {
    let name = uuid::Uuid::new_v4().to_string();
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(name)
        .join("man1");
    let path = dir.to_str().expect("UTF-8");
    let ended = run(["man", "--dir", path]);
    assert_eq!(
        (ended.code, &*ended.stdout, &*ended.stderr),
        (Some(0), "", "")
    );
    for command in COMMANDS.into_iter().chain(["", "games"]) {
        let name = format!("rpsctl {command}").trim_end().replace(' ', "-");
        let page = fs::read_to_string(dir.join(name + ".1")).expect("a page");
        is_page(&page, command);
    }
    let names = fs::read_dir(&dir).expect("a directory");
    let mut names = names.map(|it| it.expect("a page").file_name());
    assert!(names.all(|it| !it.to_string_lossy().contains("help")));
    fs::remove_dir_all(dir.parent().expect("ours")).expect("removed");

    let ended = run(["man", "--dir", "/dev/null/x"]);
    ended.says(
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
