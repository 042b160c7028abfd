//! Mistakes in the lobby: joins, claims, places, rebalances and leaving players.

use super::{Mutant, Search};

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "game-before-its-timer",
        file: "handlers/src/service/join/pair.rs",
        from: "        self.queue
            .schedule(&game.round_timer().into(), window_s)
            .await?;
        if !self.store.start_game(&game).await? {",
        to: "        let stored = self.store.start_game(&game).await?;
        self.queue.schedule(&game.round_timer().into(), window_s).await?;
        if !stored {",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "game-before-its-claims",
        file: "handlers/src/service/join/pair.rs",
        from: "        let mut claims = Vec::new();
",
        to: "        let players = [other.connection.clone(), self.me.clone()];
        let game = Game::start(other.game.clone(), players, self.rules, self.environment.now_ms());
        self.queue.schedule(&game.round_timer().into(), self.rules.window_s()).await?;
        self.store.start_game(&game).await?;
        let mut claims = Vec::new();
",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "waiting-player-not-claimed",
        file: "handlers/src/service/join/pair.rs",
        from: "for (id, seat, old) in seats {",
        to: "for (id, seat, old) in seats.into_iter().filter(|(id, ..)| *id == self.me) {",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "joiner-not-claimed",
        file: "handlers/src/service/join/pair.rs",
        from: "for (id, seat, old) in seats {",
        to: "for (id, seat, old) in seats.into_iter().filter(|(id, ..)| *id != self.me) {",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "claims-not-verified",
        file: "handlers/src/service/join/pair.rs",
        from: "if !matches!(claimed, Claimed::Yes) {",
        to: "if matches!(claimed, Claimed::Closed) {",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "given-up-claim-stays-leased",
        file: "handlers/game/src/lobby.rs",
        from: "            at_ms: 0,
            ..self",
        to: "            at_ms: self.at_ms,
            ..self",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "no-lease",
        file: "handlers/game/src/lobby.rs",
        from: "now_ms.saturating_sub(self.at_ms) < LEASE_MS",
        to: "now_ms.saturating_sub(self.at_ms) < LEASE_MS - LEASE_MS",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "lease-never-ends",
        file: "handlers/game/src/lobby.rs",
        from: "now_ms.saturating_sub(self.at_ms) < LEASE_MS",
        to: "self.at_ms > 0 && now_ms > LEASE_MS",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "own-claim-replaced-while-leased",
        file: "handlers/src/service/join/pair.rs",
        from: "        if is_leased {
            return Ok(Claimed::Busy);",
        to: "        if is_leased && id != self.me {
            return Ok(Claimed::Busy);",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "player-of-a-game-claimed",
        file: "handlers/src/service/join/pair.rs",
        from: "game.and_then(|it| Some((it.clone(), it.seat_of(id)?))) {",
        to: "game.filter(|_| is_leased).and_then(|it| Some((it.clone(), it.seat_of(id)?))) {",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "player-paired-with-itself",
        file: "handlers/src/service/join/mod.rs",
        from: "filter(|id| *id != self.me)",
        to: "filter(|_| true)",
        found_by: Search::Seeds(100),
    },
    Mutant {
        name: "no-rebalance-message",
        file: "handlers/src/service/join/mod.rs",
        from: "            self.queue
                .schedule(&rebalance.into(), REBALANCE_DELAY_S)
                .await?;",
        to: "            let _ = (rebalance, REBALANCE_DELAY_S);",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "rebalance-message-not-delayed",
        file: "handlers/src/service/join/mod.rs",
        from: ".schedule(&rebalance.into(), REBALANCE_DELAY_S)",
        to: ".schedule(&rebalance.into(), REBALANCE_DELAY_S - REBALANCE_DELAY_S)",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "removed-connection-stays-open",
        file: "handlers/src/service/join/mod.rs",
        from: "self.players.disconnect(self.me).await?;",
        to: "",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "overdue-game-without-timer",
        file: "handlers/src/service/join/mod.rs",
        from: ".overdue_ms(self.environment.now_ms()) >= LEASE_MS",
        to: ".overdue_ms(self.environment.now_ms()) == u64::MAX",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "stale-opponent-ignored",
        file: "handlers/src/service/join/pair.rs",
        from: "Ok(Delivery::Closed) => return self.dissolve(game, other).await,",
        to: "Ok(Delivery::Closed) => {}",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "stale-connection-removes-the-sender",
        file: "handlers/src/service/join/pair.rs",
        from: ".remove_player(&other.connection, &game.id)",
        to: ".remove_player(self.me, &game.id)",
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
        name: "failed-rebalance-deleted",
        file: "handlers/src/service/rebalance.rs",
        from: "Ok(MessageAction::PutBack)",
        to: "Ok(MessageAction::Delete)",
        found_by: Search::Seeds(5_000),
    },
];
