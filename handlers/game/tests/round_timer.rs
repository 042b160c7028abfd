//! Which round timers are obsolete.

use rps_game::{Game, LATE_MS, LEASE_MS, RoundTimer, Rules};

const NOW: u64 = 1_000_000;

fn game(round: u32) -> Game {
    let players = ["x".into(), "y".into()];
    let game = Game::start("g".into(), players, Rules::default(), NOW - 5000);
    Game { round, ..game }
}

#[test]
fn a_timer_is_needed_by_its_round_only() {
    let timer_of = |round| game(round).round_timer();
    let other_deadline = RoundTimer {
        deadline_ms: NOW + 1,
        ..timer_of(2)
    };
    let against_house = |round| RoundTimer {
        house: true,
        ..timer_of(round)
    };
    let (late, too_late) = (NOW + LATE_MS - 1, NOW + LATE_MS);
    for (round_timer, waits, stored, now_ms, needed) in [
        (timer_of(2), false, Some(game(2)), too_late, true),
        (timer_of(1), true, Some(game(2)), NOW, false),
        (other_deadline, true, Some(game(2)), NOW, false),
        (timer_of(3), false, Some(game(2)), too_late, true),
        (timer_of(1), true, None, late, true),
        (timer_of(1), true, None, too_late, false),
        (timer_of(1), false, None, NOW, false),
        (timer_of(2), true, None, NOW, false),
        (against_house(1), false, None, NOW + LEASE_MS - 1, true),
        (against_house(1), false, None, NOW + LEASE_MS, false),
        (against_house(2), false, None, NOW, false),
    ] {
        let is_needed = round_timer.is_needed(waits, stored.as_ref(), now_ms);
        assert_eq!(
            is_needed, needed,
            "{round_timer:?} {waits} {stored:?} {now_ms}"
        );
    }
}
