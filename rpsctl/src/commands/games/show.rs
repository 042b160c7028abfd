use rps_contract::Stuck;
use rps_game::{CloseReason, Game, Play, Presence, Seat};
use serde::Serialize;

use crate::aws::{Deployment, SocketStatus};
use crate::cli::{Global, ShowGameArgs};
use crate::commands::Outlook;
use crate::commands::games::outcome::outcome;
use crate::commands::games::row::GameRow;
use crate::exit::Exit;
use crate::output;
use crate::words::{GameState, progress, time_span};

const LABEL_WIDTH: usize = 9;
const PLAYERS: [&str; 2] = ["player 1", "player 2"];

pub(super) async fn run(args: &ShowGameArgs, global: &Global) -> anyhow::Result<Exit> {
    let deployment = Deployment::reach(global.target.required()?).await?;
    let game = deployment.game(&args.game).await?;
    let sockets = sockets(&deployment, &game).await;
    let outlook = Outlook::read(&deployment).await;
    let details = GameDetails::new(&game, &sockets, args.reveal, &outlook);
    let text = || in_words(&game, &sockets, args.reveal, &outlook);
    output::show(global.output, details, text)?;
    outlook.warn_if_paused();
    Ok(Exit::Ok)
}

/// The sockets of both players, if API Gateway reports them.
async fn sockets(deployment: &Deployment, game: &Game) -> [SocketStatus; 2] {
    let find = async || {
        let sockets = deployment.sockets().await?;
        let [first, second] = &game.players;
        tokio::try_join!(sockets.find(first), async {
            match game.house {
                Some(_) => Ok(SocketStatus::Unknown),
                None => sockets.find(second).await,
            }
        })
    };
    match find().await {
        Ok((first, second)) => [first, second],
        Err(why) => {
            output::note(format_args!(
                "cannot read whether the players are connected: {why}"
            ));
            [SocketStatus::Unknown, SocketStatus::Unknown]
        }
    }
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
    /// Connection id. Null for the house.
    connection: Option<String>,
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
    fn new(
        game: &'a Game,
        sockets: &[SocketStatus; 2],
        reveal: bool,
        outlook: &Outlook<'_>,
    ) -> Self {
        let players = Seat::BOTH
            .into_iter()
            .zip(sockets)
            .map(|(seat, socket)| GamePlayer {
                connection: (!game.is_house(seat)).then(|| game.player(seat).to_string()),
                connected: socket.is_open(),
                played: game.played(seat).is_some(),
                play: game.played(seat).filter(|_| reveal),
            });
        Self {
            row: GameRow::new(game, outlook.is_paused(), outlook.now_ms),
            play_window_s: game.rules.window_s(),
            drawn: game.round.saturating_sub(1),
            closed_by: game.closed,
            players: players.collect(),
            next: next(game, outlook),
        }
    }
}

fn in_words(
    game: &Game,
    sockets: &[SocketStatus; 2],
    reveal: bool,
    outlook: &Outlook<'_>,
) -> String {
    let now_ms = outlook.now_ms;
    let mut texts = vec![("game", game.id.to_string())];
    texts.extend(game.room.as_ref().map(|room| ("room", room.to_string())));
    texts.extend([
        ("started", start(game, now_ms)),
        ("now", progress(game, outlook.is_paused(), now_ms)),
        ("before", history(game)),
    ]);
    for ((seat, socket), label) in Seat::BOTH.into_iter().zip(sockets).zip(PLAYERS) {
        if game.is_house(seat) {
            texts.push((label, "the house".to_owned()));
            continue;
        }
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
        let resumed = match game.presence[seat as usize] {
            None => "",
            Some(Presence::Absent) => "; absent: its connection broke, and it may resume",
            Some(Presence::Resumed) => "; resumed on this connection",
        };
        texts.push(("", format!("{played}; {connected}{resumed}")));
    }
    texts.push(("next", next(game, outlook)));
    output::labelled(output::width(), LABEL_WIDTH, &texts)
}

