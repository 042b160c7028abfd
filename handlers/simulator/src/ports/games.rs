//! Games.

use std::rc::Rc;

use rps_game::{Claim, ConnectionId, Game, GameId, RoundTimer, Seat};
use rps_handlers::ports::{
    ChangeGame, ChangeResult, CloseByOperator, FindGame, IncomingPlay, PortError, RemoveGame,
    StartGame, TakeSeat, Takeover,
};

use super::{call, peek_text, put};
use crate::aws::Aws;
use crate::calls::Target;
use crate::table::Table;
use crate::world::World;

impl FindGame for Aws {
    async fn find_game(&self, id: &GameId) -> Result<Option<Game>, PortError> {
        let target = Target::Game(id.clone());
        let text = || format!("get G#{id}");
        let id = id.clone();
        let find = move |world: &Rc<World>| world.table.borrow_mut().find_game(&id);
        self.call(call("GetItem", target, text), find).await
    }

    async fn peek_closed_game(&self, id: &GameId) -> Result<Option<Game>, PortError> {
        let is_stale = self.reads_stale(5_000_000);
        let target = Target::Game(id.clone());
        let text = || peek_text(&format_args!("G#{id}"), is_stale);
        let id = id.clone();
        let peek = move |world: &Rc<World>| {
            let current = world.table.borrow_mut().peek_closed_game(&id);
            let games = &world.old_games;
            let game = games.read(&id, current, is_stale, world.now_us());
            game.filter(|game| game.closed_by().is_some())
        };
        self.call(call("GetItem", target, text), peek).await
    }
}

impl StartGame for Aws {
    async fn start_game(&self, game: &Game) -> Result<bool, PortError> {
        let target = Target::Game(game.id.clone());
        let text = || {
            let [first, second] = &game.players;
            format!("put G#{}: {first} against {second}, if absent", game.id)
        };
        let game = game.clone();
        let start =
            move |world: &Rc<World>| world.in_game(&game.id, |table| table.start_game(&game));
        self.call(put(target, text), start).await
    }
}

impl ChangeGame for Aws {
    async fn record_play(
        &self,
        claim: &Claim,
        incoming: IncomingPlay<'_>,
    ) -> Result<ChangeResult, PortError> {
        let IncomingPlay {
            from,
            play,
            round,
            arrived_ms,
        } = incoming;
        let target = Target::Game(claim.game.clone());
        let text = || format!("update G#{}: {from} plays {play}", claim.game);
        let (claim, from) = (claim.clone(), from.clone());
        let record = move |world: &Rc<World>| {
            let incoming = IncomingPlay {
                from: &from,
                play,
                round,
                arrived_ms,
            };
            world.in_game(&claim.game, |table| table.record_play(&claim, incoming))
        };
        self.call(call("UpdateItem", target, text), record).await
    }

    async fn close_round(&self, timer: &RoundTimer) -> Result<ChangeResult, PortError> {
        let target = Target::Game(timer.game.clone());
        let text = || {
            format!(
                "update G#{}: close round {} by the clock",
                timer.game, timer.round
            )
        };
        let timer = timer.clone();
        let close = move |world: &Rc<World>| {
            let result = world.in_game(&timer.game, |table| table.close_round(&timer));
            if result == ChangeResult::NoGame {
                let mut truth = world.truth.borrow_mut();
                truth.lost_timers.insert(timer.game.clone());
            }
            result
        };
        self.call(call("UpdateItem", target, text), close).await
    }

    async fn close_by_leaving(
        &self,
        game: &GameId,
        seat: Seat,
        player: &ConnectionId,
    ) -> Result<ChangeResult, PortError> {
        let target = Target::Game(game.clone());
        let text = || format!("update G#{game}: {player} left");
        let (game, player) = (game.clone(), player.clone());
        let close = move |world: &Rc<World>| {
            world.in_game(&game, |table| table.close_by_leaving(&game, seat, &player))
        };
        self.call(call("UpdateItem", target, text), close).await
    }

    async fn mark_absent(
        &self,
        game: &GameId,
        seat: Seat,
        player: &ConnectionId,
    ) -> Result<ChangeResult, PortError> {
        let target = Target::Game(game.clone());
        let text = || format!("update G#{game}: {player} is absent");
        let (game, player) = (game.clone(), player.clone());
        let mark = move |world: &Rc<World>| {
            world.in_game(&game, |table| table.mark_absent(&game, seat, &player))
        };
        self.call(call("UpdateItem", target, text), mark).await
    }

