//! The run of one seed, and the guarantees as checks at rest.

use std::cell::Cell;
use std::rc::Rc;

use rps_game::{Connection, ConnectionId, Game, GameId, Lobby, ServerMessage, Waiting};

use crate::brief::Brief as _;
use crate::faults::Fault;
use crate::items::Items;
use crate::operators;
use crate::players::{Visit, player};
use crate::state::{Belief, Guarantee, QueueMessage, Socket, State};
use crate::stream::Stream;
use crate::world::{Settings, World};

const SECOND_US: u64 = 1_000_000;
const MAX_STEPS: u64 = 100_000;
const MAX_PLAYERS: u64 = 8;
/// Calls of a game with one round (docs/architecture.md).
const GAME_CALLS: u64 = 27;
/// A draw's calls: two plays, and the next round.
const DRAW_CALLS: u64 = 9;
/// Calls for a closed connection in the lobby, or for a game without players.
const GHOST_CALLS: u64 = 20;
/// Then every reservation and every claim of a dead join has ended, whatever the clocks.
const LEASES_S: u64 = 10;
const PROBES: [&str; 2] = ["probe1", "probe2"];

/// Runs the world to its end. Returns the number of steps.
pub(crate) fn run(world: &Rc<World>, stream: Stream) -> u64 {
    let mut steps = 0;
    start(world, stream);
    let expires = world.strikes(stream.child(8), Fault::Expiry);
    let storm_us = stream.child(3).duration(20 * SECOND_US, 200 * SECOND_US);
    steps += run_until(world, storm_us);
    steps += run_until(world, world.outage_until_us.get());
    calm_down(world);
    steps += run_until(world, u64::MAX);
    check_players(world);
    check_games(world);
    let ids: Vec<ConnectionId> = world.sockets.borrow().keys().cloned().collect();
    for id in &ids {
        world.close(id);
    }
    steps += run_until(world, u64::MAX);
    if expires {
        expire(world, stream.child(8));
    }
    let lobby = world.table.borrow().lobbies.get(&None).cloned();
    let places = lobby.map_or(0, |lobby| lobby.places.len().max(1));
    let ghosts = places + world.table.borrow().games.len();
    let calls = world.truth.borrow().calls;
    send_probes(world, stream.child(4));
    steps += run_until(world, u64::MAX);
    check_probes(world, calls, ghosts as u64);
    check_remains(world);
    steps
}

fn start(world: &Rc<World>, stream: Stream) {
    let players = stream.child(5).pick(&[2, 2, 3, 3, 4, 5, 6, MAX_PLAYERS]);
    let max_visits = (12 / players).min(3);
    for number in 1..=players {
        let stream = stream.child(100 + number);
        if world.strikes(stream, Fault::Player) {
            let name = format!("p{number}");
            world
                .executor
                .spawn(player(Rc::clone(world), name, max_visits, stream));
        }
    }
    if world.strikes(stream.child(7), Fault::FewExecutions) {
        world.max_executions.set(stream.child(7).pick(&[1, 2, 3]));
    }
    operators::start(world, stream.child(6));
}

/// Steps until then, or until nothing happens any more, or until a guarantee is violated.
fn run_until(world: &Rc<World>, until_us: u64) -> u64 {
    let mut steps = 0;
    let executor = &world.executor;
    while world.violation.borrow().is_none()
        && executor
            .next_us()
            .is_some_and(|next_us| next_us <= until_us)
    {
        executor.step();
        steps += 1;
        if steps > MAX_STEPS {
            world.violate(Guarantee::EveryGameEnds, || {
                "the world does not come to rest".to_owned()
            });
        }
    }
    steps
}

/// Ends all faults. Operators redrive dead letters, unless the run proves that games end without them.
fn calm_down(world: &Rc<World>) {
    world.tell(|| "all faults end".to_owned());
    world.faults.is_calm.set(true);
    world.queue().is_paused = false;
    world.outage_until_us.set(0);
    world.max_executions.set(u32::MAX);
    if world.faults.has_struck(Fault::Rollback) {
        world.is_new_release.set(true);
    }
    if !world.faults.has_struck(Fault::LongOutage) {
        world.redrive();
    }
}

