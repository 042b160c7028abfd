//! Mistakes in rooms.

use super::{Mutant, Search};

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "waiting-in-a-room-without-a-claim",
        file: "handlers/src/service/join/mod.rs",
        from: "if old.is_none() && waiting.room.is_none() {",
        to: "if old.is_none() {",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "closed-connection-stays-in-its-room",
        file: "handlers/src/service/leave.rs",
        from: "if let Some(room) = room {",
        to: "if let Some(room) = room.filter(|_| false) {",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "room-takes-strangers",
        file: "handlers/src/service/join/mod.rs",
        from: "let lobby = self.store.peek_lobby(self.room.as_ref()).await?;",
        to: "let lobby = self.store.peek_lobby(None).await?;",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "end-forgets-the-room",
        file: "handlers/src/service/settle.rs",
        from: "leave_lobby(store, game, deliveries, room).await?;",
        to: "drop(room);",
        found_by: Search::Seeds(20_000),
    },
    Mutant {
        name: "claim-forgets-its-room",
        file: "handlers/game/src/lobby.rs",
        from: "at_ms: 0,
            room: waiting.room.clone(),",
        to: "at_ms: 0,
            room: None,",
        found_by: Search::Seeds(5_000),
    },
];
