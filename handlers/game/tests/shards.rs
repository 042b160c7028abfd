//! The shard of the lobby is in the game's id.

use proptest::prelude::*;
use rps_game::GameId;
use rps_game::lobby::SHARDS;

proptest! {
    #[test]
    fn the_id_tells_the_shard(unique in "[0-9a-f]{32}", shard in 0..*SHARDS.end()) {
        let id = GameId::in_shard(&unique, shard);
        prop_assert_eq!(id.shard(), shard);
        prop_assert!(id.as_str().starts_with(&unique));
    }

    #[test]
    fn ids_in_different_shards_differ(
        unique in "[0-9a-f]{32}",
        (one, other) in (0..16u8, 0..16u8).prop_filter("different", |(one, other)| one != other),
    ) {
        prop_assert_ne!(GameId::in_shard(&unique, one), GameId::in_shard(&unique, other));
    }
}

/// Games that a release without shards began.
#[test]
fn an_id_without_a_shard_is_of_shard_0() {
    let plain = "40720c6372644caa8dc5aadbe2d908a8";
    assert_eq!(GameId::from(plain).shard(), 0);
    assert_eq!(GameId::in_shard(plain, 0).as_str(), plain);
    assert_eq!(
        GameId::in_shard(plain, 7).as_str(),
        "40720c6372644caa8dc5aadbe2d908a8-7"
    );
}
