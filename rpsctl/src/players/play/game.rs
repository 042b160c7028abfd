//! Play one game with a person.

use std::time::Duration;

use anyhow::bail;
use rps_game::Play;
use rps_game::words::{self, fill};
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::conversation::Conversation;
use super::input::{Input, PlayerInput};
use super::round::Scene;
use crate::players::client::{Player, PlayerEvent, TimedEvent};

/// Short enough for a countdown of seconds.
const REDRAW_EVERY: Duration = Duration::from_millis(100);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlayEnd {
    Over,
    Left,
}

pub(crate) async fn play_one(
    player: &mut Player,
    conversation: &mut Conversation,
    input: &mut Input,
) -> anyhow::Result<PlayEnd> {
    let mut game = GameView {
        player,
        conversation,
        scene: Scene::Joining,
        input_is_open: true,
    };
    let mut redraw = interval(REDRAW_EVERY);
    redraw.set_missed_tick_behavior(MissedTickBehavior::Skip);
    while game.scene != Scene::Over {
        let live = game.conversation.is_live();
        let wants_play = game.scene.wants_play();
        tokio::select! {
            event = game.player.next() => game.handle_event(event)?,
            entry = input.next(wants_play), if game.input_is_open => {
                if game.handle_input(entry)? == PlayEnd::Left {
                    return Ok(PlayEnd::Left);
                }
            }
            _ = redraw.tick(), if live => (),
        }
        game.conversation
            .status(game.scene.status(Instant::now()))?;
    }
    Ok(PlayEnd::Over)
}

struct GameView<'a> {
    player: &'a mut Player,
    conversation: &'a mut Conversation,
    scene: Scene,
    /// False at the end of stdin.
    input_is_open: bool,
}

impl GameView<'_> {
    fn handle_event(&mut self, event: Option<TimedEvent>) -> anyhow::Result<()> {
        match event {
            Some(TimedEvent { event, at }) => match event {
                PlayerEvent::Join(_) => (),
                PlayerEvent::Message(message) => {
                    self.scene.follow(&message, at);
                    // Update the status first, so that the old one does not stay under the result.
                    self.conversation.status(self.scene.status(at))?;
                    self.conversation.message(&message)?;
                }
                PlayerEvent::Contradiction(pair) => {
                    let (before, now) = (pair.before.to_frame(), pair.now.to_frame());
                    bail!("the server contradicts itself: {before} and {now}; please report this");
                }
                PlayerEvent::Closed(why) | PlayerEvent::Broken(why) => {
                    bail!("{} {}. ({why})", self.scene.lost_text(), words::AGAIN);
                }
            },
            None => bail!("{} {}.", self.scene.lost_text(), words::AGAIN),
        }
        Ok(())
    }

    fn handle_input(&mut self, entry: PlayerInput) -> anyhow::Result<PlayEnd> {
        match entry {
            PlayerInput::Play(play) => self.play(play)?,
            PlayerInput::Quit => return Ok(PlayEnd::Left),
            PlayerInput::EndOfInput => {
                self.input_is_open = false;
                self.conversation.remark("End of input: no more plays.")?;
            }
            PlayerInput::Yes | PlayerInput::No | PlayerInput::Invalid
                if !self.conversation.is_live() =>
            {
                self.conversation.remark("Invalid play: type r, p or s.")?;
            }
            PlayerInput::Yes | PlayerInput::No | PlayerInput::Invalid => (),
        }
        Ok(PlayEnd::Over)
    }

    fn play(&mut self, play: Play) -> anyhow::Result<()> {
        if self.scene.choose(play) {
            self.player.play(play);
            if !self.conversation.is_live() {
                self.conversation
                    .remark(&fill(words::YOU_PLAY, &[("play", &play)]))?;
            }
        }
        Ok(())
    }
}
