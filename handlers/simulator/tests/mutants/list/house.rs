//! Mistakes in games against the house.

use super::{Mutant, Search};

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "house-plays-another-game",
        file: "handlers/src/service/join/house.rs",
        from: "let claimed = self.claim(self.me, &claim, None).await?;",
        to: "let claimed = Claimed::Yes; drop(claim);",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "house-game-without-a-timer",
        file: "handlers/src/service/join/house.rs",
        from: "        self.queue
            .schedule(&game.round_timer().into(), window_s)
            .await?;
",
        to: "        let _ = window_s;
",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "house-does-not-play-again",
        file: "handlers/src/outbound/dynamo/games.rs",
        from: "&format!(\"{set}, play_2 = :house REMOVE closed, play_1\"),",
        to: "&format!(\"{set}, deal = :house REMOVE closed, play_1, play_2\"),",
        found_by: Search::SeedsOnTheAdapter(300),
    },
    Mutant {
        name: "house-plays-the-same-again",
        file: "handlers/game/src/game.rs",
        from: "plays: first_plays(self.house, self.round + 1),",
        to: "plays: first_plays(self.house, self.round),",
        found_by: Search::Seeds(5_000),
    },
];
