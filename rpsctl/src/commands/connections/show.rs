use rps_game::{Claim, GameId, JoinId, Position, Seat, Waiting};
use rps_handlers::service::position::ConnectionSnapshot;
use serde::Serialize;

use crate::aws::{Deployment, OpenSocket, SocketStatus};
use crate::cli::{Global, ShowConnectionArgs};
use crate::commands::Outlook;
use crate::commands::connections::lookup::ConnectionMatch;
use crate::commands::connections::next::{next, next_without_item};
use crate::commands::connections::row::ConnectionRow;
use crate::exit::Exit;
use crate::output;
use crate::words::{position_name, rfc_3339, time_span, wire_name};

/// Maximum length of a printed user agent, in characters. Clients may send any text.
const MAX_USER_AGENT: usize = 100;

const LABEL_WIDTH: usize = 11;

pub(super) async fn run(args: &ShowConnectionArgs, global: &Global) -> anyhow::Result<Exit> {
    let deployment = Deployment::reach(global.target.required()?).await?;
    let connection = ConnectionMatch::find(&deployment, &args.connection).await?;
    let socket = match &connection {
        ConnectionMatch::Stored(snapshot) => find_socket(&deployment, snapshot).await,
        ConnectionMatch::OnlyOpen(_, open) => SocketStatus::Open(open.clone()),
    };
    let outlook = Outlook::read(&deployment).await;
    let details = ConnectionDetails::new(&connection, &socket, args.reveal, &outlook);
    let text = || in_words(&connection, &socket, args.reveal, &outlook);
    output::show(global.output, details, text)?;
    outlook.warn_if_paused();
    Ok(Exit::Ok)
}

async fn find_socket(deployment: &Deployment, snapshot: &ConnectionSnapshot) -> SocketStatus {
    let id = &snapshot.connection.id;
    let socket = async { deployment.sockets().await?.find(id).await };
    socket.await.unwrap_or_else(|why| {
        output::note(format_args!(
            "cannot read whether the connection is open: {why}"
        ));
        SocketStatus::Unknown
    })
}

/// A connection as JSON. docs/rpsctl.md has the fields.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::commands) struct ConnectionDetails<'a> {
    #[serde(flatten)]
    row: ConnectionRow<'a>,
    /// Claim of the connection to a seat. The claim may be older or newer than the actual state.
    claim: Option<ConnectionClaim<'a>>,
    /// Browser or program of the player, escaped and cut to 100 characters.
    user_agent: Option<String>,
    /// IP address of the player, only with `--reveal`.
    #[serde(skip_serializing_if = "Option::is_none")]
    source_ip: Option<&'a str>,
    /// The next step in words, which may change.
    next: String,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct ConnectionClaim<'a> {
    /// Game id.
    #[cfg_attr(test, schemars(with = "String"))]
    game: &'a GameId,
    /// `first` for the player who waited, `second` for the player who joined.
    #[cfg_attr(test, schemars(with = "String"))]
    seat: Seat,
    /// Id of the join that made the claim.
    #[cfg_attr(test, schemars(with = "String"))]
    by: &'a JoinId,
    /// Time of the claim.
    claimed_at: Option<String>,
}

impl<'a> ConnectionClaim<'a> {
    fn new(claim: &'a Claim) -> Self {
        Self {
            game: &claim.game,
            seat: claim.seat,
            by: &claim.by,
            claimed_at: rfc_3339(claim.at_ms),
        }
    }
}

impl<'a> ConnectionDetails<'a> {
    fn new(
        connection: &'a ConnectionMatch,
        socket: &'a SocketStatus,
        reveal: bool,
        outlook: &Outlook<'_>,
    ) -> Self {
        let (row, claim, next) = match connection {
            ConnectionMatch::Stored(snapshot) => (
                ConnectionRow::new(snapshot, socket),
                snapshot.connection.claim.as_ref().map(ConnectionClaim::new),
                next(snapshot, socket, outlook),
            ),
            ConnectionMatch::OnlyOpen(id, open) => (
                ConnectionRow::only_open(id, open),
                None,
                next_without_item(open, outlook.now_ms),
            ),
        };
        let open = socket.open();
        Self {
            row,
            claim,
            user_agent: open.and_then(user_agent),
            source_ip: open
                .and_then(|open| open.source_ip.as_deref())
                .filter(|_| reveal),
            next,
        }
    }
}

fn user_agent(open: &OpenSocket) -> Option<String> {
    let agent = open.user_agent.as_deref().filter(|it| !it.is_empty())?;
    let start: String = agent.chars().take(MAX_USER_AGENT).collect();
    let mut text = start.escape_debug().to_string();
    if start.len() < agent.len() {
        text.push('…');
    }
    Some(text)
}

fn in_words(
    connection: &ConnectionMatch,
    socket: &SocketStatus,
    reveal: bool,
    outlook: &Outlook<'_>,
) -> String {
    let now_ms = outlook.now_ms;
    let (state, claim, connected_at_ms, next) = match connection {
        ConnectionMatch::Stored(snapshot) => (
            state(&snapshot.place),
            snapshot.connection.claim.as_ref(),
            Some(snapshot.connection.connected_at_ms),
            next(snapshot, socket, outlook),
        ),
        ConnectionMatch::OnlyOpen(_, open) => (
            "not in the table".to_owned(),
            None,
            open.connected_at_ms,
            next_without_item(open, now_ms),
        ),
    };
    let (active, player) = match socket {
        SocketStatus::Unknown => ("unknown".to_owned(), "unknown".to_owned()),
        SocketStatus::Closed { .. } => (
            "closed: API Gateway does not have the connection".to_owned(),
            "disconnected".to_owned(),
        ),
        SocketStatus::Open(open) => (ago(open.last_active_at_ms, now_ms), player(open, reveal)),
    };
    let mut texts = vec![
        ("connection", connection.id().to_string()),
        ("state", state),
    ];
    texts.extend(claims(claim, now_ms));
    texts.extend([
        ("connected", ago(connected_at_ms, now_ms)),
        ("active", active),
        ("player", player),
        ("next", next),
    ]);
    output::labelled(output::width(), LABEL_WIDTH, &texts)
}

fn claims(claim: Option<&Claim>, now_ms: u64) -> Vec<(&'static str, String)> {
    let Some(claim) = claim else {
        return vec![("claims", "nothing".to_owned())];
    };
    let Claim { game, seat, by, .. } = claim;
    let (seat, ago) = (wire_name(seat), ago(Some(claim.at_ms), now_ms));
    vec![
        ("claims", format!("game {game}, {seat} seat")),
        ("", format!("by join {by}, {ago}")),
    ]
}

fn ago(at_ms: Option<u64>, now_ms: u64) -> String {
    at_ms.map_or("unknown".to_owned(), |at_ms| {
        format!("{} ago", time_span(now_ms.saturating_sub(at_ms)))
    })
}

fn state(position: &Position) -> String {
    match position {
        Position::Playing(game, seat) => {
            format!("game {}, {} seat", game.id, wire_name(seat))
        }
        Position::Waiting(Waiting {
            room: Some(room), ..
        }) => format!("waiting in room {room}"),
        other => position_name(other).to_owned(),
    }
}

fn player(open: &OpenSocket, reveal: bool) -> String {
    let agent = user_agent(open).unwrap_or_else(|| "no user agent".to_owned());
    let address = match &open.source_ip {
        Some(address) if reveal => format!("at {address}"),
        Some(_) => "address hidden (pass --reveal to show it)".to_owned(),
        None => "address unknown".to_owned(),
    };
    format!("{agent}; {address}")
}
