//! Crashes of rpsctl while an operator ends a game or disconnects a player. Afterwards the operator repeats
//! the command, or the round timer, `$disconnect` or the next joiner finishes it.

use super::*;

/// Delivers the first round timer and crashes `decide` after it closed the round. The timer stays queued.
async fn close_round(sim: &Simulation) {
    let round_timer = sim
        .queue
        .round_timers
        .borrow()
        .first()
        .cloned()
        .expect("scheduled");
    let crash = FaultInjector::new(Fault::CrashAfter(1));
    assert!(!sim.decide_with_faults(&crash, &round_timer).await);
}

/// A game whose third and last round is a draw. The players do not know it yet.
async fn drawn_to_the_end() -> Simulation {
    let sim = Simulation::playing(Some(Play::Rock), Some(Play::Rock)).await;
    for _ in 1..sim.rules.max_rounds() {
        let round_timer = sim.queue.round_timers.borrow_mut().remove(0);
        sim.decide(&round_timer).await;
        for id in ["x", "y"] {
            sim.play(id, Play::Rock).await;
        }
    }
    sim
}

#[derive(Debug, Clone, Copy)]
enum RoundState {
    Open,
    OnePlay,
    Closed,
    Drawn,
    Decided,
    PlayerLeft,
    LastDraw,
}

impl RoundState {
    /// Starts a game of x and y in this state.
    async fn simulate(self) -> Simulation {
        let (rock, paper) = (Some(Play::Rock), Some(Play::Paper));
        match self {
            Self::Open => Simulation::playing(None, None).await,
            Self::OnePlay => Simulation::playing(rock, None).await,
            Self::LastDraw => drawn_to_the_end().await,
            Self::Drawn => Simulation::playing(rock, rock).await,
            Self::Decided => Simulation::playing(rock, paper).await,
            Self::Closed => {
                let sim = Simulation::playing(rock, None).await;
                close_round(&sim).await;
                sim
            }
            Self::PlayerLeft => {
                let sim = Simulation::playing(rock, None).await;
                // `leave` crashes after it read y, removed y and closed the round.
                sim.leave_with_faults(&FaultInjector::new(Fault::CrashAfter(2)), "y")
                    .await;
                sim
            }
        }
    }

    /// The reason of the end by the operator, and by the round timer.
    fn reasons(self) -> [Reason; 2] {
        match self {
            Self::Open | Self::Drawn => [Reason::EndedByOperator, Reason::NobodyPlayed],
            Self::OnePlay => [Reason::EndedByOperator, Reason::OpponentDidNotPlay],
            Self::Closed => [Reason::OpponentDidNotPlay; 2],
            Self::Decided => [Reason::Plays; 2],
            Self::PlayerLeft => [Reason::OpponentLeft; 2],
            Self::LastDraw => [Reason::DrawLimit; 2],
        }
    }

    fn assert_ended(self, sim: &Simulation, reasons: &[Reason], fault: Fault) {
        let reason = sim.reason("x");
        assert!(reasons.contains(&reason), "{self:?} {fault:?}: {reason:?}");
        let receivers = if matches!(self, Self::PlayerLeft) {
            1
        } else {
            2
        };
        assert_eq!(
            sim.game_over_receivers().len(),
            receivers,
            "{self:?} {fault:?}"
        );
        sim.assert_players_agree();
        let open = sim.players.open.borrow().clone();
        assert!(open.is_empty(), "{self:?} {fault:?}: {open:?}");
        let left: Vec<String> = sim.keys();
        assert!(left.is_empty(), "{self:?} {fault:?}: {left:?}");
    }
}

const ROUND_STATES: [RoundState; 7] = [
    RoundState::Open,
    RoundState::OnePlay,
    RoundState::Closed,
    RoundState::Drawn,
    RoundState::Decided,
    RoundState::PlayerLeft,
    RoundState::LastDraw,
];

#[tokio::test]
async fn an_operator_can_repeat_a_crashed_end_without_a_round_timer() {
    for round in ROUND_STATES {
        with_every_fault(async |faults| {
            let fault = faults.fault;
            let sim = round.simulate().await;
            sim.queue.round_timers.take();
            let snapshot = sim.game().expect("a game");
            sim.end_game_with_faults(faults, &snapshot).await;
            if let Some(snapshot) = sim.game() {
                assert_ne!(fault, Fault::None, "{round:?}: a game is left");
                let again = sim.end_game(&snapshot).await;
                assert!(
                    matches!(again, ChangeResult::Yes(_)),
                    "{fault:?}: {again:?}"
                );
            }
            let by_operator = &round.reasons()[..1];
            round.assert_ended(&sim, by_operator, fault);
        })
        .await;
    }
}

#[tokio::test]
async fn the_round_timer_finishes_a_crashed_end_by_an_operator() {
    for round in ROUND_STATES {
        with_every_fault(async |faults| {
            let fault = faults.fault;
            let sim = round.simulate().await;
            let snapshot = sim.game().expect("a game");
            sim.end_game_with_faults(faults, &snapshot).await;
            sim.run_timers().await;
            round.assert_ended(&sim, &round.reasons(), fault);
        })
        .await;
    }
}

/// The state of x when an operator disconnects it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StartState {
    Idle,
    /// Its join crashed after the claims.
    LeftoverClaim,
    Waiting,
    /// It waits. Its rebalance crashed after the claims.
    ClaimsAnotherGame,
    /// A joiner claimed x and crashed.
    Claimed,
    /// A joiner stored a game with x and crashed.
    UnannouncedGame,
    First,
    Second,
}

