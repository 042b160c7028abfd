use rps_contract::Stuck;
use rps_game::{CloseReason, Game, Play, Seat, Settlement};
use rps_handlers::time::now_ms;
use serde::Serialize;

use crate::aws::{Deployment, SocketStatus};
use crate::cli::{Global, ShowGameArgs};
use crate::commands::games::row::{GameRow, plays};
use crate::commands::warn_if_paused;
use crate::exit::Exit;
use crate::output;
use crate::words::{progress, time_span, wire_name};

const LABEL_WIDTH: usize = 9;
const PLAYERS: [&str; 2] = ["player 1", "player 2"];

pub(super) async fn run(args: &ShowGameArgs, global: &Global) -> anyhow::Result<Exit> {
    let deployment = Deployment::reach(global.target.required()?).await?;
    let game = deployment.game(&args.game).await?;
    let sockets = sockets(&deployment, &game).await;
    let (reveal, now_ms) = (args.reveal, now_ms());
    let details = GameDetails::new(&game, &sockets, reveal, now_ms);
    let text = || in_words(&game, &sockets, reveal, now_ms);
    output::show(global.output, details, text)?;
    warn_if_paused(&deployment).await;
    Ok(Exit::Ok)
}

/// The sockets of both players, if API Gateway reports them.
async fn sockets(deployment: &Deployment, game: &Game) -> [SocketStatus; 2] {
    let Ok(sockets) = deployment.sockets().await else {
        return [SocketStatus::Unknown, SocketStatus::Unknown];
    };
    let [first, second] = &game.players;
    let (first, second) = tokio::join!(sockets.find(first), sockets.find(second));
    if let Some(why) = first.as_ref().err().or(second.as_ref().err()) {
        output::note(format_args!(
            "cannot read whether the players are connected: {why}"
        ));
    }
    [first, second].map(|socket| socket.unwrap_or(SocketStatus::Unknown))
}

/// A game as JSON. docs/rpsctl.md has the fields.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::commands) struct GameDetails<'a> {
    #[serde(flatten)]
    row: GameRow<'a>,
    /// Seconds that players have to play in each round.
    play_window_s: u8,
    /// Number of drawn rounds. The plays of these rounds are not stored.
    drawn: u32,
    /// Cause of the closed round: `by-clock`, `by-first-leaving`, `by-second-leaving` or `by-operator`. Null while the
    /// round is open.
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    closed_by: Option<CloseReason>,
    /// Both players: first the player who waited, then the player who joined.
    players: Vec<GamePlayer>,
    /// The next step in words, which may change.
    next: String,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
struct GamePlayer {
    /// Connection id.
    connection: String,
    /// Whether API Gateway has the connection. Null if API Gateway did not answer.
    connected: Option<bool>,
    /// Whether the player has played in this round.
    played: bool,
    /// The play, only with `--reveal`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(with = "Option<String>"))]
    play: Option<Play>,
}

impl<'a> GameDetails<'a> {
    fn new(game: &'a Game, sockets: &[SocketStatus; 2], reveal: bool, now_ms: u64) -> Self {
        let players = Seat::BOTH
            .into_iter()
            .zip(sockets)
            .map(|(seat, socket)| GamePlayer {
                connection: game.player(seat).to_string(),
                connected: socket.is_open(),
                played: game.played(seat).is_some(),
                play: game.played(seat).filter(|_| reveal),
            });
        Self {
            row: GameRow::new(game, now_ms),
            play_window_s: game.rules.window_s(),
            drawn: game.round.saturating_sub(1),
            closed_by: game.closed,
            players: players.collect(),
            next: next(game, now_ms),
        }
    }
}

fn in_words(game: &Game, sockets: &[SocketStatus; 2], reveal: bool, now_ms: u64) -> String {
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
            Some(_) => "has played (pass --reveal to show the play)".to_owned(),
        };
        let connected = match socket {
            SocketStatus::Unknown => "connection state unknown".to_owned(),
            SocketStatus::Closed { .. } => "no longer connected".to_owned(),
            SocketStatus::Open(open) => match open.connected_at_ms {
                Some(at) => format!("connected for {}", time_span(now_ms.saturating_sub(at))),
                None => "connected".to_owned(),
            },
        };
        texts.push(("", format!("{played}; {connected}")));
    }
    texts.push(("next", next(game, now_ms)));
    output::labelled(output::width(), LABEL_WIDTH, &texts)
}

/// The previous rounds. Only a draw leads to another round.
fn history(game: &Game) -> String {
    match game.round {
        0 | 1 => "no previous rounds".to_owned(),
        2 => "round 1 was drawn".to_owned(),
        round => format!("rounds 1 to {} were drawn", round - 1),
    }
}

fn next(game: &Game, now_ms: u64) -> String {
    match (rps_contract::stuck(game, now_ms), game.closed) {
        (Some(Stuck::PastRounds), _) => {
            "the game is stuck: it has exceeded its rounds; end it with \
             `rpsctl queue drain`"
                .to_owned()
        }
        (Some(Stuck::PastTime), _) => {
            "the game is stuck if the mapping is on: its round timer is lost, or a dead letter (see \
             `rpsctl dlq list`); end the game with `rpsctl queue drain`"
                .to_owned()
        }
        (None, Some(_)) if matches!(game.settle(now_ms), Settlement::NextRound { .. }) => {
            format!("the round was drawn, and round {} starts", game.round + 1)
        }
        (None, Some(by)) => format!(
            "both players receive the result; the round was closed {}",
            wire_name(by).replace('-', " ")
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
        (0, _) => format!("{when} the game ends without a winner, unless a player plays"),
        (1, _) => {
            format!("{when} the player who has played wins, unless the other player plays too")
        }
        (_, false) => format!(
            "{when} the plays decide the round; if they are equal, round {} starts",
            game.round + 1
        ),
        (_, true) => {
            format!("{when} the plays decide the game; if they are equal, it ends in a draw")
        }
    }
}
