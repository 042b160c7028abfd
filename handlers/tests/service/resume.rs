//! Players whose connection broke, and who take their seat again.

use rps_contract::names::Function;
use rps_game::{
    CloseReason, ErrorCode, Game, GameId, Play, Presence, Reason, SEATS_SINCE, Seat, SeatSecret,
    ServerMessage,
};
use rps_handlers::ports::Clock;
use rps_handlers::service::resume::resume;
use rps_handlers::service::settle::settle;

use crate::crashes::with_every_fault;
use crate::support::faults::{FaultInjector, Faulty};
use crate::support::simulation::Simulation;

/// The id and the secrets of the only game.
fn seats(sim: &Simulation) -> (GameId, [SeatSecret; 2]) {
    let game = sim.game().expect("a game");
    (
        game.id,
        game.secrets.map(|secret| secret.expect("a secret")),
    )
}

impl Simulation {
    /// Resumes with a fault. The player receives the answer as the route's response. `None`: the function crashed.
    async fn resume_with_faults(
        &self,
        faults: &FaultInjector,
        id: &str,
        game: &GameId,
        secret: &SeatSecret,
    ) -> Option<ServerMessage> {
        let (store, players) = (Faulty(faults, &self.store), Faulty(faults, &self.players));
        let (me, environment) = (id.into(), self.environment());
        let operation = resume(&store, &players, &environment, &me, game, secret);
        let answer = faults.run(operation).await;
        faults.assert_allowed(Function::JoinGame);
        let answer = answer?.unwrap_or_else(|_| ErrorCode::TryAgain.into());
        self.players
            .messages
            .borrow_mut()
            .push((me, answer.clone()));
        Some(answer)
    }

    async fn resume(&self, id: &str, game: &GameId, secret: &SeatSecret) -> ServerMessage {
        let faults = FaultInjector::none();
        let answer = self.resume_with_faults(&faults, id, game, secret).await;
        answer.expect("no crash")
    }

    /// `decide` has read the game before something changed it.
    async fn decide_as_read(&self, game: &Game) {
        let closed = game.clock(&game.round_timer()).expect("its time is up");
        let environment = self.environment();
        let settled = settle(
            &self.store,
            &self.queue,
            &self.players,
            &environment,
            &closed,
        );
        settled.await.expect("no failure");
    }

    fn presence(&self) -> [Option<Presence>; 2] {
        self.game().expect("a game").presence
    }
}

fn refused(code: ErrorCode) -> ServerMessage {
    code.into()
}

#[tokio::test]
async fn a_player_whose_connection_broke_plays_on() {
    for plays in [false, true] {
        let sim = Simulation::playing(plays.then_some(Play::Rock), None).await;
        let (game, [secret, _]) = seats(&sim);
        sim.lose("x").await;
        assert_eq!(sim.presence(), [Some(Presence::Absent), None]);
        assert_eq!(sim.game().expect("a game").v, SEATS_SINCE);
        sim.connect("z").await;
        let you = plays.then_some(Play::Rock);
        let expected = sim
            .game()
            .expect("a game")
            .resumed(Seat::First, sim.environment().now_ms());
        for _ in 0..2 {
            let answer = sim.resume("z", &game, &secret).await;
            assert_eq!(answer, expected, "also when it is repeated");
            assert!(matches!(answer, ServerMessage::GameResumed { you: told, .. } if told == you));
        }
        assert_eq!(sim.presence(), [Some(Presence::Resumed), None]);
        if !plays {
            sim.play("z", Play::Rock).await;
        }
        sim.play("y", Play::Scissors).await;
        sim.run_timers().await;
        assert_eq!(sim.reason("z"), Reason::Plays);
        assert_eq!(sim.reason("y"), Reason::Plays);
        sim.assert_nothing_left().await;
    }
}

