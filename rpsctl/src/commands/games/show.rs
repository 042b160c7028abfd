use rps_contract::Stuck;
use rps_game::{Closed, Game, Play, Seat, Settlement};
use rps_handlers::time::now_ms;
use serde::Serialize;

use crate::aws::{Deployment, Socket};
use crate::cli::{Global, ShowGameArgs};
use crate::commands::games::row::{Row, plays};
use crate::commands::warn_if_paused;
use crate::exit::Exit;
use crate::output;
use crate::words::{of_the_protocol, progress, time_span};

const LABEL_WIDTH: usize = 9;
const PLAYERS: [&str; 2] = ["player 1", "player 2"];

pub(super) async fn run(args: &ShowGameArgs, global: &Global) -> anyhow::Result<Exit> {
    let deployment = Deployment::reach(global.target.required()?).await?;
    let game = deployment.game(&args.game).await?;
    let sockets = sockets(&deployment, &game).await;
    let (reveal, now_ms) = (args.reveal, now_ms());
    let shown = Shown::new(&game, &sockets, reveal, now_ms);
    let text = || in_words(&game, &sockets, reveal, now_ms);
    output::show(global.output, shown, text)?;
    warn_if_paused(&deployment).await;
    Ok(Exit::Ok)
}

/// Both players' sockets, as far as API Gateway says.
async fn sockets(deployment: &Deployment, game: &Game) -> [Socket; 2] {
    let Ok(sockets) = deployment.sockets().await else {
        return [Socket::Unknown, Socket::Unknown];
    };
    let [first, second] = &game.players;
    let (first, second) = tokio::join!(sockets.find(first), sockets.find(second));
    if let Some(why) = first.as_ref().err().or(second.as_ref().err()) {
        output::note(format_args!(
            "whether the players are connected is not known: {why}"
        ));
    }
    [first, second].map(|socket| socket.unwrap_or(Socket::Unknown))
}

/// A single game. docs/rpsctl.md describes the fields.
#[derive(Debug, Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    row: Row<'a>,
    play_window_s: u8,
    drawn: u32,
    closed_by: Option<Closed>,
    players: Vec<Player>,
    next: String,
}

#[derive(Debug, Serialize)]
struct Player {
    connection: String,
    connected: Option<bool>,
    played: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    play: Option<Play>,
}

impl<'a> Shown<'a> {
    fn new(game: &'a Game, sockets: &[Socket; 2], reveal: bool, now_ms: u64) -> Self {
        let players = Seat::BOTH
            .into_iter()
            .zip(sockets)
            .map(|(seat, socket)| Player {
                connection: game.player(seat).to_string(),
                connected: socket.is_open(),
                played: game.played(seat).is_some(),
                play: game.played(seat).filter(|_| reveal),
            });
        Self {
            row: Row::new(game, now_ms),
            play_window_s: game.rules.window_s(),
            drawn: game.round.saturating_sub(1),
            closed_by: game.closed,
            players: players.collect(),
            next: next(game, now_ms),
        }
    }
}

fn in_words(game: &Game, sockets: &[Socket; 2], reveal: bool, now_ms: u64) -> String {
    let age = time_span(now_ms.saturating_sub(game.started_at_ms));
    let window_s = game.rules.window_s();
    let started = format!("{age} ago; {window_s} s to play in each round");
    let mut texts = vec![
        ("game", game.id.to_string()),
        ("started", started),
        ("now", progress(game, now_ms)),
        ("before", history(game)),
    ];
    for ((seat, socket), label) in Seat::BOTH.into_iter().zip(sockets).zip(PLAYERS) {
        texts.push((label, game.player(seat).to_string()));
        let played = match game.played(seat) {
            None => "has not played".to_owned(),
            Some(play) if reveal => format!("has played {play}"),
            Some(_) => "has played (--reveal shows what)".to_owned(),
        };
        let connected = match socket {
            Socket::Unknown => "not known whether connected".to_owned(),
            Socket::Gone { .. } => "not connected any more".to_owned(),
            Socket::Open(open) => match open.connected_at_ms {
                Some(at) => format!("connected for {}", time_span(now_ms.saturating_sub(at))),
                None => "connected".to_owned(),
            },
        };
        texts.push(("", format!("{played}; {connected}")));
    }
    texts.push(("next", next(game, now_ms)));
    output::labelled(output::width(), LABEL_WIDTH, &texts)
}

/// The rounds before: only draws lead to another round.
fn history(game: &Game) -> String {
    match game.round {
        0 | 1 => "nothing: this is the first round".to_owned(),
        2 => "round 1 was drawn".to_owned(),
        round => format!("rounds 1 to {} were drawn", round - 1),
    }
}

fn next(game: &Game, now_ms: u64) -> String {
    match (rps_contract::stuck(game, now_ms), game.closed) {
        (Some(Stuck::PastRounds), _) => {
            "nothing good: it has had more rounds than its rules allow; \
             `rpsctl queue drain` ends it"
                .to_owned()
        }
        (Some(Stuck::PastTime), _) => {
            "nothing, if the mapping is on: the message of its round is lost, or a dead letter \
             (`rpsctl dlq list`); `rpsctl queue drain` ends it"
                .to_owned()
        }
        (None, Some(_)) if matches!(game.settle(now_ms), Settlement::NextRound { .. }) => {
            format!("the round was drawn, and round {} begins", game.round + 1)
        }
        (None, Some(by)) => format!(
            "both players are being told how it ended: the round was closed {}",
            of_the_protocol(by).replace('-', " ")
        ),
        (None, None) => undecided(game, now_ms),
    }
}

fn undecided(game: &Game, now_ms: u64) -> String {
    let when = match game.deadline_ms.saturating_sub(now_ms) {
        0 => "now".to_owned(),
        left => format!("in {}", time_span(left)),
    };
    let is_last = game.round >= u32::from(game.rules.max_rounds());
    match (plays(game), is_last) {
        (0, _) => format!("{when} the game ends, abandoned, unless somebody plays"),
        (1, _) => format!("{when} who has played wins, unless the other plays too"),
        (_, false) => format!(
            "{when} the plays decide it; if they are equal, round {} begins",
            game.round + 1
        ),
        (_, true) => {
            format!("{when} the plays decide it; if they are equal, that is the end, drawn")
        }
    }
}
