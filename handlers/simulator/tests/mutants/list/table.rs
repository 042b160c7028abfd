//! Mistakes in the conditions of DynamoDB's writes.

use super::{Mutant, Search};

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "claim-replaces-any-claim",
        file: "handlers/src/outbound/dynamo/connections.rs",
        from: r#""attribute_exists(pk) AND attribute_not_exists(game)""#,
        to: r#""attribute_exists(pk)""#,
        found_by: Search::SeedsOnTheAdapter(30),
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
        name: "claim-of-another-join-replaced",
        file: "handlers/src/outbound/dynamo/connections.rs",
        from: r#"AND claimed_by = :old_by))""#,
        to: r#"AND (claimed_by = :old_by OR attribute_exists(pk))))""#,
        found_by: Search::SeedsOnTheAdapter(300),
    },
    Mutant {
        name: "claim-stores-a-closed-connection",
        file: "handlers/src/outbound/dynamo/connections.rs",
        from: r#""attribute_exists(pk) AND (attribute_not_exists(game) \
                     OR (game"#,
        to: r#""(attribute_not_exists(game) \
                     OR (game"#,
        found_by: Search::SeedsOnTheAdapter(30),
    },
    Mutant {
        name: "place-overwritten",
        file: "handlers/src/outbound/dynamo/lobby.rs",
        from: r#""attribute_not_exists(places.#player) AND"#,
        to: r#""attribute_exists(pk) AND"#,
        found_by: Search::SeedsOnTheAdapter(300),
    },
    Mutant {
        name: "lobby-of-others-deleted",
        file: "handlers/src/outbound/dynamo/lobby.rs",
        from: "(size(places) = :one AND places.#player = :game)",
        to: "(size(places) >= :one AND places.#player = :game)",
        found_by: Search::SeedsOnTheAdapter(300),
    },
    Mutant {
        name: "lobby-of-another-player-deleted",
        file: "handlers/src/outbound/dynamo/lobby.rs",
        from: "(size(places) = :one AND places.#player = :game)",
        to: "(size(places) = :one AND (attribute_exists(pk) OR places.#player = :game))",
        found_by: Search::SeedsOnTheAdapter(300),
    },
    Mutant {
        name: "empty-lobby-not-deleted",
        file: "handlers/src/outbound/dynamo/lobby.rs",
        from: "size(places) = :none OR",
        to: "size(places) < :none OR",
        found_by: Search::SeedsOnTheAdapter(300),
    },
];
