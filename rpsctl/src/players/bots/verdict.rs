//! Whether the two players of a game were told the same truth.

use std::collections::BTreeMap;

use rps_game::{Outcome, Play, Reason};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Side {
    /// The draws: own and opponent's play by round.
    pub(super) drawn: BTreeMap<u32, (Play, Play)>,
    pub(super) end: Option<End>,
    /// Whether the player was told two things that cannot both be true.
    pub(super) contradicted: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct End {
    pub(super) rounds: u32,
    pub(super) outcome: Outcome,
    pub(super) reason: Reason,
    pub(super) you: Option<Play>,
    pub(super) opponent: Option<Play>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Agreed,
    /// Only one player is ours, and that one was told the end.
    OneSided,
    /// A player never heard the end.
    Lost,
    Contradictory,
}

/// Judges a game by what our players were told: one of them, or both.
pub(super) fn judge(sides: &[Side]) -> Verdict {
    let agreed = match sides {
        [one] => one.is_sound(),
        [one, other] => one.is_sound() && other.is_sound() && one.agrees_with(other),
        _ => false,
    };
    if !agreed {
        Verdict::Contradictory
    } else if sides.iter().any(|side| side.end.is_none()) {
        Verdict::Lost
    } else if sides.len() == 1 {
        Verdict::OneSided
    } else {
        Verdict::Agreed
    }
}

impl Side {
    /// Whether it can be true by itself.
    fn is_sound(&self) -> bool {
        !self.contradicted
            && self.drawn.values().all(|(you, opponent)| you == opponent)
            && self.end.is_none_or(End::is_sound)
    }

    fn agrees_with(&self, other: &Self) -> bool {
        let draws = self.drawn.iter().all(|(round, plays)| {
            // After a crash one of the two may not have heard of a draw.
            other.drawn.get(round).is_none_or(|theirs| theirs == plays)
        });
        let ends = match (self.end, other.end) {
            (Some(one), Some(other)) => one.mirrors(other),
            _ => true,
        };
        draws && ends
    }
}

impl End {
    /// Whether outcome, reason and plays go together.
    fn is_sound(self) -> bool {
        match (self.outcome, self.reason, self.you, self.opponent) {
            (Outcome::Won, Reason::Plays, Some(you), Some(opponent)) => you.beats(opponent),
            (Outcome::Lost, Reason::Plays, Some(you), Some(opponent)) => opponent.beats(you),
            (Outcome::Drawn, Reason::DrawLimit, you, opponent) => you.is_some() && you == opponent,
            (Outcome::Won, Reason::OpponentDidNotPlay, you, None) => you.is_some(),
            (Outcome::Lost, Reason::YouDidNotPlay, None, opponent) => opponent.is_some(),
            (Outcome::Abandoned, Reason::NobodyPlayed, None, None)
            | (Outcome::Won, Reason::OpponentLeft, _, None)
            | (Outcome::Abandoned, Reason::EndedByOperator, _, None) => true,
            _ => false,
        }
    }

    /// Whether this is the same end, seen from the other seat.
    fn mirrors(self, other: Self) -> bool {
        let reasons = match self.reason {
            Reason::OpponentDidNotPlay => other.reason == Reason::YouDidNotPlay,
            Reason::YouDidNotPlay => other.reason == Reason::OpponentDidNotPlay,
            // Who left is told nothing.
            Reason::OpponentLeft => false,
            same => other.reason == same,
        };
        let secret = self.reason == Reason::EndedByOperator;
        let plays = secret || (self.you, self.opponent) == (other.opponent, other.you);
        // With sound ends on both sides the outcomes follow from reasons and plays.
        self.rounds == other.rounds && reasons && plays
    }
}

#[cfg(test)]
mod tests {
    use rps_game::Outcome::{self, Abandoned, Drawn, Won};
    use rps_game::Play::{self, Paper, Rock, Scissors};
    use rps_game::Reason::{self, OpponentLeft, Plays};

    use super::Verdict::{Agreed, Contradictory, Lost, OneSided};
    use super::{End, Side, judge};

    type Change = fn(&mut Side, &mut End);

    fn side(outcome: Outcome, reason: Reason, you: Option<Play>, opponent: Option<Play>) -> Side {
        Side {
            end: Some(End {
                rounds: 2,
                outcome,
                reason,
                you,
                opponent,
            }),
            drawn: [(1, (Paper, Paper))].into(),
            contradicted: false,
        }
    }

    fn won() -> Side {
        side(Won, Plays, Some(Rock), Some(Scissors))
    }

    fn lost() -> Side {
        side(Outcome::Lost, Plays, Some(Scissors), Some(Rock))
    }

    #[test]
    fn every_end_of_the_protocol_agrees_with_its_mirror_and_no_other() {
        let (rock, paper) = (Some(Rock), Some(Paper));
        let drawn = side(Drawn, Reason::DrawLimit, paper, paper);
        let nobody = side(Abandoned, Reason::NobodyPlayed, None, None);
        let ends = [
            (won(), lost()),
            (
                side(Won, Reason::OpponentDidNotPlay, rock, None),
                side(Outcome::Lost, Reason::YouDidNotPlay, None, rock),
            ),
            (nobody.clone(), nobody),
            (drawn.clone(), drawn),
            (
                side(Abandoned, Reason::EndedByOperator, rock, None),
                side(Abandoned, Reason::EndedByOperator, None, None),
            ),
        ];
        for (i, (one, _)) in ends.iter().enumerate() {
            for (j, (_, other)) in ends.iter().enumerate() {
                let agreed = judge(&[one.clone(), other.clone()]) == Agreed;
                assert_eq!(agreed, i == j, "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn what_players_were_told_is_judged() {
        let silent = Side::default;
        let left = side(Won, OpponentLeft, None, None);
        for (case, sides, verdict) in [
            ("a stranger", vec![won()], OneSided),
            ("one heard no end", vec![won(), silent()], Lost),
            ("ours heard no end", vec![silent()], Lost),
            ("both won", vec![won(), won()], Contradictory),
            ("three", vec![won(), lost(), lost()], Contradictory),
            ("both left", vec![left.clone(), left], Contradictory),
        ] {
            assert_eq!(judge(&sides), verdict, "{case}");
        }
        let changed = |change: Change| {
            let (mut side, mut end) = (won(), won().end.unwrap());
            change(&mut side, &mut end);
            side.end = Some(end);
            judge(&[side, lost()])
        };
        let contradictions: [(&str, Change); 6] = [
            ("another round", |_, end| end.rounds = 3),
            ("another play", |_, end| end.you = Some(Paper)),
            ("won and lost", |_, end| end.outcome = Outcome::Lost),
            ("other draw", |it, _| it.drawn = [(1, (Rock, Rock))].into()),
            ("no draw", |it, _| it.drawn = [(1, (Rock, Paper))].into()),
            ("two truths", |it, _| it.contradicted = true),
        ];
        for (case, change) in contradictions {
            assert_eq!(changed(change), Contradictory, "{case}");
        }
        assert_eq!(changed(|_, _| ()), Agreed);
        let one_heard_of_a_draw = changed(|it, _| it.drawn.clear());
        assert_eq!(one_heard_of_a_draw, Agreed);
    }
}
