//! API Gateway: the players' sockets, the routes and `@connections`.

use std::rc::Rc;
use std::task::Poll;

use rps_game::{Connection, ConnectionId, ServerMessage};
use rps_handlers::ports::Delivery;
use serde_json::Value;

use crate::brief::Brief as _;
use crate::faults::Fault;
use crate::latency::Step;
use crate::state::{Belief, Frame, Guarantee, Socket, SocketState};
use crate::stream::Stream;
use crate::world::World;

/// API Gateway closes an idle connection after ten minutes.
const IDLE_US: u64 = 10 * 60 * 1_000_000;
const MINUTE_US: u64 = 60 * 1_000_000;

impl World {
    /// Opens a connection without `$connect`.
    pub(crate) fn join_socket(&self, id: &ConnectionId, stream: Stream) {
        let connected_at_ms = self.now_ms() - 60_000;
        let mut socket = Socket::new(connected_at_ms, stream);
        socket.state = SocketState::Open;
        self.sockets.borrow_mut().insert(id.clone(), socket);
        self.table.borrow_mut().open_connection(&Connection {
            id: id.clone(),
            connected_at_ms,
            claim: None,
        });
    }

    /// Opens a connection. Returns false if it was refused or the player gave up.
    pub(crate) async fn connect(self: &Rc<Self>, id: &ConnectionId, stream: Stream) -> bool {
        let socket = Socket::new(self.now_ms(), stream);
        self.sockets.borrow_mut().insert(id.clone(), socket);
        let aborts = self.strikes(stream, Fault::EarlyDisconnect);
        if aborts {
            self.tell_of(id, "gives up while it connects");
            self.send_disconnect(id.clone(), stream.child(1));
        }
        let response = self.invoke_route("$connect", id, "", stream.child(2)).await;
        let is_open = !aborts && response.is_some_and(|it| it.status_code == 200);
        if is_open {
            self.socket(id, |socket| socket.state = SocketState::Open);
        }
        is_open
    }

    /// Sends a frame from the player. The answer arrives in the player's inbox.
    pub(crate) fn send_frame(self: &Rc<Self>, id: &ConnectionId, body: String, stream: Stream) {
        self.tell(|| format!("{id} sends {body}"));
        let (world, id) = (Rc::clone(self), id.clone());
        self.executor.spawn(async move {
            world.takes(stream, Step::Frame).await;
            if !world.is_open(&id) {
                return;
            }
            let action: Value = serde_json::from_str(&body).unwrap_or_default();
            let route = match action["action"].as_str() {
                Some("join-game") => "join-game",
                Some("resume-game") => "resume-game",
                Some("receive-play") => "receive-play",
                _ => "$default",
            };
            let response = world.invoke_route(route, &id, &body, stream.child(1)).await;
            let frame = match response {
                None => Frame::Failure,
                Some(response) => {
                    let body = response.body.unwrap_or_default();
                    let Ok(message) = serde_json::from_str(&body) else {
                        let text = || format!("{route} answers {id} with {body:?}");
                        return world.violate(Guarantee::NoInputFailsAFunction, text);
                    };
                    Frame::Message(message)
                }
            };
            if world.is_open(&id) {
                world.tell(|| format!("{id} is answered {}", frame.brief()));
                world.deliver_frame(&id, frame);
            }
        });
    }

    /// `@connections` POST.
    pub(crate) fn post(&self, to: &ConnectionId, message: &ServerMessage) -> Delivery {
        if !self.is_open(to) {
            return Delivery::Closed;
        }
        self.deliver_frame(to, Frame::Message(message.clone()));
        Delivery::Delivered
    }

    /// `@connections` DELETE.
    pub(crate) fn disconnect(self: &Rc<Self>, id: &ConnectionId) {
        if self.is_open(id) {
            self.check_disconnect(id);
            self.close(id);
        }
    }

    /// Closes an open connection. `$disconnect` follows, on a best-effort basis.
    pub(crate) fn close(self: &Rc<Self>, id: &ConnectionId) {
        if !self.is_open(id) {
            return;
        }
        self.socket(id, |socket| socket.state = SocketState::Closed);
        self.deliver_frame(id, Frame::Closed);
        let stream = self.socket(id, |socket| socket.stream).child(3);
        if self.strikes(stream, Fault::LostDisconnect) {
            self.tell_of(id, "closes; its $disconnect is lost");
        } else {
            self.send_disconnect(id.clone(), stream);
        }
    }

