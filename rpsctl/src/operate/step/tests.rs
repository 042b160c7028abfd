//! What is not as planned any more is left alone. The AWS is the local one, without functions: what players do between
//! plan and execution is done to its table.

use rps_game::{Claim, Closed, Connection, Game, Rules, Seat, Taken, Tick, Waiting};
use rps_handlers::outbound::dynamo::DynamoStore;
use rps_handlers::ports::{
    ChangeGame, ClaimPlace, Claimed, EnterLobby, FindConnection, FindGame, LeaveLobby,
    OpenConnection, ReadLobby, RemoveConnection, StartGame, TakeWaiting,
};
use rps_local::{Local, Options};

use super::*;

const JOINS: &str = "a join is running; again in 5 s";

/// A time that is only a moment ago for as long as the test takes.
fn fresh_ms() -> u64 {
    now_ms() + 60_000
}

/// A game on this machine, with one connection, `x`.
struct World {
    /// Ends with this.
    _local: Local,
    deployment: Deployment,
    x: ConnectionId,
}

impl World {
    async fn new() -> Self {
        let local = rps_local::start(Options::default()).await.unwrap();
        let deployment = Deployment::at(&local.urls().endpoint).await;
        let world = Self {
            _local: local,
            deployment,
            x: "x".into(),
        };
        world.connect().await;
        world
    }

    fn store(&self) -> &DynamoStore {
        self.deployment.store()
    }

    async fn connect(&self) {
        let connection = Connection {
            id: self.x.clone(),
            connected_at_ms: 1,
            claim: None,
        };
        self.store().open_connection(&connection).await.unwrap();
    }

    async fn disconnect(&self) {
        self.store().remove_connection(&self.x, None).await.unwrap();
    }

    async fn is_connected(&self) -> bool {
        let found = self.store().find_connection(&self.x).await;
        found.unwrap().is_some()
    }

    async fn claim(&self, game: &str, at_ms: u64) {
        let claim = Claim {
            game: game.into(),
            seat: Seat::First,
            by: "its join".into(),
            at_ms,
        };
        let claimed = self.store().claim_place(&self.x, &claim, None).await;
        assert_eq!(claimed, Ok(Claimed::Yes));
    }

    async fn wait(&self, game: &str) -> Waiting {
        self.claim(game, 1).await;
        let waiting = Waiting {
            connection: self.x.clone(),
            game: game.into(),
            taken: None,
        };
        let entered = self.store().enter_lobby(&waiting, now_ms()).await;
        assert_eq!(entered, Ok(true));
        waiting
    }

    /// Somebody joins `x`, and they play.
    async fn start(&self, waiting: &Waiting) -> Tick {
        let players = [self.x.clone(), "other".into()];
        let id = waiting.game.clone();
        let (game, tick) = Game::start(id.clone(), players, Rules::default(), now_ms());
        assert_eq!(self.store().start_game(&game).await, Ok(true));
        assert_eq!(self.store().clear_lobby(&self.x, &id).await, Ok(()));
        tick
    }

    async fn closed(&self) -> Option<Closed> {
        let game = self.store().find_game(&"g".into()).await;
        game.unwrap().unwrap().closed
    }

    /// The step that disconnects `x` where it is now.
    async fn plan(&self) -> Step<'static> {
        let seen = service::find(self.store(), &System, &self.x).await;
        let seen = Box::new(seen.unwrap().unwrap());
        Step::Disconnect { seen, stale: false }
    }

    async fn act(&self, step: &Step<'_>) -> Outcome {
        let confirmed = Confirmed::beforehand(true).unwrap();
        step.carry_out(&self.deployment, &confirmed).await.unwrap()
    }

    async fn is_refused(&self, step: &Step<'_>, why: &str) {
        assert_eq!(self.act(step).await, Outcome::Refused(why.to_owned()));
    }
}

#[tokio::test]
async fn who_has_joined_since() {
    let world = World::new().await;
    let idle = world.plan().await;
    world.claim("g", fresh_ms()).await;
    world.is_refused(&idle, JOINS).await;
    let joining = world.plan().await;
    let words = "close x (it is joining, so that will be refused; again in 5 s)";
    assert_eq!(joining.words(), words);
    world.is_refused(&joining, JOINS).await;
    let found = world.store().find_connection(&world.x).await.unwrap();
    assert_eq!(found.unwrap().claim.unwrap().by, "its join".into());
}

#[tokio::test]
async fn who_waits_by_now() {
    let world = World::new().await;
    let idle = world.plan().await;
    let waiting = world.wait("g").await;
    world.is_refused(&idle, "it is waiting by now").await;
    assert_eq!(world.store().waiting(0).await, Ok(Some(waiting)));
    assert!(world.is_connected().await);
}

#[tokio::test]
async fn who_is_taken_or_plays_by_now() {
    let world = World::new().await;
    let waiting = world.wait("g").await;
    let planned = world.plan().await;
    let taken = Taken {
        by: "a joiner".into(),
        at_ms: fresh_ms(),
    };
    let took = world.store().take_waiting(&waiting, &taken).await;
    assert_eq!(took, Ok(true));
    let why = "a game is being started with it; again in 5 s";
    world.is_refused(&planned, why).await;
    world.start(&waiting).await;
    world.is_refused(&planned, "it is playing by now").await;
    assert_eq!(world.closed().await, None);
    assert!(world.is_connected().await);
}

#[tokio::test]
async fn whose_game_is_decided_or_over_by_now() {
    let world = World::new().await;
    let waiting = world.wait("g").await;
    let tick = world.start(&waiting).await;
    let planned = world.plan().await;
    world.store().close_round(&tick).await.unwrap();
    let why = "its game g is about to end";
    world.is_refused(&planned, why).await;
    assert_eq!(world.closed().await, Some(Closed::ByClock));
    world.disconnect().await;
    assert_eq!(world.act(&planned).await, Outcome::Gone);
}

#[tokio::test]
async fn who_waits_again() {
    let world = World::new().await;
    let first = world.wait("g").await;
    let planned = world.plan().await;
    let cleared = world.store().clear_lobby(&world.x, &first.game).await;
    assert_eq!(cleared, Ok(()));
    world.disconnect().await;
    world.connect().await;
    world.wait("h").await;
    let why = "it has moved on, and is waiting again";
    world.is_refused(&planned, why).await;
    assert!(world.store().waiting(0).await.unwrap().is_some());
}

#[tokio::test]
async fn what_is_in_the_table_or_closed_by_now() {
    let world = World::new().await;
    let connection = "x".into();
    let planned = Step::CloseSocket { connection };
    let why = "it is in the table by now";
    world.is_refused(&planned, why).await;
    world.disconnect().await;
    assert_eq!(world.act(&planned).await, Outcome::Gone);
}