#[tokio::test]
async fn an_absent_player_loses_and_a_player_who_leaves_loses_at_once() {
    for (x, y, x_left, y_left, reason) in [
        (None, None, false, None, Reason::OpponentLeft),
        (None, Some(Play::Rock), false, None, Reason::OpponentLeft),
        (Some(Play::Rock), None, false, None, Reason::YouDidNotPlay),
        (None, None, true, None, Reason::OpponentLeft),
        (None, None, false, Some(true), Reason::OpponentLeft),
    ] {
        let sim = Simulation::playing(x, y).await;
        let lose = async |id, leaves| {
            if leaves {
                sim.leave(id).await;
            } else {
                sim.lose(id).await;
            }
        };
        lose("x", x_left).await;
        assert_eq!(sim.game().is_none(), x_left, "only a leave ends the game");
        if let Some(leaves) = y_left {
            lose("y", leaves).await;
        }
        sim.run_timers().await;
        if y_left.is_none() {
            assert_eq!(sim.reason("y"), reason);
        }
        sim.finish().await;
    }
}

#[tokio::test]
async fn a_seat_needs_its_own_secret() {
    let sim = Simulation::playing(None, None).await;
    let (game, [x, y]) = seats(&sim);
    let (other, wrong) = ("h".into(), SeatSecret::new(0, 0));
    sim.connect("z").await;
    let before = sim.items();
    for (id, game, secret, code) in [
        ("x", &game, &wrong, ErrorCode::NotInAGame),
        ("y", &game, &wrong, ErrorCode::NotInAGame),
        ("z", &game, &wrong, ErrorCode::NotInAGame),
        ("z", &other, &x, ErrorCode::NotInAGame),
        ("x", &other, &x, ErrorCode::AlreadyInAGame),
        ("x", &game, &y, ErrorCode::AlreadyInAGame),
        ("y", &game, &x, ErrorCode::AlreadyInAGame),
    ] {
        assert_eq!(sim.resume(id, game, secret).await, refused(code), "{id}");
    }
    assert_eq!(sim.items(), before);
    sim.join("z").await;
    let waits = refused(ErrorCode::AlreadyWaiting);
    assert_eq!(sim.resume("z", &game, &x).await, waits);
    sim.leave("z").await;
    sim.finish().await;
}

/// Two tabs have one seat: the later one keeps it, and the other is told so.
#[tokio::test]
async fn the_connection_that_had_the_seat_is_told_and_closed() {
    let sim = Simulation::playing(None, Some(Play::Paper)).await;
    let (game, [secret, _]) = seats(&sim);
    sim.connect("z").await;
    sim.resume("z", &game, &secret).await;
    let told = sim.messages_to("x").pop();
    assert_eq!(told, Some(refused(ErrorCode::AlreadyInAGame)));
    assert!(!sim.players.open.borrow().contains("x"));
    assert_eq!(sim.play("x", Play::Rock).await, refused(ErrorCode::TooLate));
    sim.leave("x").await;
    sim.lose("x").await;
    assert_eq!(sim.presence(), [Some(Presence::Resumed), None]);
    sim.play("z", Play::Scissors).await;
    sim.run_timers().await;
    assert_eq!(
        (sim.reason("z"), sim.reason("y")),
        (Reason::Plays, Reason::Plays)
    );
    assert_eq!(sim.reasons("x"), []);
    sim.assert_nothing_left().await;
}

#[tokio::test]
async fn a_closed_round_answers_with_the_result() {
    use CloseReason::{ByClock, ByFirstLeaving, ByOperator, BySecondLeaving};
    let (rock, paper) = (Some(Play::Rock), Some(Play::Paper));
    for (plays, closed, round, code) in [
        ([rock, rock], ByClock, 1, Some(ErrorCode::TryAgain)),
        ([rock, rock], ByClock, 3, None),
        ([rock, paper], ByClock, 1, None),
        ([rock, None], ByOperator, 1, None),
        ([rock, None], BySecondLeaving, 1, None),
        ([rock, None], ByFirstLeaving, 1, Some(ErrorCode::NotInAGame)),
    ] {
        let sim = Simulation::playing(None, None).await;
        let (id, [secret, _]) = seats(&sim);
        sim.lose("x").await;
        let closed = Some(closed);
        let game = Game {
            plays,
            closed,
            round,
            ..sim.game().expect("a game")
        };
        sim.store.0.borrow_mut().remove_game(&game);
        sim.store.0.borrow_mut().start_game(&game);
        sim.connect("z").await;
        let answer = sim.resume("z", &id, &secret).await;
        match (code, &answer) {
            (Some(code), answer) => assert_eq!(*answer, refused(code)),
            (None, ServerMessage::GameOver { rounds, you, .. }) => {
                assert_eq!((*rounds, *you), (round, rock));
            }
            (None, other) => panic!("{other:?}"),
        }
        assert_eq!(sim.game(), Some(game), "it changes nothing");
    }
}