const START_STATES: [StartState; 8] = [
    StartState::Idle,
    StartState::LeftoverClaim,
    StartState::Waiting,
    StartState::ClaimsAnotherGame,
    StartState::Claimed,
    StartState::UnannouncedGame,
    StartState::First,
    StartState::Second,
];

impl StartState {
    /// Brings x into this state. y is its opponent, if x has one; z and w are idle.
    async fn simulate(self) -> Simulation {
        let sim = Simulation::of(&["x", "y", "z", "w"]).await;
        let crash_after = |call| FaultInjector::new(Fault::CrashAfter(call));
        match self {
            Self::Idle => {}
            Self::LeftoverClaim => {
                sim.join("y").await;
                sim.join_with_faults(&crash_after(2), "x").await;
                sim.leave("y").await;
            }
            Self::ClaimsAnotherGame => {
                sim.join("y").await;
                let wait = sim.wait_beside("x").await;
                sim.rebalance_or_put_back(&crash_after(2), wait).await;
                sim.leave("y").await;
            }
            Self::Second => drop((sim.join("y").await, sim.join("x").await)),
            Self::First => drop((sim.join("x").await, sim.join("y").await)),
            Self::Waiting => drop(sim.join("x").await),
            Self::Claimed => drop((
                sim.join("x").await,
                sim.join_with_faults(&crash_after(1), "y").await,
            )),
            Self::UnannouncedGame => drop((
                sim.join("x").await,
                sim.join_with_faults(&crash_after(4), "y").await,
            )),
        }
        sim.expire_leases();
        sim
    }

    fn plays(self) -> bool {
        matches!(self, Self::UnannouncedGame | Self::First | Self::Second)
    }

    /// Returns true if x believes that it waits.
    fn waits(self) -> bool {
        matches!(
            self,
            Self::Waiting | Self::ClaimsAnotherGame | Self::Claimed
        )
    }
}

#[tokio::test]
async fn an_operator_can_repeat_a_crashed_disconnect() {
    for start in START_STATES {
        with_every_fault(async |faults| {
            let fault = faults.fault;
            let sim = start.simulate().await;
            let snapshot = sim.find("x").await.expect("connected");
            let closed = sim.disconnect_with_faults(faults, &snapshot).await;
            if fault == Fault::None {
                assert_eq!(closed, Some(Ok(true)), "{start:?}");
                assert_eq!(sim.find("x").await, None, "{start:?}");
            }
            sim.expire_leases();
            if let Some(snapshot) = sim.find("x").await {
                assert!(
                    sim.disconnect(&snapshot).await,
                    "{start:?} {fault:?}: {snapshot:?}"
                );
                assert!(!sim.is_open("x"), "{start:?} {fault:?}");
            }
            assert_eq!(sim.find("x").await, None, "{start:?} {fault:?}");
            assert_eq!(sim.queue.round_timers.borrow().len() == 1, start.plays());
            sim.run_timers().await;
            assert!(!sim.is_open("x"), "{start:?} {fault:?}");
            assert!(sim.places("x").is_empty(), "{start:?} {fault:?}");
            if start.plays() {
                assert_eq!(sim.reason("y"), Reason::OpponentLeft, "{fault:?}");
                assert!(!sim.is_open("y"), "{start:?} {fault:?}");
            }
            sim.rebalance_all().await;
            sim.finish().await;
        })
        .await;
    }
}

/// The next joiner z plays x if x still waits; otherwise z plays w.
async fn assert_the_lobby_works(sim: &Simulation, start: StartState, fault: Fault) {
    sim.rebalance_all().await;
    let (x_waits, z) = (start.waits() && sim.is_open("x"), sim.join("z").await);
    assert_eq!(
        started_game(&z).is_some(),
        x_waits,
        "{start:?} {fault:?}: {z:?}"
    );
    if x_waits {
        assert!(
            sim.messages_to("x")
                .iter()
                .any(|it| started_game(it).is_some()),
            "{start:?} {fault:?}"
        );
    }
    let w = sim.join("w").await;
    assert_eq!(
        started_game(&w).is_some(),
        !x_waits,
        "{start:?} {fault:?}: {w:?}"
    );
    sim.run_timers().await;
    if start.plays() {
        let y = sim.reason("y");
        let expected = [Reason::OpponentLeft, Reason::NobodyPlayed];
        assert!(expected.contains(&y), "{start:?} {fault:?}: {y:?}");
        assert!(!sim.is_open("x"), "{start:?} {fault:?}");
    }
    assert_eq!(sim.reason("z"), Reason::NobodyPlayed, "{start:?} {fault:?}");
    sim.assert_players_agree();
}

#[tokio::test]
async fn a_crashed_disconnect_strands_no_player() {
    for (start, disconnect_arrives) in START_STATES
        .into_iter()
        .flat_map(|start| [(start, true), (start, false)])
    {
        with_every_fault(async |faults| {
            let fault = faults.fault;
            let sim = start.simulate().await;
            let snapshot = sim.find("x").await.expect("connected");
            sim.disconnect_with_faults(faults, &snapshot).await;
            if disconnect_arrives && !sim.is_open("x") {
                sim.leave("x").await;
            }
            assert_the_lobby_works(&sim, start, fault).await;
            // Only a connection without a claim, whose `$disconnect` was lost, may remain.
            let mut left = sim.keys_after_all_leave().await;
            left.retain(|key| disconnect_arrives || key != "C#x");
            assert!(left.is_empty(), "{start:?} {fault:?}: {left:?}");
        })
        .await;
    }
}
