use rps_game::Position;

use crate::aws::MappingChange;
use crate::operate::Step;
use crate::words::count;

/// The verb, the noun and the number of changes of one kind.
type Total = (&'static str, &'static str, u64);

/// The totals of a plan in the imperative, such as `end 2 games and notify 4 players`.
pub(super) fn totals(steps: &[Step<'_>]) -> String {
    let mut totals: Vec<Total> = Vec::new();
    for (verb, noun, number) in steps.iter().flat_map(step_totals) {
        match totals
            .iter_mut()
            .find(|total| (total.0, total.1) == (verb, noun))
        {
            Some(total) => total.2 += number,
            None => totals.push((verb, noun, number)),
        }
    }
    let words = totals
        .iter()
        .map(|(verb, noun, number)| format!("{verb} {}", count(*number, noun)));
    let words: Vec<_> = words.collect();
    match words.split_last() {
        Some((last, others @ [_, ..])) => format!("{} and {last}", others.join(", ")),
        _ => words.concat(),
    }
}

fn step_totals(step: &Step<'_>) -> Vec<Total> {
    match step {
        Step::EndGame { .. } => vec![("end", "game", 1), ("notify", "player", 2)],
        Step::Disconnect { snapshot, stale } => {
            let removal = if *stale {
                ("remove", "stale connection", 1)
            } else {
                ("disconnect", "player", 1)
            };
            match snapshot.place {
                Position::Playing(..) => vec![removal, ("notify", "player", 1)],
                _ => vec![removal],
            }
        }
        Step::CloseSocket { .. } => vec![("disconnect", "player", 1)],
        Step::ClearLobby { .. } => vec![("remove", "lobby place", 1)],
        Step::DeleteMessage { .. } => vec![("delete", "message", 1)],
        Step::DeleteObsoleteMessages { .. } => vec![("clean up", "queue", 1)],
        Step::SwitchMapping { to, .. } => match to {
            MappingChange::Pause => vec![("pause", "mapping", 1)],
            MappingChange::Resume => vec![("resume", "mapping", 1)],
        },
        Step::Redrive { messages, .. } => vec![("move", "dead letter", *messages)],
    }
}

#[cfg(test)]
mod tests {
    use rps_game::{Game, Rules};

    use super::totals;
    use crate::operate::{Rounds, Step};

    #[test]
    fn totals_add_up() {
        let players = ["x".into(), "y".into()];
        let game = Game::start("g".into(), players, Rules::default(), 0);
        let end = || Step::end_game(game.clone(), Rounds::Any);
        let close = || Step::CloseSocket {
            connection: "z".into(),
        };
        let many: Vec<_> = std::iter::repeat_with(end).take(2000).collect();
        for (steps, words) in [
            (vec![close()], "disconnect 1 player"),
            (many, "end 2,000 games and notify 4,000 players"),
            (
                vec![close(), end(), close()],
                "disconnect 2 players, end 1 game and notify 2 players",
            ),
        ] {
            assert_eq!(totals(&steps), words);
        }
    }
}