    async fn next_round(&self, now: &Game, next: &Game) -> Result<ChangeResult, PortError> {
        let target = Target::Game(next.id.clone());
        let text = || format!("update G#{}: round {}", next.id, next.round);
        let (now, next) = (now.clone(), next.clone());
        let update =
            move |world: &Rc<World>| world.in_game(&now.id, |table| table.next_round(&now, &next));
        self.call(call("UpdateItem", target, text), update).await
    }
}

impl TakeSeat for Aws {
    async fn take_seat(&self, takeover: Takeover<'_>) -> Result<bool, PortError> {
        let Takeover {
            from,
            is_claimed,
            to,
            claim,
            secret,
        } = takeover;
        let target = Target::Game(claim.game.clone());
        let (new, game) = (&to.id, &claim.game);
        let text = || format!("transaction: {new} takes the seat of {from} in G#{game}");
        let owned = (from.clone(), to.clone(), claim.clone(), secret.clone());
        let take = move |world: &Rc<World>| {
            let (from, to, claim, secret) = &owned;
            let takeover = Takeover {
                from,
                is_claimed,
                to,
                claim,
                secret,
            };
            world.in_seat(takeover, |table| table.take_seat(takeover))
        };
        self.call(call("TransactWriteItems", target, text), take)
            .await
    }
}

impl CloseByOperator for Aws {
    async fn close_by_operator(&self, snapshot: &Game) -> Result<ChangeResult, PortError> {
        let target = Target::Game(snapshot.id.clone());
        let text = || format!("update G#{}: ended by the operator", snapshot.id);
        let snapshot = snapshot.clone();
        let close = move |world: &Rc<World>| {
            let mut truth = world.truth.borrow_mut();
            truth.ended_by_operator.insert(snapshot.id.clone());
            drop(truth);
            world.in_game(&snapshot.id, |table| table.close_by_operator(&snapshot))
        };
        self.call(call("UpdateItem", target, text), close).await
    }
}

impl RemoveGame for Aws {
    async fn remove_game(&self, game: &Game) -> Result<Option<Game>, PortError> {
        let target = Target::Game(game.id.clone());
        let text = || format!("delete G#{}, if it has the same players", game.id);
        let game = game.clone();
        let remove =
            move |world: &Rc<World>| world.in_game(&game.id, |table| table.remove_game(&game));
        self.call(call("DeleteItem", target, text), remove).await
    }

    async fn remove_open_game(&self, game: &Game) -> Result<bool, PortError> {
        let target = Target::Game(game.id.clone());
        let text = || format!("delete G#{}, if its round is open", game.id);
        let game = game.clone();
        let remove =
            move |world: &Rc<World>| world.in_game(&game.id, |table| table.remove_open_game(&game));
        self.call(call("DeleteItem", target, text), remove).await
    }
}

impl World {
    /// Runs a transaction that moves a seat, checks the change, and keeps the previous states.
    fn in_seat(&self, takeover: Takeover<'_>, run: impl FnOnce(&mut Table) -> bool) -> bool {
        let (from, to) = (takeover.from, &takeover.to.id);
        let find = |id| self.table.borrow().connections.get(id).cloned();
        let before = [from, to].map(find);
        let is_moved = self.in_game(&takeover.claim.game, run);
        let after = [from, to].map(find);
        let states = before.into_iter().zip(&after);
        for (id, (before, after)) in [from, to].into_iter().zip(states) {
            self.old_connections
                .keep(id, before, after.as_ref(), self.now_us());
        }
        is_moved
    }

    /// Runs an operation on a game, checks the change, and keeps the previous state.
    fn in_game<T>(&self, id: &GameId, operation: impl FnOnce(&mut Table) -> T) -> T {
        let mut table = self.table.borrow_mut();
        let before = table.games.get(id).cloned();
        let result = operation(&mut table);
        let after = table.games.get(id);
        if let Some(after) = after.filter(|after| before.as_ref() != Some(*after)) {
            self.check_change(&table, before.as_ref(), after);
        }
        self.old_games.keep(id, before, after, self.now_us());
        result
    }
}
