//! Mistakes in games: rounds, endings and the queue.

use super::{Mutant, Search};

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "game-removed-before-its-players-are-told",
        file: "handlers/src/service/settle.rs",
        from: "    let mut deliveries = tell_both(game).await?;",
        to: "    store.remove_game(game).await?;
    let mut deliveries = tell_both(game).await?;",
        found_by: Search::Seeds(100),
    },
    Mutant {
        name: "player-disconnected-before-it-is-told",
        file: "handlers/src/service/settle.rs",
        from: "    let mut deliveries = tell_both(game).await?;",
        to: "    players.disconnect(game.player(Seat::First)).await?;
    let mut deliveries = tell_both(game).await?;",
        found_by: Search::Seeds(100),
    },
    Mutant {
        name: "game-not-removed",
        file: "handlers/src/service/settle.rs",
        from: "    store.remove_game(game).await
}",
        to: "    Ok(None)
}",
        found_by: Search::Seeds(100),
    },
    Mutant {
        name: "player-not-disconnected",
        file: "handlers/src/service/settle.rs",
        from: "Some(Delivery::Delivered) => players.disconnect(game.player(seat)).await,",
        to: "Some(Delivery::Delivered) => Ok(()),",
        found_by: Search::Seeds(100),
    },
    Mutant {
        name: "timer-of-another-deadline-decides",
        file: "handlers/game/src/game.rs",
        from: "if !is_current || round_timer.deadline_ms != self.deadline_ms {",
        to: "if !is_current {",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "leaving-changes-a-closed-round",
        file: "handlers/game/src/game.rs",
        from: "self.closed_by().is_none_or(|closed| closed == reason);",
        to: "self.closed_by().is_none_or(|_| true);",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "leaving-changes-a-played-round",
        file: "handlers/game/src/game.rs",
        from: "self.closed_by().is_none_or(|closed| closed == reason);",
        to: "self.closed.is_none_or(|closed| closed == reason);",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "first-play-decides",
        file: "handlers/game/src/game.rs",
        from: "self.plays.iter().all(Option::is_some)",
        to: "self.plays.iter().any(Option::is_some)",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "clock-changes-a-closed-round",
        file: "handlers/game/src/game.rs",
        from: "self.with(self.closed.or(Some(CloseReason::ByClock)))",
        to: "self.with(Some(CloseReason::ByClock))",
        found_by: Search::Seeds(100),
    },
    Mutant {
        name: "second-play-counts",
        file: "handlers/game/src/game.rs",
        from: "if self.played(seat).is_some() && !is_repeated {",
        to: "if self.played(seat).is_some() && !is_repeated && false {",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "play-after-the-end-counts",
        file: "handlers/game/src/game.rs",
        from: "let is_late = self.closed.is_some() || arrived_ms",
        to: "let is_late = arrived_ms",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "secret-play-told",
        file: "handlers/game/src/game.rs",
        from: ".filter(|_| is_decided),",
        to: ".filter(|_| is_decided || true),",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "failed-message-deleted",
        file: "handlers/src/inbound/queue.rs",
        from: "action.unwrap_or_else(|failure| {",
        to: "action.or(Ok::<_, crate::ports::PortError>(MessageAction::Delete)).unwrap_or_else(|failure| {",
        found_by: Search::Seeds(100),
    },
    Mutant {
        name: "put-back-message-deleted",
        file: "handlers/src/inbound/queue.rs",
        from: "(action == MessageAction::PutBack).then_some",
        to: "(action == MessageAction::Delete).then_some",
        found_by: Search::Seeds(100),
    },
    Mutant {
        name: "player-not-removed",
        file: "handlers/src/service/settle.rs",
        from: "Some(_) => store.remove_player(game.player(seat), &game.id).await,",
        to: "Some(_) => Ok(seat == Seat::First),",
        found_by: Search::Seeds(100),
    },
    Mutant {
        name: "timer-of-a-waiting-player-deleted",
        file: "handlers/src/service/decide.rs",
        from: "lobby.places.values().any(|game| *game == round_timer.game)",
        to: "lobby.places.values().any(|game| *game != round_timer.game)",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "place-of-a-removed-player-stays",
        file: "handlers/src/service/settle.rs",
        from: "seat.is_some_and(|seat| deliveries[seat as usize].is_some())",
        to: "seat.is_some_and(|seat| deliveries[seat as usize].is_some() && false)",
        found_by: Search::Seeds(5_000),
    },
];