/// Removes some of the remaining items, because DynamoDB removes expired items at any time.
fn expire(world: &World, stream: Stream) {
    let numbers = Cell::new(0);
    let keeps = || {
        stream
            .child(numbers.replace(numbers.get() + 1))
            .pick(&[true, false])
    };
    let items = Items::clone(&world.table.borrow());
    let mut table = world.table.borrow_mut();
    for id in items.connections.keys().filter(|_| !keeps()) {
        table.remove_connection(id);
    }
    for game in items.games.values().filter(|_| !keeps()) {
        table.remove_game(game);
    }
    for lobby in items.lobbies.values().filter(|_| !keeps()) {
        for id in lobby.places.keys() {
            if let Some(waiting) = Waiting::find(lobby, id) {
                table.close_place(&waiting);
                table.leave_lobby(&waiting);
            }
        }
    }
    world.tell(|| "DynamoDB removes expired items".to_owned());
}

/// Players who still read their frames wait alone or are gone.
pub(crate) fn check_players(world: &World) {
    let (sockets, truth) = (world.sockets.borrow(), world.truth.borrow());
    for (id, socket) in sockets.iter().filter(|(_, socket)| socket.is_open()) {
        let game = truth.game_of.get(id);
        let waits = world.waits_alone(id);
        let (guarantee, text) = match socket.belief {
            Belief::Gone => continue,
            Belief::Waiting | Belief::InSomeGame if waits => continue,
            // The function died before it closed this connection. Its next message does.
            _ if truth.replaced.contains(id) => continue,
            // Its client closes the connection.
            Belief::Over if game.is_some_and(|game| world.may_remain(game)) => continue,
            Belief::Joining => (Guarantee::NobodyWaitsForever, "never gets an answer"),
            Belief::Waiting => (Guarantee::NobodyWaitsForever, "waits forever"),
            Belief::InSomeGame | Belief::Playing => {
                (Guarantee::EveryGameEnds, "never hears the end of its game")
            }
            Belief::Over => (Guarantee::NothingRemains, "stays connected after its game"),
        };
        world.violate(guarantee, || format!("{id} {text}"));
    }
}

pub(crate) fn check_games(world: &World) {
    let (table, sockets) = (world.table.borrow(), world.sockets.borrow());
    let has_player = |game: &Game| {
        game.players.iter().any(|id| {
            let claim = table.connections.get(id).and_then(|it| it.claim.as_ref());
            let socket = sockets.get(id).filter(|it| it.is_open());
            let plays = socket.is_some_and(|socket| socket.belief != Belief::Over);
            plays && claim.is_some_and(|claim| claim.game == game.id)
        })
    };
    let mut games = table.games.values();
    if let Some(game) = games.find(|game| has_player(game) || !world.may_remain(&game.id)) {
        world.violate(Guarantee::EveryGameEnds, || {
            format!("{} never ends", game.id)
        });
    }
}

/// After all players have left, two new ones come, one after the other.
fn send_probes(world: &Rc<World>, stream: Stream) {
    let rules = world.settings.get().rules.deciding_early(false);
    world.settings.set(Settings::among_all_places(rules));
    for (probe, number) in PROBES.into_iter().zip(0..) {
        let visit = Visit::new(world, probe, stream.child(number));
        let task_world = Rc::clone(world);
        world.executor.spawn(async move {
            let pause_us = (LEASES_S + number * 2) * SECOND_US;
            task_world.executor.sleep(pause_us).await;
            visit.run().await;
        });
    }
}

