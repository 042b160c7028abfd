//! Operators, deployments and outages.

use std::rc::Rc;

use rps_game::{ConnectionId, GameId, Message};
use rps_handlers::ports::{FindGame, Random};
use rps_handlers::service::{operate, position};

use crate::aws::Aws;
use crate::faults::Fault;
use crate::state::{SocketState, State};
use crate::stream::Stream;
use crate::world::{Settings, World};

const SECOND_US: u64 = 1_000_000;
const MINUTE_US: u64 = 60 * SECOND_US;

/// Outlasts the 50 deliveries of a message, 24 seconds apart.
const LONG_OUTAGE_US: u64 = 25 * MINUTE_US;

/// Starts everything that may happen to the whole system.
pub(crate) fn start(world: &Rc<World>, stream: Stream) {
    let happenings = [
        Fault::OperatorEndsGame,
        Fault::OperatorEndsGame,
        Fault::OperatorDisconnects,
        Fault::OperatorDisconnects,
        Fault::OperatorDrains,
        Fault::OperatorPauses,
        Fault::Redrive,
        Fault::NewSettings,
        Fault::NewSettings,
        Fault::Outage,
        Fault::LongOutage,
        Fault::Rollback,
    ];
    for (number, fault) in (0..).zip(happenings) {
        let stream = stream.child(number);
        if world.strikes(stream, fault) {
            let task_world = Rc::clone(world);
            world.executor.spawn(async move {
                task_world
                    .pause(stream.child(1), 1000, 40 * SECOND_US)
                    .await;
                if !task_world.faults.is_calm.get() {
                    happen(&task_world, fault, stream.child(2)).await;
                }
            });
        }
    }
}

async fn happen(world: &Rc<World>, fault: Fault, stream: Stream) {
    match fault {
        Fault::OperatorEndsGame => end_game(world, stream).await,
        Fault::OperatorDisconnects => disconnect(world, stream).await,
        Fault::OperatorDrains => drain(world, stream).await,
        Fault::OperatorPauses => {
            world.tell(|| "an operator pauses the mapping".to_owned());
            world.queue().is_paused = true;
            world.pause(stream, SECOND_US, 3 * MINUTE_US).await;
            world.queue().is_paused = false;
        }
        Fault::Redrive => world.redrive(),
        Fault::NewSettings => {
            let settings = Settings::new(&world.faults, stream);
            world.tell(|| format!("an operator changes the settings to {settings:?}"));
            world.settings.set(settings);
        }
        Fault::Outage => outage(world, stream.duration(SECOND_US, 4 * MINUTE_US)),
        Fault::LongOutage => outage(world, LONG_OUTAGE_US),
        Fault::Rollback => {
            world.tell(|| "an operator deploys a release with other messages".to_owned());
            world.is_new_release.set(true);
            world.pause(stream, SECOND_US, 20 * SECOND_US).await;
            if !world.faults.is_calm.get() {
                world.tell(|| "an operator rolls the release back".to_owned());
                world.is_new_release.set(false);
            }
        }
        _ => {}
    }
}

fn outage(world: &World, duration_us: u64) {
    world.tell(|| format!("AWS throttles all calls for {} s", duration_us / SECOND_US));
    world.outage_until_us.set(world.now_us() + duration_us);
}

async fn end_game(world: &Rc<World>, stream: Stream) {
    let games: Vec<GameId> = world.table.borrow().games.keys().cloned().collect();
    if games.is_empty() {
        return;
    }
    let game = &games[stream.index(games.len())];
    let end = async |aws: &Aws| {
        let Ok(Some(snapshot)) = aws.find_game(game).await else {
            return;
        };
        world.pause(stream.child(1), 1000, 10 * SECOND_US).await;
        let _ = operate::end_game(aws, aws, aws, &snapshot).await;
    };
    rpsctl(world, &format!("end {game}"), stream, end).await;
}

async fn disconnect(world: &Rc<World>, stream: Stream) {
    let ids: Vec<ConnectionId> = world.table.borrow().connections.keys().cloned().collect();
    let was_open = |id: &ConnectionId| world.socket(id, |it| it.state != SocketState::Connecting);
    let ids: Vec<ConnectionId> = ids.into_iter().filter(was_open).collect();
    if !ids.is_empty() {
        disconnect_player(world, &ids[stream.index(ids.len())], stream).await;
    }
}

pub(crate) async fn disconnect_player(world: &Rc<World>, id: &ConnectionId, stream: Stream) {
    let disconnect = async |aws: &Aws| {
        let Ok(Some(snapshot)) = position::find(aws, aws, id).await else {
            return;
        };
        world.pause(stream.child(1), 1000, 10 * SECOND_US).await;
        world.truth.borrow_mut().by_operator.insert(id.clone());
        let by = aws.unique().as_str().into();
        let _ = operate::disconnect(aws, aws, aws, &snapshot, &by).await;
    };
    rpsctl(world, &format!("disconnect {id}"), stream, disconnect).await;
}

/// Deletes obsolete messages while the mapping is paused.
async fn drain(world: &Rc<World>, stream: Stream) {
    world.queue().is_paused = true;
    let drain = async |aws: &Aws| {
        for index in world.take(0) {
            let body = world.queue().messages[index].body.clone();
            let Ok(message) = Message::parse(&body) else {
                continue;
            };
            if let Ok(false) = operate::is_needed(aws, aws, &message).await {
                world.tell(|| format!("an operator deletes {}", crate::queue::name(&message)));
                world.queue().messages[index].state = State::Deleted;
            }
        }
    };
    rpsctl(world, "drain", stream, drain).await;
    world.queue().is_paused = false;
}

async fn rpsctl(world: &Rc<World>, command: &str, stream: Stream, run: impl AsyncFnOnce(&Aws)) {
    let stream = stream.child(3);
    world.invoke(stream, "rpsctl", command, u64::MAX, run).await;
}
