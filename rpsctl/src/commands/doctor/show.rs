//! Prints findings as lines of text, because sentences in table cells are hard to read.

use std::iter::once;

use super::finding::{CheckState, Finding};
use crate::output::{self, NARROW, Paint, Text, labelled};

const CHECK_WIDTH: usize = 14;
const STATE_WIDTH: usize = 9;

pub(super) fn text(findings: &[Finding]) -> Text {
    lines(findings, Paint::stdout(), output::width())
}

fn lines(findings: &[Finding], paint: Paint, width: usize) -> Text {
    let texts = findings.iter().map(|it| finding_text(it, paint, width));
    Text::join(texts, "\n")
}

pub(super) fn head(findings: &[Finding]) -> String {
    let count = |state| findings.iter().filter(|it| it.state == state).count();
    let [ok, wrong, unknown] = [CheckState::Ok, CheckState::Wrong, CheckState::Unknown].map(count);
    format!("{ok} ok, {wrong} wrong, {unknown} unknown")
}

fn finding_text(finding: &Finding, paint: Paint, width: usize) -> Text {
    let remedy = finding.remedy.iter();
    let remedy = remedy.map(|remedy| ("", format!("-> {remedy}")));
    let (state, painted) = match finding.state {
        CheckState::Ok => ("ok", paint.good("ok")),
        CheckState::Wrong => ("wrong", paint.bad("wrong")),
        CheckState::Unknown => ("unknown", paint.even("unknown")),
    };
    let texts: Vec<_> = once(("", finding.found.clone())).chain(remedy).collect();
    let rest = if width < NARROW {
        format!("\n{}", labelled(width, 2, &texts))
    } else {
        let texts = labelled(width, CHECK_WIDTH + STATE_WIDTH, &texts);
        // The check and its state take the indent of the first line.
        format!(
            "{:1$}{2}",
            "",
            STATE_WIDTH - state.len(),
            texts.trim_start()
        )
    };
    let check = format!("{:CHECK_WIDTH$}", finding.check);
    Text::join([check.into(), painted, rest.into()], "")
}

#[cfg(test)]
mod tests {
    use super::super::finding::{CheckResult, Finding};
    use super::{head, lines};
    use crate::exit::{Exit, Failure};
    use crate::output::{Paint, Text};

    #[test]
    fn findings_fit_a_narrow_terminal() {
        let findings = [
            Finding::new("table", Ok(CheckResult::ok("rps is ACTIVE"))),
            Finding::new(
                "dead-letters",
                Ok(CheckResult::wrong("3 of them", "look at them")),
            ),
            Finding::new(
                "ttl",
                Err(Failure::new(
                    Exit::Refused,
                    "AWS does not allow dynamodb:DescribeTimeToLive on the table rps",
                )),
            ),
        ];
        assert_eq!(head(&findings), "1 ok, 1 wrong, 1 unknown");
        let narrow = "\
table         ok
  rps is ACTIVE
dead-letters  wrong
  3 of them
  -> look at them
ttl           unknown
  AWS does not allow
  dynamodb:DescribeTimeToLive on the
  table rps";
        assert_eq!(lines(&findings, Paint::never(), 40), Text::from(narrow));
        for width in 0..3 {
            lines(&findings, Paint::never(), width);
        }
    }
}
