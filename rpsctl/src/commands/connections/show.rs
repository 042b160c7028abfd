use rps_game::{Claim, GameId, JoinId, Position, Seat};
use rps_handlers::service::operate::Seen;
use rps_handlers::time::now_ms;
use serde::Serialize;

use crate::aws::{Deployment, OpenSocket, Socket};
use crate::cli::{Global, ShowConnectionArgs};
use crate::commands::connections::look::Named;
use crate::commands::connections::next::{next, next_without_item};
use crate::commands::connections::row::Row;
use crate::commands::warn_if_paused;
use crate::exit::Exit;
use crate::output;
use crate::words::{of_the_protocol, place_name, rfc_3339, time_span};

/// Characters of a user agent that are shown: anybody may send any.
const LONGEST_USER_AGENT: usize = 100;

const LABEL_WIDTH: usize = 11;

pub(super) async fn run(args: &ShowConnectionArgs, global: &Global) -> anyhow::Result<Exit> {
    let deployment = Deployment::reach(global.target.required()?).await?;
    let named = Named::find(&deployment, &args.connection).await?;
    let socket = match &named {
        Named::Stored(seen) => ask(&deployment, seen).await,
        Named::OnlyOpen(_, open) => Socket::Open(open.clone()),
    };
    let now_ms = now_ms();
    let shown = Shown::new(&named, &socket, args.reveal, now_ms);
    let text = || in_words(&named, &socket, args.reveal, now_ms);
    output::show(global.output, shown, text)?;
    warn_if_paused(&deployment).await;
    Ok(Exit::Ok)
}

async fn ask(deployment: &Deployment, seen: &Seen) -> Socket {
    let id = &seen.connection.id;
    let asked = async { deployment.sockets().await?.find(id).await };
    asked.await.unwrap_or_else(|why| {
        output::note(format_args!("whether it is open is not known: {why}"));
        Socket::Unknown
    })
}

/// A single connection. docs/rpsctl.md describes the fields.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    row: Row<'a>,
    claim: Option<ClaimedPlace<'a>>,
    user_agent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source_ip: Option<&'a str>,
    next: String,
}

#[derive(Debug, Serialize)]
struct ClaimedPlace<'a> {
    game: &'a GameId,
    seat: Seat,
    by: &'a JoinId,
    claimed_at: Option<String>,
}

impl<'a> ClaimedPlace<'a> {
    fn new(claim: &'a Claim) -> Self {
        Self {
            game: &claim.game,
            seat: claim.seat,
            by: &claim.by,
            claimed_at: rfc_3339(claim.at_ms),
        }
    }
}

impl<'a> Shown<'a> {
    fn new(named: &'a Named, socket: &'a Socket, reveal: bool, now_ms: u64) -> Self {
        let (row, claim, next) = match named {
            Named::Stored(seen) => {
                let claim = seen.connection.claim.as_ref().map(ClaimedPlace::new);
                (Row::new(seen, socket), claim, next(seen, socket, now_ms))
            }
            Named::OnlyOpen(id, open) => (
                Row::only_open(id, open),
                None,
                next_without_item(open, now_ms),
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
    let whole = open.user_agent.as_deref().filter(|it| !it.is_empty())?;
    let mut shown: String = whole.chars().take(LONGEST_USER_AGENT).collect();
    let is_cut = shown.len() < whole.len();
    shown = shown.escape_debug().to_string();
    if is_cut {
        shown.push('…');
    }
    Some(shown)
}

fn in_words(named: &Named, socket: &Socket, reveal: bool, now_ms: u64) -> String {
    let (place, claim, connected_at_ms, next) = match named {
        Named::Stored(seen) => (
            place(&seen.place),
            seen.connection.claim.as_ref(),
            Some(seen.connection.connected_at_ms),
            next(seen, socket, now_ms),
        ),
        Named::OnlyOpen(_, open) => (
            "not in the table".to_owned(),
            None,
            open.connected_at_ms,
            next_without_item(open, now_ms),
        ),
    };
    let (active, player) = match socket {
        Socket::Unknown => ("not known".to_owned(), "not known".to_owned()),
        Socket::Gone { .. } => (
            "closed: API Gateway does not have it".to_owned(),
            "gone".to_owned(),
        ),
        Socket::Open(open) => (ago(open.last_active_at_ms, now_ms), player(open, reveal)),
    };
    let mut texts = vec![("connection", named.id().to_string()), ("where", place)];
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
    let (seat, ago) = (of_the_protocol(seat), ago(Some(claim.at_ms), now_ms));
    vec![
        ("claims", format!("game {game}, {seat} seat")),
        ("", format!("by join {by}, {ago}")),
    ]
}

fn ago(at_ms: Option<u64>, now_ms: u64) -> String {
    at_ms.map_or("not known".to_owned(), |at_ms| {
        format!("{} ago", time_span(now_ms.saturating_sub(at_ms)))
    })
}

fn place(place: &Position) -> String {
    match place {
        Position::Playing(game, seat) => {
            format!("game {}, {} seat", game.id, of_the_protocol(seat))
        }
        other => place_name(other).to_owned(),
    }
}

fn player(open: &OpenSocket, reveal: bool) -> String {
    let agent = user_agent(open).unwrap_or_else(|| "no user agent".to_owned());
    let address = match &open.source_ip {
        Some(address) if reveal => format!("at {address}"),
        Some(_) => "address hidden (--reveal shows it)".to_owned(),
        None => "address not known".to_owned(),
    };
    format!("{agent}; {address}")
}
