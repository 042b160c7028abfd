//! The roles' table of actions has what the functions do, and nothing else. That they do nothing else, every
//! operation of a [`World`](crate::support::world::World) asserts.

use rps_contract::names::Function;
use rps_game::Play;
use rps_handlers::ports::actions;

use crate::support::fate::{Blow, Fate};
use crate::support::world::World;

#[tokio::test]
async fn each_function_does_all_that_its_role_allows() {
    let functions = Function::ALL.map(|function| (function, Fate::new(Blow::Spare)));
    let [(_, connection), (_, join), (_, play), (_, decide)] = &functions;

    let (world, wait) = World::alone(&[]).await;
    assert!(world.gather_under(decide, &wait).await);
    world.connect_under(connection, "y").await;
    for id in ["y", "z"] {
        world.connect(id).await;
        world.join_under(join, id).await;
    }
    for id in ["x", "y"] {
        let _ = world.play_under(play, id, Play::Rock).await;
    }
    let drawn = world.ticks.0.borrow_mut().remove(0);
    assert!(world.decide_under(decide, &drawn).await);
    world.play("x", Play::Rock).await;
    let decided = world.ticks.0.borrow_mut().remove(0);
    assert!(world.decide_under(decide, &decided).await);

    world.connect("w").await;
    world.join("w").await;
    world.leave_under(connection, "z").await;

    for (function, fate) in functions {
        let done: Vec<_> = fate.actions.into_inner().into_iter().collect();
        assert_eq!(done, actions(function), "{function:?}");
    }
}
