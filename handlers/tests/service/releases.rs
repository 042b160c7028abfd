//! Games of the previous release.

use rps_game::{Game, Play, Reason};

use crate::support::simulation::Simulation;

/// In a game of version 1, a player may leave until `decide` closes the round.
#[tokio::test]
async fn the_version_of_a_game_says_whether_the_second_play_closes_a_round() {
    for (v, reason) in [(1, Reason::OpponentLeft), (2, Reason::Plays)] {
        for leaves in [true, false] {
            let sim = Simulation::playing(Some(Play::Rock), Some(Play::Paper)).await;
            let game = sim.game().expect("a game");
            sim.store.0.borrow_mut().remove_game(&game);
            sim.store.0.borrow_mut().start_game(&Game { v, ..game });
            if leaves {
                sim.leave("x").await;
            }
            sim.run_timers().await;
            let reason = if leaves { reason } else { Reason::Plays };
            assert_eq!(sim.reason("y"), reason, "{v}");
            sim.finish().await;
        }
    }
}