/// Both have played the same, and `decide` reads the game before the seat moves.
#[tokio::test]
async fn a_player_who_resumes_while_the_round_is_drawn_is_told_the_next_round() {
    let sim = Simulation::playing(Some(Play::Rock), Some(Play::Rock)).await;
    let (game, [secret, _]) = seats(&sim);
    let before = sim.game().expect("a game");
    sim.lose("x").await;
    sim.connect("z").await;
    sim.resume("z", &game, &secret).await;
    sim.decide_as_read(&before).await;
    let last = sim.messages_to("z").pop();
    let is_told = matches!(last, Some(ServerMessage::RoundDrawn { next_round: 2, .. }));
    assert!(is_told, "{last:?}");
    assert_eq!(sim.presence(), [Some(Presence::Resumed), None]);
    sim.finish().await;
}

/// Both have played, and `decide` reads the game before the seat moves.
#[tokio::test]
async fn a_player_who_resumes_while_the_plays_decide_is_told_the_result() {
    let sim = Simulation::playing(Some(Play::Rock), Some(Play::Paper)).await;
    let (game, [secret, _]) = seats(&sim);
    let before = sim.game().expect("a game");
    sim.lose("x").await;
    assert_eq!(sim.presence(), [None, None], "its play decides");
    sim.connect("z").await;
    sim.resume("z", &game, &secret).await;
    sim.decide_as_read(&before).await;
    assert_eq!(sim.reason("z"), Reason::Plays);
    assert_eq!(sim.reason("y"), Reason::Plays);
    assert_eq!(sim.keys(), Vec::<String>::new());
}

#[tokio::test]
async fn a_resume_that_crashes_can_be_repeated() {
    for breaks in [true, false] {
        with_every_fault(async |faults| {
            let fault = faults.fault;
            let sim = Simulation::playing(None, Some(Play::Paper)).await;
            let (game, [secret, _]) = seats(&sim);
            if breaks {
                sim.lose("x").await;
            }
            sim.connect("z").await;
            sim.resume_with_faults(faults, "z", &game, &secret).await;
            let again = sim.resume("z", &game, &secret).await;
            let is_resumed = matches!(again, ServerMessage::GameResumed { .. });
            assert!(is_resumed, "{fault:?}: {again:?}");
            sim.play("z", Play::Scissors).await;
            sim.run_timers().await;
            assert_eq!(sim.reason("z"), Reason::Plays, "{fault:?}");
            assert_eq!(sim.reason("y"), Reason::Plays, "{fault:?}");
            // A function that dies after the move leaves the old connection open. Its next message closes it.
            sim.join("x").await;
            assert_eq!(sim.keys(), Vec::<String>::new(), "{fault:?}");
        })
        .await;
    }
}

/// Its functions would not let the player resume.
#[tokio::test]
async fn a_lost_connection_ends_a_game_of_an_earlier_release() {
    let sim = Simulation::playing(None, None).await;
    let game = sim.game().expect("a game");
    sim.store.0.borrow_mut().remove_game(&game);
    let secrets = [None, None];
    sim.store
        .0
        .borrow_mut()
        .start_game(&Game { secrets, ..game });
    sim.lose("x").await;
    assert_eq!(sim.reason("y"), Reason::OpponentLeft);
    sim.finish().await;
}
