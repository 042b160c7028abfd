//! `rpsctl completions` and `rpsctl man`. Which pages there are is checked against docs/rpsctl.md.

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
fn bash_completes() {
    let script = run(["completions", "bash"]).quietly().stdout;
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

#[test]
fn a_page_and_those_under_it() {
    let page = run(["man", "games", "list"]).quietly();
    page.prints(".TH rpsctl-games-list 1");
    page.prints(".SH NAME\nrpsctl\\-games\\-list \\- List them");
    page.prints(".SH SYNOPSIS\n\\fBrpsctl games list\\fR");
    page.prints("\\fB\\-\\-endpoint\\-url\\fR \\fI<URL>\\fR");
    run(["man"]).quietly().prints("rpsctl\\-games(1)");
}

#[test]
fn no_such_page() {
    run(["man", "gmaes"]).says(2, "rpsctl has no command 'gmaes'; it has local, play, bots, games, connections, queue, dlq, doctor, cost, free-tier, completions, man");
    run(["man", "games", "list", "x"]).says(2, "rpsctl games list has no command 'x'; it has none");
    run(["man", "--dir", "/dev/null/x"]).says(
        1,
        "cannot write the manual into /dev/null/x: Not a directory (os error 20)",
    );
}