    /// The connection breaks, and API Gateway notices it.
    pub(crate) fn cut(self: &Rc<Self>, id: &ConnectionId) {
        self.tell_of(id, "loses its connection");
        self.socket(id, |socket| socket.close_code = 1006);
        self.close(id);
    }

    /// The player stops reading and sending, without a close.
    pub(crate) fn vanish(self: &Rc<Self>, id: &ConnectionId) {
        self.tell_of(id, "loses its network");
        let (world, id) = (Rc::clone(self), id.clone());
        self.executor.spawn(async move {
            world.executor.sleep(IDLE_US).await;
            world.cut(&id);
        });
    }

    fn send_disconnect(self: &Rc<Self>, id: ConnectionId, stream: Stream) {
        let world = Rc::clone(self);
        self.executor.spawn(async move {
            world.takes(stream, Step::Disconnect).await;
            if world.strikes(stream, Fault::LateDisconnect) {
                world.pause(stream.child(1), 1000, 5 * MINUTE_US).await;
            }
            let response = world
                .invoke_route("$disconnect", &id, "", stream.child(2))
                .await;
            let is_done = response.is_some_and(|it| it.status_code == 200);
            world.socket(&id, |socket| {
                socket.has_left = is_done && socket.state == SocketState::Closed;
            });
        });
    }

    pub(crate) fn deliver_frame(&self, to: &ConnectionId, frame: Frame) {
        if let Frame::Message(message) = &frame {
            self.check_told(to, message);
        }
        let reader = self.socket(to, |socket| {
            socket.frames += 1;
            let stream = socket.stream.child(1000 + socket.frames);
            let arrival_us = self.now_us() + self.latency_us(stream, Step::Answer);
            socket.inbox.push((arrival_us, frame));
            socket.reader.map(|reader| (reader, arrival_us))
        });
        if let Some((reader, arrival_us)) = reader {
            self.executor.wake_at(reader, arrival_us);
        }
    }

    /// Waits for the player's next frame. `None`: none arrived until then.
    pub(crate) async fn next_frame(&self, id: &ConnectionId, until_us: u64) -> Option<Frame> {
        let reader = self.executor.running();
        let wake_us = self.socket(id, |socket| {
            socket.reader = Some(reader);
            let first = socket.inbox.iter().map(|(arrival_us, _)| *arrival_us).min();
            first.unwrap_or(u64::MAX).min(until_us)
        });
        if wake_us < u64::MAX {
            self.executor.wake_at(reader, wake_us);
        }
        if until_us < u64::MAX {
            self.executor.wake_at(reader, until_us);
        }
        std::future::poll_fn(|_| {
            let now_us = self.now_us();
            let frame = self.socket(id, |socket| socket.take_frame(now_us));
            match frame {
                Some(frame) => Poll::Ready(Some(frame)),
                None if now_us >= until_us => Poll::Ready(None),
                None => Poll::Pending,
            }
        })
        .await
    }

    /// Notes what the player believes, for the checks at rest.
    pub(crate) fn believe(&self, id: &ConnectionId, belief: Belief) {
        self.socket(id, |socket| socket.belief = belief);
    }

    pub(crate) fn connected_at_ms(&self, id: &ConnectionId) -> u64 {
        self.socket(id, |socket| socket.connected_at_ms)
    }

    fn is_open(&self, id: &ConnectionId) -> bool {
        self.socket(id, |socket| socket.is_open())
    }

    pub(crate) fn socket<T>(&self, id: &ConnectionId, use_it: impl FnOnce(&mut Socket) -> T) -> T {
        let mut sockets = self.sockets.borrow_mut();
        use_it(sockets.get_mut(id).expect("a player's connection"))
    }
}

impl Socket {
    fn new(connected_at_ms: u64, stream: Stream) -> Self {
        Self {
            stream,
            connected_at_ms,
            state: SocketState::Connecting,
            is_reopened: false,
            belief: Belief::Gone,
            has_left: false,
            close_code: 1000,
            inbox: Vec::new(),
            frames: 0,
            reader: None,
        }
    }

    fn take_frame(&mut self, now_us: u64) -> Option<Frame> {
        let arrived = self.inbox.iter().enumerate();
        let arrived = arrived.filter(|(_, (arrival_us, _))| *arrival_us <= now_us);
        let (first, _) = arrived.min_by_key(|(_, (arrival_us, _))| *arrival_us)?;
        Some(self.inbox.swap_remove(first).1)
    }
}
