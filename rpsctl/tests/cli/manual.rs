//! `rpsctl completions` and `rpsctl man`. documents.rs compares the pages with docs/rpsctl.md.

use std::io::Write;
use std::process::{Command, Stdio};

use crate::rpsctl::run;

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
fn bash_completes_commands_and_options() {
    let script = run(["completions", "bash"]).quietly().stdout;
    for (group, commands) in [
        (
            "rpsctl",
            "local play bots games connections queue dlq doctor cost free-tier completions man help",
        ),
        ("rpsctl games", "list show watch end help"),
        ("rpsctl queue", "status drain pause resume help"),
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

#[test]
fn a_page_refers_to_the_pages_of_subcommands() {
    let page = run(["man", "games", "list"]).quietly();
    page.prints(".TH rpsctl-games-list 1");
    page.prints(".SH NAME\nrpsctl\\-games\\-list \\- List games");
    page.prints(".SH SYNOPSIS\n\\fBrpsctl games list\\fR");
    page.prints("\\fB\\-\\-endpoint\\-url\\fR \\fI<URL>\\fR");
    run(["man"]).quietly().prints("rpsctl\\-games(1)");
}

#[test]
fn a_page_that_does_not_exist_is_refused() {
    run(["man", "gmaes"]).says(2, "rpsctl has no command 'gmaes': use one of local, play, bots, games, connections, queue, dlq, doctor, cost, free-tier, completions, man");
    run(["man", "games", "list", "x"]).says(
        2,
        "rpsctl games list has no command 'x': it has no commands",
    );
    run(["man", "--dir", "/dev/null/x"]).says(
        1,
        "cannot write the manual pages to /dev/null/x: Not a directory (os error 20)",
    );
}
