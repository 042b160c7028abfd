//! Operators in the world: they see a game or a connection, and later end or close what they saw.

use rps_game::{ConnectionId, Game, Message};
use rps_handlers::ports::{Changed, Failure, FindGame, Random};
use rps_handlers::service::operate::{self, Seen, disconnect, end_game};

use super::fate::{Blow, Fate, Under};
use super::world::World;

impl World {
    /// The one game there is, if there is one.
    pub(crate) async fn game(&self) -> Option<Game> {
        let items = self.table.items().await;
        let id = items.keys().find_map(|key| key.strip_prefix("G#"))?;
        self.table.store.find_game(&id.into()).await.expect("read")
    }

    /// Ends the game that was seen, under a fate. `None` if that was killed.
    pub(crate) async fn end_under(
        &self,
        fate: &Fate,
        seen: &Game,
    ) -> Option<Result<Changed, Failure>> {
        let (store, sockets) = (Under(fate, &self.table.store), Under(fate, &self.sockets));
        let moment = self.moment();
        let ending = end_game(&store, &sockets, &moment, seen);
        fate.run(Box::pin(ending)).await
    }

    /// Ends the game that was seen.
    pub(crate) async fn end_seen(&self, seen: &Game) -> Changed {
        let ended = self.end_under(&Fate::new(Blow::Spare), seen).await;
        ended.expect("not killed").expect("no failure")
    }

    /// Where that connection is, if it is open.
    pub(crate) async fn find(&self, id: &str) -> Option<Seen> {
        self.find_under(&Fate::new(Blow::Spare), id).await
    }

    /// Looks for that connection under a fate that neither kills nor fails.
    pub(crate) async fn find_under(&self, fate: &Fate, id: &str) -> Option<Seen> {
        let (store, id) = (Under(fate, &self.table.store), id.into());
        let found = operate::find(&store, &self.moment(), &id).await;
        found.expect("no failure")
    }

    /// Closes the connection that was seen, under a fate. `None` if that was killed. Its `$disconnect` does
    /// not arrive by itself.
    pub(crate) async fn close_under(
        &self,
        fate: &Fate,
        seen: &Seen,
    ) -> Option<Result<bool, Failure>> {
        let (store, sockets) = (Under(fate, &self.table.store), Under(fate, &self.sockets));
        let moment = self.moment();
        let by = moment.unique().into();
        let closing = disconnect(&store, &sockets, &moment, seen, &by);
        fate.run(Box::pin(closing)).await
    }

    /// Closes the connection that was seen. Whether it was where it was seen.
    pub(crate) async fn close_seen(&self, seen: &Seen) -> bool {
        let closed = self.close_under(&Fate::new(Blow::Spare), seen).await;
        closed.expect("not killed").expect("no failure")
    }

    pub(crate) fn is_open(&self, id: &str) -> bool {
        self.sockets.open.borrow().contains(id)
    }

    /// Deletes the messages that operators would say are not needed, all sent that long ago.
    pub(crate) async fn delete_needless(&self, age_ms: u64) {
        let (ticks, gathers) = (self.ticks.0.take(), self.ticks.1.take());
        for tick in ticks {
            if self.is_needed(&tick.clone().into(), age_ms).await {
                self.ticks.0.borrow_mut().push(tick);
            }
        }
        for gather in gathers {
            if self.is_needed(&gather.clone().into(), age_ms).await {
                self.ticks.1.borrow_mut().push(gather);
            }
        }
    }

    async fn is_needed(&self, message: &Message, age_ms: u64) -> bool {
        let moment = self.moment();
        let needed = operate::is_needed(&self.table.store, &moment, message, age_ms);
        needed.await.expect("no failure")
    }

    /// Everybody leaves: what is still in the table then.
    pub(crate) async fn left(&self) -> Vec<String> {
        let open: Vec<String> = self.sockets.open.borrow().iter().cloned().collect();
        for id in open {
            self.leave(&id).await;
        }
        self.table.items().await.into_keys().collect()
    }

    /// Who was told of the end of a game, in that order.
    pub(crate) fn told_of_an_end(&self) -> Vec<ConnectionId> {
        let ends = self.ends().into_values().flatten();
        let mut told: Vec<ConnectionId> = ends.map(|(id, _)| id).collect();
        told.sort();
        told
    }
}
