//! The table of the roles' actions is exact. Here each function uses every action of its role. Every
//! operation of a [`Simulation`] asserts that it uses no other.

use std::sync::mpsc::channel;

use rps_contract::names::{Function, KEY_PREFIXES};
use rps_game::{ErrorCode, Play};
use rps_handlers::ports::actions;
use rps_testkit::http::{Answer, serve};
use rps_testkit::table::Table;

use crate::support::faults::FaultInjector;
use crate::support::simulation::Simulation;

#[tokio::test]
async fn each_function_uses_every_action_of_its_role() {
    let functions = Function::ALL.map(|function| (function, FaultInjector::none()));
    let [(_, connection), (_, join), (_, play), (_, decide)] = &functions;

    let (mut sim, wait) = Simulation::with_rebalance(&["v"]).await;
    sim.rules = sim.rules.deciding_early(true);
    sim.wait_beside("v").await;
    assert!(sim.rebalance_with_faults(decide, &wait).await);
    for id in ["x", "v"] {
        let _ = sim.play_with_faults(play, id, Play::Rock).await;
    }
    for timer in sim.queue.round_timers.take() {
        assert!(sim.decide_with_faults(decide, &timer).await);
    }
    sim.play("x", Play::Rock).await;
    for timer in sim.queue.round_timers.take() {
        assert!(sim.decide_with_faults(decide, &timer).await);
    }

    for id in ["y", "z"] {
        sim.connect_with_faults(connection, id).await;
        sim.join_with_faults(join, id).await;
    }
    let closed = sim.join_with_faults(join, "closed").await;
    assert_eq!(closed, Some(ErrorCode::TryAgain.into()));
    sim.leave_with_faults(connection, "z").await;

    for (function, faults) in functions {
        let used: Vec<_> = faults.actions.into_inner().into_iter().collect();
        assert_eq!(used, actions(function), "{function:?}");
    }
}

/// The roles allow only the keys of the game's items.
#[tokio::test]
async fn the_first_read_of_a_process_has_a_key_that_its_role_allows() {
    let (sender, requests) = channel();
    let endpoint = serve(move |request| {
        sender.send(request.json()).expect("read");
        Some(Answer::new(200, "{}"))
    });
    let warm_up = Table::at(&endpoint, "test").store.warm_up().await;
    assert_eq!(warm_up, Ok(()));
    let request = requests.recv().expect("a request");
    let key = request["Key"]["pk"]["S"].as_str().expect("a key");
    let is_allowed = KEY_PREFIXES.iter().any(|prefix| key.starts_with(prefix));
    assert!(is_allowed, "{key}");
}
