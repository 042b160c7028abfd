//! The checks for seats: nobody gets a seat without its secret, two connections never hold one seat, and the seat of a
//! connected player is never absent.

use rps_game::{ClientMessage, ConnectionId, Game, GameId, Play, Presence, Seat};

use crate::items::Items;
use crate::state::{Guarantee, Socket, Truth};
use crate::world::World;

impl World {
    /// Checks the seats that a change of a game moves or marks absent.
    pub(crate) fn check_moves(
        &self,
        truth: &mut Truth,
        table: &Items,
        before: &Game,
        after: &Game,
    ) {
        for seat in Seat::BOTH {
            let (from, to) = (before.player(seat), after.player(seat));
            if from == to {
                self.check_absent(before, after, seat);
                continue;
            }
            truth.resumes += 1;
            truth.replaced.insert(from.clone());
            let claims = |id: &ConnectionId| {
                let connection = table.connections.get(id);
                let claim = connection.and_then(|connection| connection.claim.as_ref());
                claim.is_some_and(|claim| claim.game == after.id && claim.seat == seat)
            };
            let knows_secret = truth.seat_of(&after.id, to) == Some(seat);
            if !knows_secret || claims(from) || !claims(to) || before.closed.is_some() {
                self.violate(Guarantee::OnePlacePerConnection, || {
                    format!("{to} takes the seat of {from} in {}", after.id)
                });
            }
        }
    }

    /// Only the seat of a closed connection becomes absent.
    fn check_absent(&self, before: &Game, after: &Game, seat: Seat) {
        let [was_absent, is_absent] =
            [before, after].map(|game| game.presence[seat as usize] == Some(Presence::Absent));
        let (player, sockets) = (after.player(seat), self.sockets.borrow());
        if is_absent && !was_absent && sockets.get(player).is_some_and(Socket::is_open) {
            self.violate(Guarantee::SameTruthForBoth, || {
                format!("{player} is connected, and becomes absent in {}", after.id)
            });
        }
    }
}

impl Truth {
    /// A game begins.
    pub(crate) fn note_seats(&mut self, game: &Game) {
        for seat in Seat::BOTH {
            let key = (game.id.clone(), game.player(seat).clone());
            self.seats.insert(key, seat);
            if let Some(secret) = &game.secrets[seat as usize] {
                let key = (game.id.clone(), secret.clone());
                self.secrets.insert(key, seat);
            }
        }
    }

    /// A message asks for a seat by its secret.
    pub(crate) fn note_resume(&mut self, id: &ConnectionId, frame: &str) {
        if let Ok(ClientMessage::ResumeGame { game, seat }) = ClientMessage::parse(frame)
            && let Some(seat) = self.secrets.get(&(game.clone(), seat))
        {
            self.seats.entry((game, id.clone())).or_insert(*seat);
        }
    }

    pub(crate) fn seat_of(&self, game: &GameId, player: &ConnectionId) -> Option<Seat> {
        self.seats.get(&(game.clone(), player.clone())).copied()
    }

    pub(crate) fn confirm(&mut self, game: &GameId, player: &ConnectionId, round: u32, play: Play) {
        if let Some(seat) = self.seat_of(game, player) {
            let key = (game.clone(), seat as usize, round);
            self.confirmed.insert(key, (play, player.clone()));
        }
    }

    fn confirmed(
        &self,
        game: &GameId,
        player: &ConnectionId,
        round: u32,
    ) -> Option<&(Play, ConnectionId)> {
        let seat = self.seat_of(game, player)?;
        self.confirmed.get(&(game.clone(), seat as usize, round))
    }

    /// Whether the play of this player's seat is the one that was confirmed, if one was.
    pub(crate) fn confirms(
        &self,
        game: &GameId,
        player: &ConnectionId,
        round: u32,
        play: Option<Play>,
    ) -> bool {
        let confirmed = self.confirmed(game, player, round);
        confirmed.is_none_or(|(confirmed, _)| Some(*confirmed) == play)
    }

    /// Checks the play that a player is told when it resumes.
    pub(crate) fn check_resumed(
        &self,
        game: &GameId,
        player: &ConnectionId,
        round: u32,
        play: Option<Play>,
    ) -> Result<(), &'static str> {
        let confirmed = self.confirmed(game, player, round);
        // The player may play on this connection before the answer arrives: it knows the round from `round-drawn`.
        let is_newer = play.is_none() && confirmed.is_some_and(|(_, from)| from == player);
        (is_newer || self.confirms(game, player, round, play))
            .then_some(())
            .ok_or("another play was confirmed")
    }
}
