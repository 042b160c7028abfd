//! One game of a person.

use std::time::Duration;

use anyhow::bail;
use rps_game::Play;
use rps_game::words::{self, fill};
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::conversation::Conversation;
use super::input::{Input, Said};
use super::round::Scene;
use crate::players::client::{Event, Happening, Player};

/// Often enough for a countdown of seconds.
const REDRAW_EVERY: Duration = Duration::from_millis(100);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    Over,
    Left,
}

pub(crate) async fn play_one(
    player: &mut Player,
    talk: &mut Conversation,
    input: &mut Input,
) -> anyhow::Result<End> {
    let mut game = Game {
        player,
        talk,
        scene: Scene::Joining,
        listening: true,
    };
    let mut redraw = interval(REDRAW_EVERY);
    redraw.set_missed_tick_behavior(MissedTickBehavior::Skip);
    while game.scene != Scene::Over {
        let live = game.talk.is_live();
        let wanted = game.scene.wants_play();
        tokio::select! {
            happening = game.player.next() => game.happens(happening)?,
            said = input.next(wanted), if game.listening => {
                if game.says(said)? == End::Left {
                    return Ok(End::Left);
                }
            }
            _ = redraw.tick(), if live => (),
        }
        game.talk.status(game.scene.status(Instant::now()))?;
    }
    Ok(End::Over)
}

struct Game<'a> {
    player: &'a mut Player,
    talk: &'a mut Conversation,
    scene: Scene,
    /// False when stdin is at its end.
    listening: bool,
}

impl Game<'_> {
    fn happens(&mut self, happening: Option<Happening>) -> anyhow::Result<()> {
        match happening {
            Some(Happening { event, at }) => match event {
                Event::Joins => (),
                Event::Told(message) => {
                    self.scene.follow(&message, at);
                    // The round's last status would stay for a moment under the result.
                    self.talk.status(self.scene.status(at))?;
                    self.talk.told(&message)?;
                }
                Event::Contradicted(two) => {
                    let (before, now) = (two.before.to_frame(), two.now.to_frame());
                    bail!("the server says two things: {before} and {now}; please report it");
                }
                Event::Closed(why) => {
                    bail!("{} {}. ({why})", self.scene.lost(), words::AGAIN);
                }
            },
            None => bail!("{} {}.", self.scene.lost(), words::AGAIN),
        }
        Ok(())
    }

    fn says(&mut self, said: Said) -> anyhow::Result<End> {
        match said {
            Said::Play(play) => self.play(play)?,
            Said::Quit => return Ok(End::Left),
            Said::Nothing => {
                self.listening = false;
                self.talk.remark("Nothing more to read: no play.")?;
            }
            Said::Yes | Said::No | Said::Noise if !self.talk.is_live() => {
                self.talk.remark("That is no play: r, p or s?")?;
            }
            Said::Yes | Said::No | Said::Noise => (),
        }
        Ok(End::Over)
    }

    fn play(&mut self, play: Play) -> anyhow::Result<()> {
        if self.scene.choose(play) {
            self.player.play(play);
            if !self.talk.is_live() {
                self.talk
                    .remark(&fill(words::YOU_PLAY, &[("play", &play)]))?;
            }
        }
        Ok(())
    }
}