/// The new players play each other, are told the result once, and cost what a game costs.
fn check_probes(world: &World, calls_before: u64, ghosts: u64) {
    let truth = world.truth.borrow();
    let ending = |probe: &str| match truth.endings.get(&probe.into()) {
        Some(ServerMessage::GameOver { game, rounds, .. }) => Some((game, *rounds)),
        _ => None,
    };
    let [first, second] = PROBES.map(ending);
    let Some((_, rounds)) = first.filter(|_| first == second) else {
        return world.violate(Guarantee::StateHeals, || {
            format!("two new players do not play each other: {first:?} and {second:?}")
        });
    };
    let repeats = PROBES.map(|probe| truth.repeats.get(&probe.into()).copied());
    if repeats != [Some(1); 2] {
        world.violate(Guarantee::SameTruthForBoth, || {
            format!("without faults, two players are told the end {repeats:?} times")
        });
    }
    let calls = truth.calls - calls_before;
    let most = GAME_CALLS + DRAW_CALLS * u64::from(rounds - 1) + GHOST_CALLS * ghosts;
    if calls > most {
        world.violate(Guarantee::CostPerGame, || {
            format!("a game of {rounds} rounds makes {calls} calls instead of {most}")
        });
    }
}

/// Only connections whose `$disconnect` failed or was lost may remain, and stale players in rooms that nobody visits. They
/// stay until their TTL.
fn check_remains(world: &World) {
    let (table, sockets) = (world.table.borrow(), world.sockets.borrow());
    let connections = table.connections.keys();
    let connections = connections.filter(|id| {
        sockets
            .get(*id)
            .is_none_or(|it| it.has_left && !it.is_reopened)
    });
    let games = table.games.keys().filter(|game| !world.may_remain(game));
    let open = sockets.iter().filter(|(_, socket)| socket.is_open());
    let lobbies = table.lobbies.values();
    let lobbies = lobbies.filter(|lobby| lobby.room.is_none() || !world.may_be_stale(lobby));
    let remains: Vec<String> = connections
        .map(|id| format!("C#{id}"))
        .chain(lobbies.map(Lobby::brief))
        .chain(games.map(|game| format!("G#{game}")))
        .chain(open.map(|(id, _)| format!("the open connection {id}")))
        .collect();
    if !remains.is_empty() {
        let remains = remains.join(", ");
        world.violate(Guarantee::NothingRemains, || {
            format!("at rest remain: {remains}")
        });
    }
}

impl World {
    /// The player waits, and no other player does. Places of closed connections and of players in a game do not count.
    fn waits_alone(&self, id: &ConnectionId) -> bool {
        let (table, sockets) = (self.table.borrow(), self.sockets.borrow());
        let plays = |connection: &Connection| {
            let claim = connection.claim.as_ref();
            let game = claim.and_then(|claim| table.games.get(&claim.game));
            game.is_some_and(|game| game.players.contains(&connection.id))
        };
        let waits = |id: &&ConnectionId| {
            let connection = table.connections.get(*id);
            sockets.get(*id).is_some_and(Socket::is_open) && connection.is_some_and(|it| !plays(it))
        };
        let lobbies = table
            .lobbies
            .values()
            .map(|it| it.places.keys().filter(waits));
        let mut lobbies = lobbies
            .filter(|players| players.clone().any(|it| it == id))
            .peekable();
        lobbies.peek().is_some() && lobbies.all(|players| players.eq([id]))
    }

    /// A room may keep a stale player, if a failure is to blame. The end of a game removes its players from the room, unless
    /// AWS stores a place again, `decide` reads an older state, or the round timer is a dead letter.
    fn may_be_stale(&self, lobby: &Lobby) -> bool {
        const EXCUSES: [Fault; 5] = [
            Fault::InternalError,
            Fault::LostResponse,
            Fault::LateRequest,
            Fault::StaleRead,
            Fault::LongOutage,
        ];
        let (truth, faults) = (self.truth.borrow(), &self.faults);
        let mut games = lobby.places.values();
        let has_ended = games.any(|game| truth.players.contains_key(game));
        let is_excused = EXCUSES.iter().any(|fault| faults.has_struck(*fault));
        faults.have_failures() && (!has_ended || is_excused)
    }

    /// A game without connected players may stay until its TTL, if AWS stored it too late, or if an outage made its timer a
    /// dead letter.
    fn may_remain(&self, game: &GameId) -> bool {
        let is_dead = |message: &QueueMessage| {
            message.state == State::DeadLetter && message.body.contains(&format!("\"{game}\""))
        };
        self.truth.borrow().late_games.contains(game) || self.queue().messages.iter().any(is_dead)
    }
}
