//! The state of the game, and the countdown of its round.

use std::time::Duration;

use rps_game::words::{self, fill};
use rps_game::{Play, ServerMessage};
use tokio::time::Instant;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scene {
    /// Connected, without a message yet.
    Joining,
    Waiting {
        since: Instant,
    },
    Round {
        ends_at: Instant,
        chosen: Option<Play>,
    },
    Over,
}

impl Scene {
    pub(super) fn follow(&mut self, message: &ServerMessage, at: Instant) {
        match message {
            ServerMessage::Waiting {} => *self = Self::Waiting { since: at },
            ServerMessage::GameStarted { play_within_ms, .. }
            | ServerMessage::RoundDrawn { play_within_ms, .. } => {
                *self = Self::Round {
                    ends_at: at + Duration::from_millis(*play_within_ms),
                    chosen: None,
                };
            }
            ServerMessage::GameResumed {
                play_within_ms,
                you,
                ..
            } => {
                *self = Self::Round {
                    ends_at: at + Duration::from_millis(*play_within_ms),
                    chosen: *you,
                };
            }
            ServerMessage::GameOver { .. } => *self = Self::Over,
            ServerMessage::PlayReceived { .. } | ServerMessage::Error { .. } => (),
        }
    }

    /// Chooses a play. Returns false if no round is open or a play is already chosen.
    pub(super) fn choose(&mut self, play: Play) -> bool {
        match self {
            Self::Round { chosen, .. } if chosen.is_none() => {
                *chosen = Some(play);
                true
            }
            _ => false,
        }
    }

    pub(super) fn wants_play(&self) -> bool {
        matches!(self, Self::Round { chosen: None, .. })
    }

    /// The text for a lost connection.
    pub(super) fn lost_text(&self) -> String {
        match self {
            Self::Round { .. } => format!("{} {}", words::LOST, words::LOST_GAME),
            _ => words::LOST.to_owned(),
        }
    }

    /// The status line; at most 40 columns.
    pub(super) fn status(&self, now: Instant) -> String {
        match self {
            Self::Joining => words::JOINING.to_owned(),
            Self::Waiting { since } => {
                let s = now.saturating_duration_since(*since).as_secs();
                format!("{} {s} s. q leaves", words::WAITING)
            }
            Self::Round { ends_at, chosen } => {
                let ms = ends_at.saturating_duration_since(now).as_millis();
                let s = ms.div_ceil(1000);
                match chosen {
                    None => format!("{s:2}  [r]ock  [p]aper  [s]cissors"),
                    Some(play) => format!("{s:2}  {}", fill(words::YOU_PLAY, &[("play", play)])),
                }
            }
            Self::Over => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use rps_game::words::{LOST, LOST_GAME};
    use rps_game::{Play, ServerMessage};
    use tokio::time::Instant;

    use super::Scene;

    const STARTED: &str = r#"{"type":"game-started","game":"g","round":1,"play_within_ms":5000,"max_rounds":5,"decide_early":false,"opponent":"player","seat":null}"#;
    const DRAWN: &str = r#"{"type":"round-drawn","game":"g","round":1,"you":"rock","opponent":"rock","next_round":2,"play_within_ms":60000}"#;
    const OVER: &str = r#"{"type":"game-over","game":"g","rounds":2,"outcome":"abandoned","reason":"nobody-played","you":null,"opponent":null}"#;

    fn follow(scene: &mut Scene, frame: &str, at: Instant) {
        let message: ServerMessage = serde_json::from_str(frame).unwrap();
        scene.follow(&message, at);
    }

    #[test]
    fn the_countdown_runs_from_5_to_0() {
        let start = Instant::now();
        let mut scene = Scene::Joining;
        follow(&mut scene, STARTED, start);
        let after = |ms| start + Duration::from_millis(ms);
        let table = [
            (0, " 5"),
            (1, " 5"),
            (1000, " 4"),
            (4001, " 1"),
            (5000, " 0"),
            (7000, " 0"),
        ];
        for (ms, count) in table {
            let status = scene.status(after(ms));
            assert!(status.starts_with(count), "{ms} ms: {status}");
        }
    }

    #[test]
    fn each_round_takes_one_choice() {
        let now = Instant::now();
        let mut scene = Scene::Joining;
        assert!(!scene.choose(Play::Rock), "no game yet");
        follow(&mut scene, STARTED, now);
        assert!(scene.wants_play() && scene.choose(Play::Rock));
        assert!(!scene.wants_play() && !scene.choose(Play::Paper));
        assert_eq!(scene.status(now), " 5  You play rock.");
        follow(&mut scene, DRAWN, now);
        assert!(scene.choose(Play::Paper));
        follow(&mut scene, OVER, now);
        assert!(!scene.choose(Play::Rock));
    }

    #[test]
    fn a_connection_that_is_lost_in_a_game_leaves_its_result_open() {
        let mut scene = Scene::Joining;
        assert_eq!(scene.lost_text(), LOST);
        follow(&mut scene, STARTED, Instant::now());
        assert_eq!(scene.lost_text(), format!("{LOST} {LOST_GAME}"));
        assert!(LOST_GAME.contains("nobody knows"));
    }

    #[test]
    fn the_status_fits_40_columns() {
        let now = Instant::now();
        let mut round = Scene::Joining;
        follow(&mut round, DRAWN, now);
        let mut chosen = round;
        chosen.choose(Play::Scissors);
        for scene in [
            Scene::Joining,
            Scene::Waiting { since: now },
            round,
            chosen,
            Scene::Over,
        ] {
            let status = scene.status(now + Duration::from_secs(599));
            assert!(status.chars().count() <= 40, "{status}");
        }
    }
}
