//! What the players' clients do.

use std::rc::Rc;

use rps_game::{ConnectionId, ServerMessage};
use serde_json::json;

use super::player::{LostSeat, Player};
use super::run::{Run, Subject};
use super::view::{Refusal, View};
use crate::state::{Belief, Frame, Guarantee};
use crate::stream::Stream;

const JOIN: &str = r#"{"action":"join-game"}"#;
const JOIN_HOUSE: &str = r#"{"action":"join-game","opponent":"bot"}"#;
const JOIN_ROOM: &str = r#"{"action":"join-game","room":"r"}"#;
const PLAY: &str = r#"{"action":"receive-play","play":"rock","round":1}"#;
/// A player who has resumed plays this, so that its play differs from one that it sent before.
const OTHER_PLAY: &str = r#"{"action":"receive-play","play":"paper","round":1}"#;
/// A refused player joins or resumes again, at most this often in all.
pub(super) const MAX_JOINS: u8 = 2;

impl Run {
    /// Every player does what its client does: it joins or resumes, plays, and repeats a join or resume that was refused.
    /// API Gateway reports closed connections. The calls of these invocations may still happen at any later time.
    pub(super) fn act(&mut self) {
        for player in 0..self.players.len() {
            self.stop_resuming(player);
            let (view, is_open) = (self.view(player), self.is_open(player));
            let state = &mut self.players[player];
            if !is_open {
                if !state.has_disconnected {
                    state.has_disconnected = true;
                    self.send(Subject::Disconnect(player));
                }
            } else if view.may_play && !state.has_played {
                state.has_played = true;
                self.send(Subject::Play(player));
            } else if state.joins == 0
                || (view.refusal == Some(Refusal::TryAgain)
                    && !state.awaits_answer.get()
                    && state.joins < MAX_JOINS)
            {
                self.enter(player);
            }
        }
    }

    /// Long after its last message, a player joins or resumes again, or closes its connection.
    pub(super) fn act_late(&mut self, player: usize) {
        if !self.is_open(player) {
            return;
        }
        let (view, state) = (self.view(player), &self.players[player]);
        if !view.is_settled() {
            // Every other game ends without this message (guarantee 4).
            if view.belief != Belief::Playing || self.is_stored_late(player) {
                self.enter(player);
            }
        } else if state.lost_seat.is_some() && view.has_only_result {
            self.world.tell_of(&state.id, "closes its connection");
            self.world.close(&state.id);
            self.act();
        }
    }

    /// AWS stored the player's game late, so it may have no timer.
    fn is_stored_late(&self, player: usize) -> bool {
        let truth = self.world.truth.borrow();
        let game = truth.game_of.get(&self.players[player].id);
        game.is_some_and(|game| truth.late_games.contains(game))
    }

    fn enter(&mut self, player: usize) {
        let state = &mut self.players[player];
        state.joins += 1;
        let resumes = state.lost_seat.is_some() && self.view(player).belief == Belief::Joining;
        self.send(if resumes {
            Subject::Resume(player)
        } else {
            Subject::Join(player)
        });
    }

    /// The first player is in a game, and its connection may break.
    pub(super) fn may_cut(&self) -> bool {
        self.left.resume && self.is_open(0) && self.view(0).belief == Belief::Playing
    }

    /// The first player's connection breaks. The player resumes on another connection.
    pub(super) fn cut(&mut self) {
        self.left.resume = false;
        let broken = self.players[0].id.clone();
        let frame = self.world.socket(&broken, |socket| {
            socket.inbox.iter().find_map(|(_, frame)| resume(frame))
        });
        self.world.cut(&broken);
        let id = ConnectionId::from(format!("{broken}r").as_str());
        self.world
            .join_socket(&id, Stream(self.players.len() as u64));
        let frame = frame.expect("a player who was told its seat");
        self.players.push(Player {
            has_begun: true,
            lost_seat: Some(LostSeat { broken, frame }),
            ..Player::new(id)
        });
    }

