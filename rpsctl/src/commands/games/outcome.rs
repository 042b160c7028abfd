use rps_game::game::GRACE_MS;
use rps_game::{Game, Seat, Settlement};

use crate::commands::games::row::plays;
use crate::words::wire_name;

/// The outcome of the round, as far as it is known.
pub(super) fn outcome(game: &Game, now_ms: u64) -> String {
    if let Some(by) = game.closed {
        if matches!(game.settle(now_ms), Settlement::NextRound { .. }) {
            return format!("the round is a draw, and round {} starts", game.round + 1);
        }
        let by = wire_name(by).replace('-', " ");
        return format!("both players receive the result; the round was closed {by}");
    }
    let is_last = game.round >= u32::from(game.rules.max_rounds());
    let accepts_plays = game.overdue_ms(now_ms) <= GRACE_MS;
    let is_gone = Seat::BOTH.map(|seat| game.is_gone(seat));
    match (is_gone, accepts_plays) {
        ([false, false], _) => {}
        ([true, true], true) => {
            return "the game ends without a winner, unless a player resumes".to_owned();
        }
        ([true, true], false) => return "the game ends without a winner".to_owned(),
        (_, true) => {
            return "the absent player, who has not played, loses, unless it resumes".to_owned();
        }
        (_, false) => return "the absent player, who has not played, loses".to_owned(),
    }
    match (plays(game), is_last) {
        (0, _) if accepts_plays => {
            "the game ends without a winner, unless a player plays".to_owned()
        }
        (0, _) => "the game ends without a winner".to_owned(),
        (1, _) if accepts_plays => {
            "the player who has played wins, unless the other player plays too".to_owned()
        }
        (1, _) => "the player who has played wins".to_owned(),
        (_, false) => format!(
            "the plays decide the round; if they are equal, round {} starts",
            game.round + 1
        ),
        (_, true) => "the plays decide the game; if they are equal, it ends in a draw".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use rps_game::{CloseReason, Play, Presence, Rules};

    use super::*;

    #[test]
    fn the_outcome_depends_on_absent_players() {
        let players = ["x".into(), "y".into()];
        let game = Game::start("g".into(), players, Rules::default(), 0);
        let (due, absent) = (game.deadline_ms, Some(Presence::Absent));
        let loses = "the absent player, who has not played, loses";
        let nobody = "the game ends without a winner";
        let rock = Some(Play::Rock);
        for (presence, plays, expected) in [
            (
                [absent, None],
                [None, None],
                format!("{loses}, unless it resumes"),
            ),
            (
                [absent, None],
                [None, rock],
                format!("{loses}, unless it resumes"),
            ),
            (
                [absent, absent],
                [None, None],
                format!("{nobody}, unless a player resumes"),
            ),
            (
                [absent, None],
                [rock, None],
                "the player who has played wins, unless the other player plays too".to_owned(),
            ),
        ] {
            let game = Game {
                presence,
                plays,
                ..game.clone()
            };
            assert_eq!(outcome(&game, due), expected);
            let late = outcome(&game, due + GRACE_MS + 1);
            assert!(expected.starts_with(&late) && late != expected, "{late}");
        }
    }

    #[test]
    fn the_outcome_depends_on_the_plays_and_the_clock() {
        let players = ["x".into(), "y".into()];
        let game = Game::start("g".into(), players, Rules::default(), 0);
        let due = game.deadline_ms;
        let late = due + GRACE_MS + 1;
        let (one, both) = ([Some(Play::Rock), None], [Some(Play::Rock); 2]);
        let by_clock = Some(CloseReason::ByClock);
        for (plays, closed, now_ms, expected) in [
            (
                one,
                None,
                due,
                "the player who has played wins, unless the other player plays too",
            ),
            (one, None, late, "the player who has played wins"),
            (
                one,
                by_clock,
                late,
                "both players receive the result; the round was closed by clock",
            ),
            (
                both,
                None,
                late,
                "the plays decide the round; if they are equal, round 2 starts",
            ),
            (
                both,
                by_clock,
                late,
                "the round is a draw, and round 2 starts",
            ),
        ] {
            let game = Game {
                plays,
                closed,
                ..game.clone()
            };
            assert_eq!(outcome(&game, now_ms), expected);
        }
    }
}
