//! Mistakes in the lobby: joins, claims, places, rebalances and leaving players.

use super::{Mutant, Search};

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "game-before-its-timer",
        file: "handlers/src/service/join/pair.rs",
        from: "        self.queue.schedule(&round_timer.into(), window_s).await?;
        if !self.store.start_game(&game).await? {",
        to: "        let stored = self.store.start_game(&game).await?;
        self.queue.schedule(&round_timer.into(), window_s).await?;
        if !stored {",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "game-before-its-claims",
        file: "handlers/src/service/join/pair.rs",
        from: "        let mut claims = Vec::new();
",
        to: "        let players = [other.connection.clone(), self.me.clone()];
        let (game, round_timer) = Game::start(other.game.clone(), players, self.rules, self.environment.now_ms());
        self.queue.schedule(&round_timer.into(), self.rules.window_s()).await?;
        self.store.start_game(&game).await?;
        let mut claims = Vec::new();
",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "waiting-player-not-claimed",
        file: "handlers/src/service/join/pair.rs",
        from: "for (id, seat) in seats {",
        to: "for (id, seat) in seats.into_iter().filter(|(id, _)| *id == self.me) {",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "joiner-not-claimed",
        file: "handlers/src/service/join/pair.rs",
        from: "for (id, seat) in seats {",
        to: "for (id, seat) in seats.into_iter().filter(|(id, _)| *id != self.me) {",
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
        name: "both-claim-the-other-first",
        file: "handlers/src/service/join/pair.rs",
        from: "if mine.is_some() && *self.me < other.connection {",
        to: "if mine.is_some() && self.me.as_str().is_empty() {",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "failed-pair-keeps-its-claim",
        file: "handlers/src/service/join/pair.rs",
        from: "                    self.give_up(id, &claim).await?;
                }
                return",
        to: "                    drop((id, claim));
                }
                return",
        found_by: Search::Seeds(5_000),
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
        found_by: Search::Seeds(1_000),
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
        from: "None if is_leased => return Ok(Claimed::Busy),",
        to: "None if is_leased && id != self.me => return Ok(Claimed::Busy),",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "running-join-ignored",
        file: "handlers/src/service/join/mod.rs",
        from: "Position::Joining => return Ok(Some(Attempt::Busy)),",
        to: "Position::Joining => return Ok(None),",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "player-of-a-game-claimed",
        file: "handlers/src/service/join/pair.rs",
        from: "match game.filter(|game| game.seat_of(id).is_some()) {",
        to: "match game.filter(|game| game.seat_of(id).is_some() && is_leased) {",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "claim-of-a-dead-join-kept",
        file: "handlers/src/service/join/mod.rs",
        from: "        let result = self.store.claim_place(self.me, &claim, Some(old)).await?;
        Ok((result != ClaimResult::Yes).then_some(Attempt::Busy))",
        to: "        drop(claim);
        Ok(None)",
        found_by: Search::Seeds(5_000),
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
        found_by: Search::Seeds(100),
    },
    Mutant {
        name: "rebalance-message-not-delayed",
        file: "handlers/src/service/join/mod.rs",
        from: ".schedule(&rebalance.into(), REBALANCE_DELAY_S)",
        to: ".schedule(&rebalance.into(), REBALANCE_DELAY_S - REBALANCE_DELAY_S)",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "place-before-its-message",
        file: "handlers/src/service/join/mod.rs",
        from: "            self.queue
                .schedule(&rebalance.into(), REBALANCE_DELAY_S)
                .await?;
            let now_ms = self.environment.now_ms();
            result = self.store.open_place(&waiting, self.places, now_ms).await?;",
        to: "            let now_ms = self.environment.now_ms();
            result = self.store.open_place(&waiting, self.places, now_ms).await?;
            self.queue
                .schedule(&rebalance.into(), REBALANCE_DELAY_S)
                .await?;",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "empty-lobby-never-entered",
        file: "handlers/src/service/join/mod.rs",
        from: "let is_beside = !lobby.is_empty() || result == LobbyResult::No(Lobby::new());",
        to: "let is_beside = !lobby.is_empty();",
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
        name: "place-of-a-removed-connection-stays",
        file: "handlers/src/service/join/mod.rs",
        from: "if let Some(waiting) = Waiting::find(lobby, self.me) {",
        to: "if let Some(waiting) = Waiting::find(lobby, self.me).filter(|_| false) {",
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
        name: "existing-game-answered",
        file: "handlers/src/service/join/pair.rs",
        from: "return self.remove_stale(other, lobby).await;",
        to: "return Ok(Attempt::Answer(game.started()));",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "existing-game-without-timer",
        file: "handlers/src/service/join/pair.rs",
        from: "if let Some(game) = self.store.find_game(&other.game).await? {",
        to: "if let Some(game) = self.store.find_game(&other.game).await?.filter(|_| false) {",
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
        name: "ended-game-dissolved",
        file: "handlers/src/service/join/pair.rs",
        from: "if !self.store.remove_open_game(&game.id).await? {",
        to: "if !self.store.remove_open_game(&game.id).await? && false {",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "place-not-closed",
        file: "handlers/src/service/join/pair.rs",
        from: "lobby::leave(self.store, other, lobby),",
        to: "async { Ok::<_, PortError>(drop(lobby)) },",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "own-place-not-closed",
        file: "handlers/src/service/join/pair.rs",
        from: "lobby::leave(self.store, mine, lobby).await",
        to: "{ let _ = mine; Ok(()) }",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "empty-lobby-stays",
        file: "handlers/src/service/lobby.rs",
        from: "    if lobby.is_empty() {",
        to: "    if lobby.len() > 100 {",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "left-player-keeps-its-place",
        file: "handlers/src/service/leave.rs",
        from: "Some(waiting) => lobby::leave(store, &waiting, &mut lobby).await,",
        to: "Some(waiting) if lobby.len() > 100 => lobby::leave(store, &waiting, &mut lobby).await,
        Some(_) => Ok(()),",
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
        name: "rebalance-of-another-place",
        file: "handlers/game/src/rebalance.rs",
        from: "lobby.get(&self.connection) == Some(&self.game)",
        to: "lobby.contains_key(&self.connection)",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "failed-rebalance-deleted",
        file: "handlers/src/service/rebalance.rs",
        from: "Ok(MessageAction::PutBack)",
        to: "Ok(MessageAction::Delete)",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "rebalanced-player-not-told",
        file: "handlers/src/service/rebalance.rs",
        from: "notify(store, players, environment, message, game, &answer).await?;",
        to: "let _ = game;",
        found_by: Search::Seeds(1_000),
    },
];
