//! A step is refused if the state changes after the plan was made. The tests use the local AWS without functions, and
//! change its table in place of players.

use rps_game::{Claim, CloseReason, Connection, Game, Lobby, RoundTimer, Rules, Seat};
use rps_handlers::outbound::dynamo::DynamoStore;
use rps_handlers::ports::{
    ChangeGame, ClaimPlace, ClaimResult, EnterLobby, FindConnection, FindGame, LeaveLobby,
    LobbyResult, OpenConnection, ReadLobby, RemoveConnection, StartGame,
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
            room: None,
        };
        let result = self.store().claim_place(&self.x, &claim, None).await;
        assert_eq!(result, Ok(ClaimResult::Yes));
    }

    async fn wait(&self, game: &str) -> Waiting {
        let waiting = Waiting {
            connection: self.x.clone(),
            game: game.into(),
            room: None,
        };
        let entered = self.store().enter_lobby(&waiting, now_ms()).await;
        assert!(matches!(entered, Ok(LobbyResult::Yes(_))));
        waiting
    }

    async fn leave(&self, waiting: &Waiting) {
        let left = self.store().leave_lobby(waiting).await;
        assert_eq!(left, Ok(LobbyResult::Yes(Lobby::default())));
    }

    async fn lobby(&self) -> Lobby {
        self.store().lobby(None).await.unwrap()
    }

    /// Starts a game between `x`, which claims it, and another player.
    async fn start(&self, waiting: &Waiting) -> RoundTimer {
        let players = [self.x.clone(), "other".into()];
        let id = waiting.game.clone();
        let game = Game::start(id.clone(), players, Rules::default(), now_ms());
        let round_timer = game.round_timer();
        assert_eq!(self.store().start_game(&game).await, Ok(true));
        self.leave(waiting).await;
        round_timer
    }

    async fn closed(&self) -> Option<CloseReason> {
        let game = self.store().find_game(&"g".into()).await;
        game.unwrap().unwrap().closed
    }

    /// The step that disconnects `x` in its current state.
    async fn plan(&self) -> Step<'static> {
        let snapshot = position::find(self.store(), &System, &self.x).await;
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
    assert!(waiting.is_in(&world.lobby().await));
    assert!(world.is_connected().await);
}

#[tokio::test]
async fn a_connection_whose_game_starts_after_the_plan_is_kept() {
    let world = StepBench::new().await;
    let waiting = world.wait("g").await;
    let planned = world.plan().await;
    world.claim("g", recent_ms()).await;
    world.assert_refused(&planned, JOIN_IS_RUNNING).await;
    assert!(waiting.is_in(&world.lobby().await));
    world.start(&waiting).await;
    world.assert_refused(&planned, "it is playing now").await;
    assert_eq!(world.closed().await, None);
    assert!(world.is_connected().await);
}

#[tokio::test]
async fn a_player_whose_game_is_decided_or_over_is_kept() {
    let world = StepBench::new().await;
    let waiting = world.wait("g").await;
    world.claim("g", 1).await;
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
    world.leave(&first).await;
    let second = world.wait("h").await;
    let why = "it has changed, and is waiting again";
    world.assert_refused(&planned, why).await;
    assert!(second.is_in(&world.lobby().await));
    assert!(world.is_connected().await);
}

#[tokio::test]
async fn only_the_place_of_a_player_who_no_longer_waits_is_removed() {
    let world = StepBench::new().await;
    let waiting = world.wait("g").await;
    let planned = Step::ClearLobby {
        waiting: waiting.clone(),
    };
    let changed = "it has changed; run the command again in 5 s";
    world.assert_refused(&planned, changed).await;
    world.claim("h", recent_ms()).await;
    world.assert_refused(&planned, changed).await;
    let other = Waiting {
        game: "h".into(),
        ..waiting.clone()
    };
    let waits_again = Step::ClearLobby { waiting: other };
    assert_eq!(world.carry_out(&waits_again).await, StepOutcome::Gone);
    assert!(waiting.is_in(&world.lobby().await));
    world.disconnect().await;
    assert_eq!(world.carry_out(&planned).await, StepOutcome::Done);
    assert_eq!(world.lobby().await, Lobby::default());
    assert_eq!(world.carry_out(&planned).await, StepOutcome::Gone);
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
