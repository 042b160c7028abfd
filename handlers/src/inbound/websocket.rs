//! Handles WebSocket events of API Gateway.

use rps_contract::log_metrics::{CONNECTION_MINUTES, connection_minutes};
use rps_game::{ClientMessage, ConnectionId, ErrorCode, Rules, ServerMessage};
use serde::Serialize;
use tracing::{error, info};

use crate::inbound::admission::{Admission, Refusal};
use crate::inbound::events::{RequestContext, WebSocketEvent};
use crate::inbound::with_deadline;
use crate::ports::{
    ChangeGame, Clock, EndGame, FindConnection, JoinStore, OpenConnection, Players, PortCall,
    PortError, Random, Schedule, TakeSeat,
};
use crate::service::join::Joiner;
use crate::service::leave::{self, Closed};
use crate::service::{connect, play, resume};

/// The close codes of a player who leaves on purpose: a normal close (RFC 6455, 7.4.1), and one without a code. A browser
/// that reloads or closes the page sends 1001, and a broken connection has 1006.
const ON_PURPOSE: [i64; 2] = [1000, 1005];

/// The function's response to API Gateway, which sends the body to the player on routes with a route
/// response.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Response {
    /// 200, or the HTTP status of a refused connection.
    pub status_code: u16,
    /// Set on every message route: API Gateway sends an empty body as an empty frame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
}

impl Response {
    fn status(status_code: u16) -> Self {
        Self {
            status_code,
            body: None,
        }
    }

    fn answer(message: &ServerMessage) -> Self {
        Self {
            status_code: 200,
            body: Some(message.to_frame()),
        }
    }

    async fn of(clock: &impl Clock, answer: impl PortCall<ServerMessage>) -> Self {
        let answer = with_deadline(clock, answer)
            .await
            .unwrap_or_else(|failure| {
                error!(%failure, "AWS failed; answered with try-again");
                ErrorCode::TryAgain.into()
            });
        Self::answer(&answer)
    }
}

/// The `connection` function: `$connect`, `$disconnect` and `$default`.
pub async fn connection(
    store: &(impl OpenConnection + EndGame),
    players: &impl Players,
    clock: &impl Clock,
    admission: &Admission,
    event: &WebSocketEvent,
) -> Response {
    let context = &event.request_context;
    let Some(id) = connection_id(context) else {
        return Response::status(400);
    };
    // Not the route key: a message may contain any action, even `$connect`.
    match context.event_type.as_deref() {
        Some("CONNECT") => {
            let source = context.identity.source_ip.as_deref();
            let logged_source = source.filter(|_| admission.logs_sources);
            if let Err(Refusal { status, log_line }) =
                admission.check(source, event.origin.as_deref())
            {
                info!(source = logged_source, "{log_line}");
                return Response::status(status);
            }
            let connect = connect::connect(store, id, context.connected_at);
            let result = with_deadline(clock, connect).await;
            if let (Ok(()), Some(source)) = (&result, logged_source) {
                info!(source, "connection opened");
            }
            Response::status(status("cannot store a new connection", result))
        }
        Some("DISCONNECT") => {
            log_minutes(context);
            let leave = leave::leave(store, players, clock, closed(&id, context));
            let result = with_deadline(clock, Box::pin(leave)).await;
            let message = "cannot remove a closed connection; its round timer will end the game";
            Response::status(status(message, result))
        }
        _ => {
            let frame = event.body.as_deref().unwrap_or_default();
            // A valid action has its own route.
            let code = ClientMessage::parse(frame)
                .err()
                .unwrap_or(ErrorCode::TryAgain);
            Response::answer(&code.into())
        }
    }
}

fn closed<'a>(id: &'a ConnectionId, context: &RequestContext) -> Closed<'a> {
    let code = context.disconnect_status_code;
    Closed {
        id,
        connected_at_ms: context.connected_at,
        is_on_purpose: code.is_some_and(|code| ON_PURPOSE.contains(&code)),
    }
}

/// The `join-game` function: `join-game` and `resume-game`.
pub async fn join_game(
    store: &(impl JoinStore + TakeSeat),
    queue: &impl Schedule,
    players: &impl Players,
    environment: &(impl Clock + Random),
    rules: Rules,
    places: u8,
    event: &WebSocketEvent,
) -> Response {
    match message(event) {
        Ok((me, ClientMessage::JoinGame { room, opponent })) => {
            let joiner = Joiner::new(store, queue, players, environment, rules, &me);
            let joiner = joiner.among(places).in_room(room);
            let joiner = joiner.against(opponent.unwrap_or_default());
            Response::of(environment, Box::pin(joiner.join())).await
        }
        Ok((me, ClientMessage::ResumeGame { game, seat })) => {
            let answer = resume::resume(store, players, environment, &me, &game, &seat);
            Response::of(environment, Box::pin(answer)).await
        }
        Ok(_) => Response::answer(&ErrorCode::BadRequest.into()),
        Err(code) => Response::answer(&code.into()),
    }
}

pub async fn receive_play(
    store: &(impl FindConnection + ChangeGame),
    queue: &impl Schedule,
    clock: &impl Clock,
    event: &WebSocketEvent,
) -> Response {
    match message(event) {
        Ok((me, ClientMessage::ReceivePlay { play, round })) => {
            let arrived_ms = match event.request_context.request_time_epoch {
                0 => clock.now_ms(),
                arrived_ms => arrived_ms,
            };
            let answer = play::play(store, queue, clock, &me, play, round, arrived_ms);
            Response::of(clock, Box::pin(answer)).await
        }
        Ok(_) => Response::answer(&ErrorCode::BadRequest.into()),
        Err(code) => Response::answer(&code.into()),
    }
}

fn message(event: &WebSocketEvent) -> Result<(ConnectionId, ClientMessage), ErrorCode> {
    let id = connection_id(&event.request_context).ok_or(ErrorCode::BadRequest)?;
    let frame = event.body.as_deref().unwrap_or_default();
    Ok((id, ClientMessage::parse(frame)?))
}

fn connection_id(context: &RequestContext) -> Option<ConnectionId> {
    context.connection_id.clone().map(ConnectionId::from)
}

/// AWS bills connection minutes, and reports their number only in this event.
fn log_minutes(context: &RequestContext) {
    let minutes = connection_minutes(context.connected_at, context.request_time_epoch);
    info!(minutes, "{}", CONNECTION_MINUTES.line);
}

fn status(error_message: &str, result: Result<(), PortError>) -> u16 {
    match result {
        Ok(()) => 200,
        Err(failure) => {
            error!(%failure, "{error_message}");
            503
        }
    }
}