fn start(game: &Game, now_ms: u64) -> String {
    let age = time_span(now_ms.saturating_sub(game.started_at_ms));
    let window_s = game.rules.window_s();
    let early = if game.rules.decide_early() {
        "; the second play ends a round early"
    } else {
        ""
    };
    format!("{age} ago; {window_s} s to play in each round{early}")
}

/// The previous rounds. Only a draw leads to another round.
fn history(game: &Game) -> String {
    match game.round {
        0 | 1 => "no previous rounds".to_owned(),
        2 => "round 1 was drawn".to_owned(),
        round => format!("rounds 1 to {} were drawn", round - 1),
    }
}

fn next(game: &Game, outlook: &Outlook<'_>) -> String {
    let now_ms = outlook.now_ms;
    let command = |words| outlook.command(words);
    let outcome = outcome(game, now_ms);
    match GameState::of(game, outlook.is_paused(), now_ms) {
        GameState::Stuck(Stuck::PastRounds) => {
            let drain = command("queue drain");
            return format!("the game is stuck: it has exceeded its rounds; end it with {drain}");
        }
        GameState::Paused => {
            let resume = command("queue resume");
            return format!(
                "the mapping is paused: no round is decided until {resume}; then {outcome}"
            );
        }
        GameState::Stuck(Stuck::PastTime) => {
            let if_on = match outlook.paused {
                None => " if the mapping is on",
                Some(_) => "",
            };
            let [list, redrive, drain] = ["dlq list", "dlq redrive", "queue drain"].map(command);
            return format!(
                "the game is stuck{if_on}: its round timer is lost, a dead letter, or keeps failing; look for it with \
                 {list} and redrive it with {redrive}, or end the game with {drain}"
            );
        }
        GameState::Running | GameState::Late => (),
    }
    match (game.overdue_ms(now_ms), game.closed) {
        (0, Some(_)) => outcome,
        (0, None) => {
            let left = time_span(game.deadline_ms.saturating_sub(now_ms));
            format!("in {left} {outcome}")
        }
        (late_ms, _) => {
            let late = time_span(late_ms);
            format!("the round is {late} late; when `decide` receives its timer, {outcome}")
        }
    }
}

#[cfg(test)]
mod tests {
    use rps_contract::STUCK_AFTER_MS;
    use rps_game::Rules;

    use super::*;
    use crate::target::{Login, Target};

    fn target() -> Target {
        let login = Login::Configured {
            region: Some("eu-west-1".to_owned()),
            profile: None,
        };
        Target::Stack {
            name: "dev".to_owned(),
            endpoint: None,
            login,
        }
    }

    #[test]
    fn the_next_step_depends_on_the_mapping_and_on_how_late_the_round_is() {
        let target = target();
        let players = ["x".into(), "y".into()];
        let game = Game::start("g".into(), players, Rules::default(), 0);
        let due = game.deadline_ms;
        let past = due + STUCK_AFTER_MS + 1;
        let stuck = "its round timer is lost, a dead letter, or keeps failing; look for it with \
            `rpsctl dlq list --stack dev --region eu-west-1` and redrive it with \
            `rpsctl dlq redrive --stack dev --region eu-west-1`, or end the game with \
            `rpsctl queue drain --stack dev --region eu-west-1`";
        let paused = "the mapping is paused: no round is decided until \
            `rpsctl queue resume --stack dev --region eu-west-1`; then the game ends without a winner";
        let late = "late; when `decide` receives its timer, the game ends without a winner";
        for (paused, now_ms, expected) in [
            (
                Some(false),
                due - 3000,
                "in 3 s the game ends without a winner, unless a player plays".to_owned(),
            ),
            (
                Some(false),
                due + 30_000,
                format!("the round is 30 s {late}"),
            ),
            (None, past - 1, format!("the round is 2 min {late}")),
            (Some(false), past, format!("the game is stuck: {stuck}")),
            (
                None,
                past,
                format!("the game is stuck if the mapping is on: {stuck}"),
            ),
            (Some(true), due, format!("{paused}, unless a player plays")),
            (Some(true), past, paused.to_owned()),
        ] {
            let outlook = Outlook {
                target: &target,
                paused,
                now_ms,
            };
            assert_eq!(next(&game, &outlook), expected);
        }
    }
}
