//! Play one game with a person.

use std::time::Duration;

use anyhow::bail;
use rps_game::words::{self, fill};
use rps_game::{Opponent, Play, ServerMessage};
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::conversation::Conversation;
use super::input::Input;
use super::partner::Partner;
use super::scene::{Action, Scene};
use crate::output;
use crate::players::client::{Player, PlayerEnd, PlayerEvent, TimedEvent, game_of};

/// Short enough for a countdown of seconds.
const REDRAW_EVERY: Duration = Duration::from_millis(100);

/// How long the question stays whether the person wants to lose.
const ASK_FOR: Duration = Duration::from_secs(3);

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PlayEnd {
    /// The game is over. With this partner, the person plays another game against the same opponent.
    Over(Partner),
    Left,
}

pub(crate) async fn play_one(
    player: &mut Player,
    partner: Partner,
    conversation: &mut Conversation,
    input: &mut Input,
) -> anyhow::Result<PlayEnd> {
    let mut game = GameView {
        player,
        conversation,
        rematch: partner.clone(),
        partner,
        scene: Scene::Joining,
        has_left: false,
        asked_at: None,
        input_is_open: true,
    };
    let mut redraw = interval(REDRAW_EVERY);
    redraw.set_missed_tick_behavior(MissedTickBehavior::Skip);
    while game.scene != Scene::Over && !game.has_left {
        let live = game.conversation.is_live();
        tokio::select! {
            event = game.player.next() => game.handle_event(event)?,
            action = input.next(|input| game.scene.action(input, &game.partner, live)),
                if game.input_is_open => game.act(action)?,
            _ = redraw.tick() => (),
        }
        game.offer()?;
        game.show_status()?;
    }
    Ok(if game.has_left {
        PlayEnd::Left
    } else {
        PlayEnd::Over(game.rematch)
    })
}

struct GameView<'a> {
    player: &'a mut Player,
    conversation: &'a mut Conversation,
    partner: Partner,
    /// The partner for another game against the same opponent.
    rematch: Partner,
    scene: Scene,
    has_left: bool,
    /// When the person was asked whether it wants to lose.
    asked_at: Option<Instant>,
    /// False at the end of stdin.
    input_is_open: bool,
}

impl GameView<'_> {
    fn handle_event(&mut self, event: Option<TimedEvent>) -> anyhow::Result<()> {
        let Some(TimedEvent { event, at }) = event else {
            bail!("{} {}.", words::LOST, words::AGAIN);
        };
        match event {
            PlayerEvent::Join(_) => (),
            PlayerEvent::Message(message) => self.handle_message(&message, at)?,
            PlayerEvent::Contradiction(pair) => {
                let (before, now) = (pair.before.to_frame(), pair.now.to_frame());
                bail!("the server contradicts itself: {before} and {now}; please report this");
            }
            PlayerEvent::Lost => {
                self.scene.lose();
                self.conversation.remark(match self.scene.round() {
                    Some(_) => words::RESUMING,
                    None => "Connection lost, joining again.",
                })?;
            }
            PlayerEvent::End(end) => self.end(end)?,
        }
        Ok(())
    }

    fn end(&mut self, end: PlayerEnd) -> anyhow::Result<()> {
        match end {
            PlayerEnd::Missed => {
                self.scene = Scene::Over;
                self.show_status()?;
                self.conversation.remark(words::GONE)?;
            }
            PlayerEnd::Replaced => {
                self.has_left = true;
                self.conversation.remark(words::REPLACED)?;
            }
            PlayerEnd::Closed(why) | PlayerEnd::Broken(why) => match self.scene {
                Scene::Lost(_) => bail!(
                    "the connection is lost, and a minute of reconnecting failed: {why}; check the network, then play again"
                ),
                _ => bail!("{} {}. ({why})", words::LOST, words::AGAIN),
            },
        }
        Ok(())
    }

    fn handle_message(&mut self, message: &ServerMessage, at: Instant) -> anyhow::Result<()> {
        let missed = self.scene.missed_play(message);
        self.scene.follow(message, at);
        if let Some(game) = game_of(message) {
            let opponent = match message {
                ServerMessage::GameStarted { opponent, .. }
                | ServerMessage::GameResumed { opponent, .. } => *opponent,
                _ if self.rematch == Partner::Bot => Opponent::Bot,
                _ => Opponent::Player,
            };
            self.rematch = Partner::after(game, opponent);
        }
        // Update the status first, so that the old one does not stay under the result.
        self.show_status()?;
        if let Some(play) = missed {
            let text = fill(words::NOT_IN_TIME, &[("play", &play)]);
            self.conversation.remark(&text)?;
        }
        self.conversation.message(message, &self.scene)?;
        match (message, self.scene.sent()) {
            (ServerMessage::Waiting {}, _) => {
                self.conversation.remark(self.partner.waiting_text())?;
                if let Partner::Friend(_, invitation) = &self.partner {
                    for line in invitation.lines() {
                        self.conversation.remark(line)?;
                    }
                }
            }
            (ServerMessage::GameResumed { .. }, Some(play)) => self.player.play(play),
            _ => (),
        }
        Ok(())
    }

    fn act(&mut self, action: Action) -> anyhow::Result<()> {
        match action {
            Action::Play(play) => self.play(play)?,
            Action::Ask(partner) => {
                self.player.ask_for(partner.join());
                (self.partner, self.scene) = (partner, Scene::Joining);
            }
            Action::Leave => self.leave(),
            Action::Close => {
                self.input_is_open = false;
                self.conversation.remark("End of input: no more plays.")?;
            }
            Action::Refuse => self.conversation.remark("Invalid play: type r, p or s.")?,
        }
        Ok(())
    }

    fn play(&mut self, play: Play) -> anyhow::Result<()> {
        self.scene.send(play);
        self.player.play(play);
        if !self.conversation.is_live() {
            self.conversation
                .remark(&fill(words::YOU_PLAY, &[("play", &play)]))?;
        }
        Ok(())
    }

    /// Leaves. On a terminal, it asks first whether the person wants to lose a running game.
    fn leave(&mut self) {
        let loses = self.scene.round().is_some() && self.conversation.is_live();
        if loses && !self.is_asking() {
            self.asked_at = Some(Instant::now());
        } else {
            self.has_left = true;
        }
    }

    fn is_asking(&self) -> bool {
        self.asked_at.is_some_and(|at| at.elapsed() < ASK_FOR)
    }

    fn offer(&mut self) -> anyhow::Result<()> {
        if let Some(text) = self.scene.offer(&self.partner, Instant::now()) {
            self.conversation.remark(text)?;
            if !self.conversation.is_live() {
                self.conversation.remark(self.partner.offered_words())?;
            }
        }
        Ok(())
    }

    fn show_status(&mut self) -> anyhow::Result<()> {
        let status = if self.is_asking() && self.scene.round().is_some() {
            format!("{} Press q again.", words::FORFEIT)
        } else {
            self.scene
                .status(&self.partner, Instant::now(), output::width())
        };
        Ok(self.conversation.status(status)?)
    }
}
