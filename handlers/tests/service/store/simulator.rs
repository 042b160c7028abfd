//! The simulator's table in memory agrees with the adapter, operation by operation.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rps_game::{ConnectionId, GameId, Room, SeatSecret, Waiting};
use rps_handlers::ports::Takeover;
use rps_simulator::run_mirrored;
use rps_simulator::table::{Mirror, Table as SimulatedTable};
use tokio::runtime::Builder;

use super::*;

/// An operation, its arguments, and whether it is repeated because its answer is lost. Few values, so that conditions
/// often hold.
type Operation = (u8, [u8; 6], bool);

const OPERATIONS: u8 = 16;

fn connection_id(number: u8) -> ConnectionId {
    ["x", "y", "z"][usize::from(number % 3)].into()
}

fn game_id(number: u8) -> GameId {
    ["g", "h", "i"][usize::from(number % 3)].into()
}

fn seat(number: u8) -> Seat {
    Seat::BOTH[usize::from(number % 2)]
}

fn time(number: u8) -> u64 {
    NOW + u64::from(number % 4) * 3000
}

fn room(number: u8) -> Option<Room> {
    number
        .is_multiple_of(3)
        .then(|| "r".parse().expect("a code"))
}

fn secret(number: u8) -> SeatSecret {
    SeatSecret::new(0, u64::from(number % 3))
}

fn some_claim([game, by, place, at, ..]: [u8; 6]) -> Claim {
    Claim {
        game: game_id(game),
        seat: seat(place),
        by: ["j", "k"][usize::from(by % 2)].into(),
        at_ms: time(at),
        room: room(game),
    }
}

fn some_game([id, first, second, at, rounds, secrets]: [u8; 6]) -> Game {
    let first = first % 3;
    let players = [connection_id(first), connection_id(first + 1 + second % 2)];
    let rules = Rules::new(5, 1 + rounds % 3).expect("in range");
    let game = Game::start(game_id(id), players, rules, time(at));
    let game = game.in_room(room(id));
    match secrets % 4 {
        3 => game,
        number => game.with_secrets([secret(number), secret(number + 1)]),
    }
}

fn some_waiting([game, connection, ..]: [u8; 6]) -> Waiting {
    Waiting {
        connection: connection_id(connection),
        game: game_id(game),
        room: room(game),
    }
}

/// Runs the operation on the simulated and on the real table, which compares the results.
#[allow(
    clippy::too_many_lines,
    clippy::many_single_char_names,
    reason = "one arm per operation, and one letter per argument"
)]
fn run(table: &mut SimulatedTable, operation: u8, numbers: [u8; 6]) {
    let [a, b, c, d, e, f] = numbers;
    let (id, game) = (connection_id(b), game_id(a));
    let stored_game = table.find_game(&game).filter(|_| f % 2 == 0);
    let stored_game = stored_game.unwrap_or_else(|| some_game(numbers));
    let room = room(a);
    let stored_waiting = Waiting::find(&table.lobby(room.as_ref()), &id).filter(|_| f % 2 == 0);
    let waiting = stored_waiting.unwrap_or_else(|| some_waiting(numbers));
    let stored_claim = table.find_connection(&id).and_then(|it| it.claim);
    match operation {
        0 => {
            let id = id.clone();
            let connection = Connection { id, ..idle() };
            table.open_connection(&connection);
        }
        1 if c % 2 == 0 => {
            table.remove_connection(&id);
        }
        1 => {
            table.remove_player(&id, &game);
        }
        2 => {
            table.claim_place(&id, &some_claim(numbers), None);
        }
        3 => {
            let old = stored_claim.unwrap_or_else(|| some_claim([f, e, d, c, b, a]));
            table.claim_place(&id, &some_claim(numbers), Some(&old));
        }
        4 => {
            let waiting = some_waiting(numbers);
            table.enter_lobby(&waiting, NOW);
        }
        5 => {
            table.open_place(&some_waiting(numbers), 1 + e % 3, NOW);
        }
        6 if c % 2 == 0 => {
            table.close_place(&waiting);
        }
        6 => {
            table.leave_lobby(&waiting);
        }
        7 => {
            table.start_game(&some_game(numbers));
        }
        8 => {
            let incoming = IncomingPlay {
                from: &id,
                play: Play::ALL[usize::from(c % 3)],
                round: (d % 2 == 0).then_some(u32::from(e % 2) + 1),
                arrived_ms: time(f),
            };
            table.record_play(&some_claim(numbers), incoming);
        }
        9 => {
            table.close_round(&stored_game.round_timer());
        }
        10 => {
            table.close_by_leaving(&game, seat(c), &id);
        }
        11 => {
            let next = Game {
                round: stored_game.round + 1,
                deadline_ms: time(d) + 5000,
                plays: [None; 2],
                closed: None,
                ..stored_game.clone()
            };
            table.next_round(&stored_game, &next);
        }
        12 => {
            table.close_by_operator(&stored_game);
        }
        13 => {
            table.mark_absent(&game, seat(c), &id);
        }
        14 => {
            let to = table.find_connection(&connection_id(d));
            let to = to.unwrap_or_else(idle);
            let claim = Claim {
                game: game.clone(),
                ..some_claim(numbers)
            };
            let takeover = Takeover {
                from: &id,
                is_claimed: e % 2 == 0,
                to: &to,
                claim: &claim,
                secret: &secret(f),
            };
            // Moves that succeed are rare among random values.
            let holder = stored_game.player(claim.seat);
            let own = stored_game.secrets[claim.seat as usize].as_ref();
            let own = Takeover {
                from: if e < 200 { holder } else { &id },
                secret: own.filter(|_| e < 220).unwrap_or(takeover.secret),
                ..takeover
            };
            if *own.from != to.id {
                table.take_seat(own);
            }
        }
        _ if c % 2 == 0 => {
            table.remove_game(&stored_game);
        }
        _ => {
            table.remove_open_game(&stored_game);
        }
    }
    table.find_connection(&id);
    table.find_game(&game);
    table.peek_closed_game(&game);
    table.lobby(room.as_ref());
    table.peek_lobby(room.as_ref());
}

/// The real table runs on the same thread, while the simulated one waits for it.
fn embedded() -> Mirror {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let store = runtime.block_on(Table::embedded()).store;
    Mirror { store, runtime }
}

#[test]
fn the_simulators_table_agrees_with_the_adapter() {
    let operation = (0..OPERATIONS, any::<[u8; 6]>(), any::<bool>());
    let operations = prop::collection::vec(operation, 50);
    let config = Config {
        cases: 20,
        failure_persistence: None,
        ..Config::default()
    };
    let agree = |operations: Vec<Operation>| {
        let mut table = SimulatedTable::mirrored(embedded());
        for (operation, numbers, is_repeated) in operations {
            for _ in 0..=u8::from(is_repeated) {
                run(&mut table, operation, numbers);
            }
        }
        Ok(())
    };
    let result = TestRunner::new(config).run(&operations, agree);
    result.expect("the tables agree");
}

fn run_seeds_on_the_adapter(seeds: u64) {
    for seed in 0..seeds {
        let violation = run_mirrored(seed, embedded()).violation;
        assert!(violation.is_none(), "seed {seed}: {violation:?}");
    }
}

#[test]
fn seeds_run_on_the_adapter() {
    run_seeds_on_the_adapter(10);
}

#[test]
#[ignore = "takes a minute"]
fn many_seeds_run_on_the_adapter() {
    run_seeds_on_the_adapter(300);
}