    /// A player who is told that it has no game to resume closes its connection.
    fn stop_resuming(&self, player: usize) {
        let Player { id, lost_seat, .. } = &self.players[player];
        let Some(seat) = lost_seat else { return };
        if self.view(player).refusal != Some(Refusal::NoGame) {
            return;
        }
        let has_resumed = self.world.truth.borrow().replaced.contains(&seat.broken);
        if has_resumed || self.is_running_game(seat) {
            self.world.violate(Guarantee::EveryGameEnds, || {
                format!("{id} is told that it has no game, and never hears the end of its game")
            });
        }
        self.world.tell_of(id, "closes its connection");
        self.world.close(id);
    }

    /// The game of this seat has not ended. If only its first player knows a game, the joiner may have dissolved it
    /// (guarantee 7).
    fn is_running_game(&self, LostSeat { broken, .. }: &LostSeat) -> bool {
        let truth = self.world.truth.borrow();
        let Some(game) = truth.game_of.get(broken) else {
            return false;
        };
        let mut known = truth.game_of.iter();
        let is_known = self.left.house || known.any(|(id, other)| id != broken && other == game);
        is_known && !truth.closed.keys().any(|(closed, _)| closed == game)
    }

    fn send(&mut self, subject: Subject) {
        let join = match (self.left.in_room, self.left.house) {
            (true, _) => JOIN_ROOM,
            (_, true) => JOIN_HOUSE,
            (false, false) => JOIN,
        };
        let (Subject::Join(player)
        | Subject::Resume(player)
        | Subject::Play(player)
        | Subject::Disconnect(player)) = subject
        else {
            return;
        };
        let state = &self.players[player];
        let seat = state.lost_seat.as_ref();
        let (route, body, number) = match subject {
            Subject::Resume(_) => ("resume-game", seat.map_or("", |it| &it.frame), state.joins),
            Subject::Play(_) if seat.is_some() => ("receive-play", OTHER_PLAY, 100),
            Subject::Play(_) => ("receive-play", PLAY, 100),
            Subject::Disconnect(_) => ("$disconnect", "", 200),
            _ => ("join-game", join, state.joins),
        };
        let stream = Stream(100 + player as u64).child(u64::from(number));
        let (id, body) = (state.id.clone(), body.to_owned());
        state.awaits_answer.set(route != "$disconnect");
        let text = if body.is_empty() { route } else { &body };
        self.world.tell_of(&id, text);
        let invocation = self.invocation(player, route, body, stream);
        self.start(stream, subject, Box::pin(invocation));
    }

    fn invocation(
        &self,
        player: usize,
        route: &'static str,
        body: String,
        stream: Stream,
    ) -> impl Future<Output = ()> + use<> {
        let Player {
            id, awaits_answer, ..
        } = &self.players[player];
        let (id, awaits_answer) = (id.clone(), Rc::clone(awaits_answer));
        let world = Rc::clone(&self.world);
        async move {
            let response = world.invoke_route(route, &id, &body, stream).await;
            awaits_answer.set(false);
            let answer = response.and_then(|it| it.body).unwrap_or_default();
            if let Ok(message) = serde_json::from_str(&answer)
                && world.socket(&id, |socket| socket.is_open())
            {
                world.tell_of(&id, &format!("is answered {answer}"));
                world.deliver_frame(&id, Frame::Message(message));
            }
        }
    }

    pub(super) fn is_open(&self, player: usize) -> bool {
        self.world
            .socket(&self.players[player].id, |it| it.is_open())
    }

    pub(super) fn view(&self, player: usize) -> View {
        let id = &self.players[player].id;
        self.world.socket(id, |socket| View::new(&socket.inbox))
    }
}

/// The message that takes the seat of a game that has started.
fn resume(frame: &Frame) -> Option<String> {
    match frame {
        Frame::Message(ServerMessage::GameStarted {
            game,
            seat: Some(seat),
            ..
        }) => Some(json!({"action": "resume-game", "game": game, "seat": seat}).to_string()),
        _ => None,
    }
}
