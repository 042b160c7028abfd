//! The mutants.

use super::{Mutant, Search};

pub(crate) const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "game-before-its-timer",
        file: "handlers/src/service/join.rs",
        from: "        self.queue
            .schedule(&round_timer.into(), self.rules.window_s())
            .await?;
        if !self.store.start_game(&game).await? {",
        to: "        let stored = self.store.start_game(&game).await?;
        self.queue.schedule(&round_timer.into(), self.rules.window_s()).await?;
        if !stored {",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "no-rebalance-message",
        file: "handlers/src/service/join.rs",
        from: "if self.shard != 0 {",
        to: "if self.shard > 100 {",
        found_by: Search::Seeds(100),
    },
    Mutant {
        name: "claim-not-verified",
        file: "handlers/src/service/join.rs",
        from: "self.claim(game.clone(), Seat::First).await? {",
        to: "self.claim(game.clone(), Seat::First).await?.filter(|_| false) {",
        found_by: Search::Seeds(100),
    },
    Mutant {
        name: "second-claim-not-verified",
        file: "handlers/src/service/join.rs",
        from: "self.claim(waiting.game.clone(), Seat::Second).await?",
        to: "self.claim(waiting.game.clone(), Seat::Second).await?.filter(|_| false)",
        found_by: Search::Seeds(100),
    },
    Mutant {
        name: "leftover-in-lobby-taken",
        file: "handlers/src/service/join.rs",
        from: "ReserveResult::Gone => return self.clear_leftover(&waiting).await,",
        to: "ReserveResult::Gone => {}",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "existing-game-answered",
        file: "handlers/src/service/join.rs",
        from: "            self.store.clear_lobby(&waiting).await?;
            return Ok(Attempt::Again);",
        to: "            self.store.clear_lobby(&waiting).await?;
            return Ok(Attempt::Answer(game.started()));",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "stale-opponent-ignored",
        file: "handlers/src/service/join.rs",
        from: "Ok(Delivery::Closed) => self.dissolve(game, waiting).await,",
        to: "Ok(Delivery::Closed) => Ok(Attempt::Answer(started)),",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "stale-connection-removes-the-sender",
        file: "handlers/src/service/join.rs",
        from: ".remove_player(&waiting.connection, &game.id)",
        to: ".remove_player(self.me, &game.id)",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "ended-game-dissolved",
        file: "handlers/src/service/join.rs",
        from: "if !self.store.remove_open_game(&game.id).await? {",
        to: "if !self.store.remove_open_game(&game.id).await? && false {",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "running-join-replaced",
        file: "handlers/src/service/join.rs",
        from: "Position::Joining => {}",
        to: "Position::Joining => self.current_claim = Some(other),",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "removed-connection-stays-open",
        file: "handlers/src/service/join.rs",
        from: "self.players.disconnect(self.me).await?;",
        to: "",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "lobby-not-cleared",
        file: "handlers/src/service/join.rs",
        from: "self.store.clear_lobby(waiting),",
        to: "async { Ok::<_, PortError>(true) },",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "overdue-game-without-timer",
        file: "handlers/src/service/join.rs",
        from: ".overdue_ms(self.environment.now_ms()) >= LEASE_MS",
        to: ".overdue_ms(self.environment.now_ms()) == u64::MAX",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "no-lease",
        file: "handlers/game/src/lobby.rs",
        from: "if is_leased(claim.at_ms, now_ms) || claim.is_reserved(now_ms) {",
        to: "if claim.is_reserved(now_ms) {",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "reservation-never-expires",
        file: "handlers/game/src/lobby.rs",
        from: "is_leased(reservation.at_ms, now_ms)",
        to: "reservation.at_ms <= now_ms",
        found_by: Search::Seeds(100),
    },
    Mutant {
        name: "stale-connection-costs-the-opponent-the-game",
        file: "handlers/src/service/settle.rs",
        from: ".close_by_leaving(&game.id, leaver, game.player(leaver))",
        to: ".close_by_leaving(&game.id, leaver.other(), game.player(leaver.other()))",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "game-removed-before-its-players-are-told",
        file: "handlers/src/service/settle.rs",
        from: "    let deliveries = both(async |seat| match &messages[seat as usize] {",
        to: "    store.remove_game(game).await?;
    let deliveries = both(async |seat| match &messages[seat as usize] {",
        found_by: Search::Seeds(100),
    },
    Mutant {
        name: "player-disconnected-before-it-is-told",
        file: "handlers/src/service/settle.rs",
        from: "    let deliveries = both(async |seat| match &messages[seat as usize] {",
        to: "    players.disconnect(game.player(Seat::First)).await?;
    let deliveries = both(async |seat| match &messages[seat as usize] {",
        found_by: Search::Seeds(100),
    },
    Mutant {
        name: "player-not-removed",
        file: "handlers/src/service/settle.rs",
        from: "store.remove_player(second, &game.id),",
        to: "async { Ok(()) },",
        found_by: Search::Seeds(100),
    },
    Mutant {
        name: "game-not-removed",
        file: "handlers/src/service/settle.rs",
        from: "    store.remove_game(game).await
}",
        to: "    Ok(())
}",
        found_by: Search::Seeds(100),
    },
    Mutant {
        name: "player-not-disconnected",
        file: "handlers/src/service/settle.rs",
        from: "Delivery::Delivered => players.disconnect(id).await,",
        to: "Delivery::Delivered => Ok(()),",
        found_by: Search::Seeds(100),
    },
    Mutant {
        name: "lobby-cleared-unconditionally",
        file: "handlers/src/service/settle.rs",
        from: "Some(waiting) if waiting.game == game.id =>",
        to: "Some(waiting) =>",
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
        name: "closed-connection-stays-stored",
        file: "handlers/src/service/leave.rs",
        from: "store.remove_connection(id).await?.unwrap_or(stored);",
        to: "stored;",
        found_by: Search::Seeds(100),
    },
    Mutant {
        name: "rebalance-without-the-claim",
        file: "handlers/src/service/rebalance.rs",
        from: "Box::pin(joiner.rebalancing(message, claim).join()).await?",
        to: "{ drop(claim); Box::pin(joiner.join()).await? }",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "rebalance-forgets-its-own-join",
        file: "handlers/game/src/rebalance.rs",
        from: "claim.game == self.game || claim.by.rebalanced_from.as_ref() == Some(&self.game)",
        to: "claim.game == self.game",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "failed-rebalance-deleted",
        file: "handlers/src/service/rebalance.rs",
        from: "_ => Ok(MessageAction::PutBack),
    }
}

/// Returns the claim",
        to: "_ => Ok(MessageAction::Delete),
    }
}

