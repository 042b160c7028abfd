//! Check that the players of a game got consistent messages.

use std::collections::BTreeMap;

use rps_game::{Opponent, Outcome, Play, Reason, ServerMessage};

/// A game as one player saw it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct PlayerView {
    /// The opponent that the player asked for.
    pub(super) opponent: Opponent,
    /// The draws by round: the player's play and the opponent's.
    pub(super) drawn: BTreeMap<u32, (Play, Play)>,
    pub(super) end: Option<GameEnd>,
    /// Whether the player's connection broke before the end, so that it cannot get one.
    pub(super) broken: bool,
    /// Whether the player got two contradictory messages, or another opponent than it asked for.
    pub(super) contradicted: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct GameEnd {
    pub(super) rounds: u32,
    pub(super) outcome: Outcome,
    pub(super) reason: Reason,
    pub(super) you: Option<Play>,
    pub(super) opponent: Option<Play>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Agreed,
    /// Only one of two players is a bot of this run.
    OneSided,
    /// A player never got `game-over`, although its connection did not break.
    Lost,
    Contradictory,
}

/// Judges a game by the views of one or both players.
pub(super) fn judge(views: &[PlayerView]) -> Verdict {
    let agreed = match views {
        [one] => one.is_sound(),
        [one, other] => one.is_sound() && other.is_sound() && one.agrees_with(other),
        _ => false,
    };
    if !agreed {
        Verdict::Contradictory
    } else if views.iter().any(|view| view.end.is_none() && !view.broken) {
        Verdict::Lost
    } else if matches!(views, [one] if one.opponent == Opponent::Player) {
        Verdict::OneSided
    } else {
        Verdict::Agreed
    }
}

impl PlayerView {
    /// Whether the view is consistent in itself.
    fn is_sound(&self) -> bool {
        !self.contradicted
            && self.drawn.values().all(|(you, opponent)| you == opponent)
            && self.end.is_none_or(GameEnd::is_sound)
    }

    fn agrees_with(&self, other: &Self) -> bool {
        // A game against the house has only one player.
        let opponents = [self.opponent, other.opponent] == [Opponent::Player; 2];
        let draws = self.drawn.iter().all(|(round, plays)| {
            // After a crash one of the two players may have missed a draw.
            other.drawn.get(round).is_none_or(|theirs| theirs == plays)
        });
        let ends = match (self.end, other.end) {
            (Some(one), Some(other)) => one.mirrors(other),
            _ => true,
        };
        opponents && draws && ends
    }
}

impl GameEnd {
    pub(super) fn of(message: &ServerMessage) -> Option<Self> {
        let ServerMessage::GameOver {
            rounds,
            outcome,
            reason,
            you,
            opponent,
            ..
        } = *message
        else {
            return None;
        };
        Some(Self {
            rounds,
            outcome,
            reason,
            you,
            opponent,
        })
    }

    /// Whether outcome, reason and plays are consistent.
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

    /// Whether this is the same end from the other player's view.
    fn mirrors(self, other: Self) -> bool {
        let reasons = match self.reason {
            Reason::OpponentDidNotPlay => other.reason == Reason::YouDidNotPlay,
            Reason::YouDidNotPlay => other.reason == Reason::OpponentDidNotPlay,
            // The player who left gets no message.
            Reason::OpponentLeft => false,
            same => other.reason == same,
        };
        let plays_are_hidden = self.reason == Reason::EndedByOperator;
        let plays = plays_are_hidden || (self.you, self.opponent) == (other.opponent, other.you);
        // Outcomes follow from reasons and plays, because both ends are sound.
        self.rounds == other.rounds && reasons && plays
    }
}

#[cfg(test)]
mod tests {
    use rps_game::Opponent::Bot;
    use rps_game::Outcome::{self, Abandoned, Drawn, Won};
    use rps_game::Play::{self, Paper, Rock, Scissors};
    use rps_game::Reason::{self, OpponentLeft, Plays};

    use super::Verdict::{Agreed, Contradictory, Lost, OneSided};
    use super::{GameEnd, PlayerView, judge};

    type Change = fn(&mut PlayerView, &mut GameEnd);

    fn view(
        outcome: Outcome,
        reason: Reason,
        you: Option<Play>,
        opponent: Option<Play>,
    ) -> PlayerView {
        PlayerView {
            end: Some(GameEnd {
                rounds: 2,
                outcome,
                reason,
                you,
                opponent,
            }),
            drawn: [(1, (Paper, Paper))].into(),
            ..PlayerView::default()
        }
    }

    fn won() -> PlayerView {
        view(Won, Plays, Some(Rock), Some(Scissors))
    }

    fn lost() -> PlayerView {
        view(Outcome::Lost, Plays, Some(Scissors), Some(Rock))
    }

    #[test]
    fn every_end_matches_only_its_mirror() {
        let (rock, paper) = (Some(Rock), Some(Paper));
        let drawn = view(Drawn, Reason::DrawLimit, paper, paper);
        let nobody = view(Abandoned, Reason::NobodyPlayed, None, None);
        let ends = [
            (won(), lost()),
            (
                view(Won, Reason::OpponentDidNotPlay, rock, None),
                view(Outcome::Lost, Reason::YouDidNotPlay, None, rock),
            ),
            (nobody.clone(), nobody),
            (drawn.clone(), drawn),
            (
                view(Abandoned, Reason::EndedByOperator, rock, None),
                view(Abandoned, Reason::EndedByOperator, None, None),
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
    fn a_broken_connection_needs_no_end() {
        let broken = PlayerView {
            broken: true,
            ..PlayerView::default()
        };
        for (opponent, verdict) in [
            (view(Won, OpponentLeft, None, None), Agreed),
            (broken.clone(), Agreed),
            (PlayerView::default(), Lost),
        ] {
            assert_eq!(judge(&[broken.clone(), opponent]), verdict);
        }
    }

    #[test]
    fn a_game_against_the_house_has_one_view() {
        let house = |view| PlayerView {
            opponent: Bot,
            ..view
        };
        for (views, verdict) in [
            (vec![house(won())], Agreed),
            (vec![house(PlayerView::default())], Lost),
            (vec![house(won()), lost()], Contradictory),
            (vec![lost(), house(won())], Contradictory),
            (vec![house(won()), house(lost())], Contradictory),
        ] {
            assert_eq!(judge(&views), verdict, "{views:?}");
        }
    }

    #[test]
    fn views_are_judged() {
        let silent = PlayerView::default;
        let left = view(Won, OpponentLeft, None, None);
        for (case, views, verdict) in [
            ("a stranger", vec![won()], OneSided),
            ("one got no end", vec![won(), silent()], Lost),
            ("the only bot got no end", vec![silent()], Lost),
            ("both won", vec![won(), won()], Contradictory),
            ("three", vec![won(), lost(), lost()], Contradictory),
            ("both left", vec![left.clone(), left], Contradictory),
        ] {
            assert_eq!(judge(&views), verdict, "{case}");
        }
        let changed = |change: Change| {
            let (mut view, mut end) = (won(), won().end.unwrap());
            change(&mut view, &mut end);
            view.end = Some(end);
            judge(&[view, lost()])
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
        let one_missed_a_draw = changed(|it, _| it.drawn.clear());
        assert_eq!(one_missed_a_draw, Agreed);
    }
}
