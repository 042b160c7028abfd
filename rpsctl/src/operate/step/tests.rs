//! A step is refused if the state changes after the plan was made. The tests use the local AWS without functions, and
//! change its table in place of players.

use rps_game::{
    Claim, CloseReason, Connection, Game, Reservation, RoundTimer, Rules, Seat, Waiting,
};
use rps_handlers::outbound::dynamo::DynamoStore;
use rps_handlers::ports::{
    ChangeGame, ClaimPlace, ClaimResult, EnterLobby, FindConnection, FindGame, LeaveLobby,
    OpenConnection, ReadLobby, RemoveConnection, ReservePlayer, ReserveResult, StartGame,
};
use rps_local::{Local, Options};

use super::*;

const JOIN_IS_RUNNING: &str = "a join is running; run the command again in 5 s";

/// A time that stays recent during the test.
fn recent_ms() -> u64 {
    now_ms() + 60_000
}

/// A local AWS with one connection, `x`.
struct StepBench {
    /// Stops the local AWS on drop.
    _local: Local,
    deployment: Deployment,
    x: ConnectionId,
}

impl StepBench {
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
        self.store().remove_connection(&self.x).await.unwrap();
    }

    async fn is_connected(&self) -> bool {
        let connection = self.store().find_connection(&self.x).await;
        connection.unwrap().is_some()
    }

    async fn claim(&self, game: &str, at_ms: u64) {
        let claim = Claim {
            game: game.into(),
            seat: Seat::First,
            by: "its join".into(),
            at_ms,
            reservation: None,
        };
        let result = self.store().claim_place(&self.x, &claim, None).await;
        assert_eq!(result, Ok(ClaimResult::Yes));
    }

    async fn wait(&self, game: &str) -> Waiting {
        self.claim(game, 1).await;
        let waiting = Waiting {
            connection: self.x.clone(),
            game: game.into(),
        };
        let entered = self.store().enter_lobby(&waiting, now_ms()).await;
        assert_eq!(entered, Ok(true));
        waiting
    }

    /// Starts a game between `x` and another player.
    async fn start(&self, waiting: &Waiting) -> RoundTimer {
        let players = [self.x.clone(), "other".into()];
        let id = waiting.game.clone();
        let (game, round_timer) = Game::start(id.clone(), players, Rules::default(), now_ms());
        assert_eq!(self.store().start_game(&game).await, Ok(true));
        assert_eq!(self.store().clear_lobby(waiting).await, Ok(true));
        round_timer
    }

    async fn closed(&self) -> Option<CloseReason> {
        let game = self.store().find_game(&"g".into()).await;
        game.unwrap().unwrap().closed
    }

    /// The step that disconnects `x` in its current state.
    async fn plan(&self) -> Step<'static> {
        let snapshot = service::find(self.store(), &System, &self.x).await;
        let snapshot = Box::new(snapshot.unwrap().unwrap());
        Step::Disconnect {
            snapshot,
            stale: false,
        }
    }

    async fn carry_out(&self, step: &Step<'_>) -> StepOutcome {
        let confirmation = Confirmed::beforehand(true).unwrap();
        step.carry_out(&self.deployment, &confirmation)
            .await
            .unwrap()
    }

    async fn assert_refused(&self, step: &Step<'_>, why: &str) {
        assert_eq!(
            self.carry_out(step).await,
            StepOutcome::Refused(why.to_owned())
        );
    }
}

#[tokio::test]
async fn a_connection_that_joins_after_the_plan_is_kept() {
    let world = StepBench::new().await;
    let idle = world.plan().await;
    world.claim("g", recent_ms()).await;
    world.assert_refused(&idle, JOIN_IS_RUNNING).await;
    let joining = world.plan().await;
    let words = "close x (joining, so this step will be refused; run the command again in 5 s)";
    assert_eq!(joining.words(), words);
    world.assert_refused(&joining, JOIN_IS_RUNNING).await;
    let connection = world.store().find_connection(&world.x).await.unwrap();
    assert_eq!(connection.unwrap().claim.unwrap().by, "its join".into());
}

#[tokio::test]
async fn a_connection_that_waits_after_the_plan_is_kept() {
    let world = StepBench::new().await;
    let idle = world.plan().await;
    let waiting = world.wait("g").await;
    world.assert_refused(&idle, "it is waiting now").await;
    assert_eq!(world.store().waiting(0).await, Ok(Some(waiting)));
    assert!(world.is_connected().await);
}

#[tokio::test]
async fn a_connection_that_is_reserved_or_plays_after_the_plan_is_kept() {
    let world = StepBench::new().await;
    let waiting = world.wait("g").await;
    let planned = world.plan().await;
    let reservation = Reservation {
        by: "a joiner".into(),
        at_ms: recent_ms(),
    };
    let reserved = world.store().reserve_player(&waiting, &reservation).await;
    assert_eq!(reserved, Ok(ReserveResult::Yes));
    let why = "a game with it is starting; run the command again in 5 s";
    world.assert_refused(&planned, why).await;
    world.start(&waiting).await;
    world.assert_refused(&planned, "it is playing now").await;
    assert_eq!(world.closed().await, None);
    assert!(world.is_connected().await);
}

#[tokio::test]
async fn a_player_whose_game_is_decided_or_over_is_kept() {
    let world = StepBench::new().await;
    let waiting = world.wait("g").await;
    let round_timer = world.start(&waiting).await;
    let planned = world.plan().await;
    world.store().close_round(&round_timer).await.unwrap();
    let why = "its game g is ending";
    world.assert_refused(&planned, why).await;
    assert_eq!(world.closed().await, Some(CloseReason::ByClock));
    world.disconnect().await;
    assert_eq!(world.carry_out(&planned).await, StepOutcome::Gone);
}

#[tokio::test]
async fn a_connection_that_waits_for_another_game_is_kept() {
    let world = StepBench::new().await;
    let first = world.wait("g").await;
    let planned = world.plan().await;
    assert_eq!(world.store().clear_lobby(&first).await, Ok(true));
    world.disconnect().await;
    world.connect().await;
    world.wait("h").await;
    let why = "it has changed, and is waiting again";
    world.assert_refused(&planned, why).await;
    assert!(world.store().waiting(0).await.unwrap().is_some());
}

#[tokio::test]
async fn a_socket_that_is_in_the_table_or_closed_is_not_closed() {
    let world = StepBench::new().await;
    let connection = "x".into();
    let planned = Step::CloseSocket { connection };
    let why = "it is in the table now";
    world.assert_refused(&planned, why).await;
    world.disconnect().await;
    assert_eq!(world.carry_out(&planned).await, StepOutcome::Gone);
}