/// Returns the claim",
        found_by: Search::Seeds(5_000),
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
        name: "claim-replaces-any-claim",
        file: "handlers/src/outbound/dynamo/connections.rs",
        from: r#""attribute_exists(pk) AND attribute_not_exists(game)""#,
        to: r#""attribute_exists(pk)""#,
        found_by: Search::SeedsOnTheAdapter(30),
    },
    Mutant {
        name: "claim-of-another-join-replaced",
        file: "handlers/src/outbound/dynamo/connections.rs",
        from: "AND claimed_by = :old_by AND",
        to: "AND (claimed_by = :old_by OR attribute_exists(pk)) AND",
        found_by: Search::SeedsOnTheAdapter(300),
    },
    Mutant {
        name: "reserved-claim-replaced",
        file: "handlers/src/outbound/dynamo/connections.rs",
        from: r#"AND (attribute_not_exists(taken_by) OR taken_at_ms <= :dead)))""#,
        to: r#"AND (attribute_exists(pk) OR taken_at_ms <= :dead)))""#,
        found_by: Search::SeedsOnTheAdapter(300),
    },
    Mutant {
        name: "claim-stores-a-closed-connection",
        file: "handlers/src/outbound/dynamo/connections.rs",
        from: r#""attribute_exists(pk) AND (attribute_not_exists(game) OR (game = :old_game \
"#,
        to: r#""(attribute_not_exists(game) OR (game = :old_game \
"#,
        found_by: Search::SeedsOnTheAdapter(30),
    },
    Mutant {
        name: "reservation-taken-over",
        file: "handlers/src/outbound/dynamo/connections.rs",
        from: r#""game = :game AND (attribute_not_exists(taken_by) OR taken_by = :by \
"#,
        to: r#""game = :game AND (attribute_exists(pk) OR taken_by = :by \
"#,
        found_by: Search::SeedsOnTheAdapter(300),
    },
    Mutant {
        name: "any-waiting-player-cleared",
        file: "handlers/src/outbound/dynamo/lobby.rs",
        from: r#""waiting = :waiting AND game = :game""#,
        to: r#""waiting = :waiting OR attribute_exists(game) OR game = :game""#,
        found_by: Search::SeedsOnTheAdapter(300),
    },
    Mutant {
        name: "occupied-item-overwritten",
        file: "handlers/src/outbound/dynamo/mod.rs",
        from: r#".condition_expression("attribute_not_exists(pk)")"#,
        to: r#".condition_expression("attribute_not_exists(pk) OR attribute_exists(pk)")"#,
        found_by: Search::SeedsOnTheAdapter(30),
    },
    Mutant {
        name: "round-closed-by-any-timer",
        file: "handlers/src/outbound/dynamo/games.rs",
        from: r#".condition_expression("round = :round AND deadline_ms = :deadline")"#,
        to: r#".condition_expression("round = :round OR deadline_ms = :deadline OR attribute_exists(pk)")"#,
        found_by: Search::SeedsOnTheAdapter(300),
    },
    Mutant {
        name: "second-play-kept-for-the-next-round",
        file: "handlers/src/outbound/dynamo/games.rs",
        from: r#"REMOVE closed, play_1, play_2""#,
        to: r#"REMOVE closed, play_1""#,
        found_by: Search::SeedsOnTheAdapter(30),
    },
    Mutant {
        name: "play-stored-in-a-closed-round",
        file: "handlers/src/outbound/dynamo/games.rs",
        from: r"AND attribute_not_exists({play}) AND attribute_not_exists(closed) \
",
        to: r"AND attribute_not_exists({play}) \
",
        found_by: Search::SeedsOnTheAdapter(300),
    },
    Mutant {
        name: "play-overwritten",
        file: "handlers/src/outbound/dynamo/games.rs",
        from: "{player} = :me AND attribute_not_exists({play})",
        to: "{player} = :me",
        found_by: Search::SeedsOnTheAdapter(300),
    },
    Mutant {
        name: "leaving-changes-a-played-round-in-the-table",
        file: "handlers/src/outbound/dynamo/games.rs",
        from: "((attribute_not_exists(closed) AND {NOT_PLAYED}) OR",
        to: "(attribute_not_exists(closed) AND (v <= :since OR {NOT_PLAYED}) OR",
        found_by: Search::SeedsOnTheAdapter(300),
    },
    Mutant {
        name: "closed-game-dissolved",
        file: "handlers/src/outbound/dynamo/games.rs",
        from: r#""attribute_not_exists(closed) AND {NOT_PLAYED}""#,
        to: r#""attribute_exists(pk) AND (v <= :since OR {NOT_PLAYED})""#,
        found_by: Search::SeedsOnTheAdapter(300),
    },
];
