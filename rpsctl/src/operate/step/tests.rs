//! What is not as planned any more is left alone. The AWS is the local one, without functions: what players do between
//! plan and execution is done to its table.

use rps_game::{Claim, Connection, Game, Rules, Seat, Taken, Tick, Waiting};
use rps_handlers::outbound::dynamo::DynamoStore;
use rps_handlers::ports::{
    ChangeGame, ClaimPlace, Claimed, EnterLobby, FindConnection, FindGame, LeaveLobby,
    OpenConnection, ReadLobby, RemoveConnection, StartGame, TakeWaiting,
};
use rps_local::{Local, Options};

use super::*;
use crate::target::{Login, Target};

/// A time that is only a moment ago for as long as the test takes.
fn fresh_ms() -> u64 {
    now_ms() + 60_000
}

/// A game on this machine.
struct World {
    /// Ends with this.
    _local: Local,
    deployment: Deployment,
    store: DynamoStore,
}

impl World {
    async fn new() -> Self {
        let local = rps_local::start(Options::default()).await.unwrap();
        let endpoint = local.urls().endpoint.parse().unwrap();
        let login = Login::Local;
        let deployment = Deployment::reach(Target::Local { endpoint, login }).await;
        let deployment = deployment.unwrap();
        Self {
            _local: local,
            store: deployment.store().clone(),
            deployment,
        }
    }

    /// A connection is there.
    async fn connect(&self, id: &str) -> ConnectionId {
        let connection = Connection {
            id: id.into(),
            connected_at_ms: 1,
            claim: None,
        };
        self.store.open_connection(&connection).await.unwrap();
        connection.id
    }

    /// It claims a place.
    async fn claim(&self, id: &ConnectionId, game: &str, seat: Seat, at_ms: u64) {
        let claim = Claim {
            game: game.into(),
            seat,
            by: "its join".into(),
            at_ms,
        };
        let claimed = self.store.claim_place(id, &claim, None).await;
        assert_eq!(claimed, Ok(Claimed::Yes));
    }

    /// It joins, and waits.
    async fn wait(&self, id: &ConnectionId, game: &str) -> Waiting {
        self.claim(id, game, Seat::First, 1).await;
        let waiting = Waiting {
            connection: id.clone(),
            game: game.into(),
            taken: None,
        };
        assert_eq!(self.store.enter_lobby(&waiting, now_ms()).await, Ok(true));
        waiting
    }

    /// Somebody joins it, and they play.
    async fn start(&self, waiting: &Waiting) -> Tick {
        let players = [waiting.connection.clone(), "other".into()];
        let id = waiting.game.clone();
        let (game, tick) = Game::start(id.clone(), players, Rules::default(), now_ms());
        assert_eq!(self.store.start_game(&game).await, Ok(true));
        let cleared = self.store.clear_lobby(&waiting.connection, &id).await;
        assert_eq!(cleared, Ok(()));
        tick
    }

    async fn plan(&self, id: &ConnectionId) -> Step<'static> {
        let seen = service::find(&self.store, &System, id)
            .await
            .unwrap()
            .unwrap();
        let seen = Box::new(seen);
        Step::Disconnect { seen, stale: false }
    }

    async fn act(&self, step: &Step<'_>) -> Outcome {
        let confirmed = Confirmed::beforehand(true).unwrap();
        step.carry_out(&self.deployment, &confirmed).await.unwrap()
    }

    /// It is left alone, for that reason.
    async fn is_refused(&self, step: &Step<'_>, why: &str) {
        assert_eq!(self.act(step).await, Outcome::Refused(why.to_owned()));
    }
}

#[tokio::test]
async fn who_has_joined_since() {
    let world = World::new().await;
    let x = world.connect("x").await;
    let idle = world.plan(&x).await;
    world.claim(&x, "g", Seat::First, fresh_ms()).await;
    world
        .is_refused(&idle, "a join is running; again in 5 s")
        .await;
    let joining = world.plan(&x).await;
    assert_eq!(
        joining.words(),
        "close x (it is joining, so that will be refused; again in 5 s)"
    );
    world
        .is_refused(&joining, "a join is running; again in 5 s")
        .await;
    let found = world.store.find_connection(&x).await.unwrap();
    assert_eq!(found.unwrap().claim.unwrap().by, "its join".into());
}

#[tokio::test]
async fn who_waits_by_now() {
    let world = World::new().await;
    let x = world.connect("x").await;
    let idle = world.plan(&x).await;
    let waiting = world.wait(&x, "g").await;
    world.is_refused(&idle, "it is waiting by now").await;
    assert_eq!(world.store.waiting(0).await, Ok(Some(waiting)));
    assert!(world.store.find_connection(&x).await.unwrap().is_some());
}

#[tokio::test]
async fn who_is_taken_or_plays_by_now() {
    let world = World::new().await;
    let x = world.connect("x").await;
    let waiting = world.wait(&x, "g").await;
    let planned = world.plan(&x).await;
    let taken = Taken {
        by: "a joiner".into(),
        at_ms: fresh_ms(),
    };
    let took = world.store.take_waiting(&waiting, &taken).await;
    assert_eq!(took, Ok(true));
    world
        .is_refused(&planned, "a game is being started with it; again in 5 s")
        .await;
    world.start(&waiting).await;
    world.is_refused(&planned, "it is playing by now").await;
    let game = world.store.find_game(&"g".into()).await.unwrap();
    assert_eq!(game.unwrap().closed, None);
    assert!(world.store.find_connection(&x).await.unwrap().is_some());
}

#[tokio::test]
async fn whose_game_is_decided_or_over_by_now() {
    let world = World::new().await;
    let x = world.connect("x").await;
    let waiting = world.wait(&x, "g").await;
    let tick = world.start(&waiting).await;
    let planned = world.plan(&x).await;
    world.store.close_round(&tick).await.unwrap();
    world
        .is_refused(&planned, "its game g is about to end")
        .await;
    let game = world.store.find_game(&"g".into()).await.unwrap();
    assert_eq!(game.unwrap().closed, Some(rps_game::Closed::ByClock));
    world.store.remove_connection(&x, None).await.unwrap();
    assert_eq!(world.act(&planned).await, Outcome::Gone);
}

#[tokio::test]
async fn who_waits_again() {
    let world = World::new().await;
    let x = world.connect("x").await;
    let first = world.wait(&x, "g").await;
    let planned = world.plan(&x).await;
    let cleared = world.store.clear_lobby(&x, &first.game).await;
    assert_eq!(cleared, Ok(()));
    world.store.remove_connection(&x, None).await.unwrap();
    world.connect("x").await;
    world.wait(&x, "h").await;
    world
        .is_refused(&planned, "it has moved on, and is waiting again")
        .await;
    assert!(world.store.waiting(0).await.unwrap().is_some());
}

#[tokio::test]
async fn what_is_in_the_table_or_closed_by_now() {
    let world = World::new().await;
    let connection = "x".into();
    let planned = Step::CloseSocket { connection };
    assert_eq!(world.act(&planned).await, Outcome::Gone);
    world.connect("x").await;
    world
        .is_refused(&planned, "it is in the table by now")
        .await;
}
