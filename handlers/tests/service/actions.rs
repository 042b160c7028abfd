//! The table of the roles' actions is exact. Here each function uses every action of its role. Every
//! operation of a [`Simulation`] asserts that it uses no other.

use rps_contract::names::Function;
use rps_game::Play;
use rps_handlers::ports::actions;

use crate::support::faults::FaultInjector;
use crate::support::simulation::Simulation;

#[tokio::test]
async fn each_function_uses_every_action_of_its_role() {
    let functions = Function::ALL.map(|function| (function, FaultInjector::none()));
    let [(_, connection), (_, join), (_, play), (_, decide)] = &functions;

    let (sim, wait) = Simulation::with_lone_player(&[]).await;
    assert!(sim.rebalance_with_faults(decide, &wait).await);
    sim.connect_with_faults(connection, "y").await;
    for id in ["y", "z"] {
        sim.connect(id).await;
        sim.join_with_faults(join, id).await;
    }
    for id in ["x", "y"] {
        let _ = sim.play_with_faults(play, id, Play::Rock).await;
    }
    let drawn = sim.queue.round_timers.borrow_mut().remove(0);
    assert!(sim.decide_with_faults(decide, &drawn).await);
    sim.play("x", Play::Rock).await;
    let decided = sim.queue.round_timers.borrow_mut().remove(0);
    assert!(sim.decide_with_faults(decide, &decided).await);

    sim.connect("w").await;
    sim.join("w").await;
    sim.leave_with_faults(connection, "z").await;

    for (function, faults) in functions {
        let used: Vec<_> = faults.actions.into_inner().into_iter().collect();
        assert_eq!(used, actions(function), "{function:?}");
    }
}
