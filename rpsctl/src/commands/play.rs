//! `rpsctl play`: plays in this terminal.

use std::io::{self, IsTerminal};

use crate::cli::{Global, PlayArgs};
use crate::commands::{address, connect_error};
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::output::{self, Format};
use crate::players::client::{JoinKind, Player};
use crate::players::play::{Conversation, Input, PlayEnd, play_one};
use crate::target::Address;

pub(crate) async fn run(args: PlayArgs, global: &Global) -> anyhow::Result<Exit> {
    let address = address(args.socket, global).await?;
    let mut interrupt = Interrupt::listen()?;
    let mut player = join(&address).await?;
    let is_text = global.output == Format::Table;
    // Single keys need a terminal on both stdin and stdout; otherwise rpsctl reads and writes lines.
    let live = is_text && io::stdin().is_terminal() && output::is_terminal();
    let mut talk = Conversation::open(is_text, live)?;
    let mut input = Input::open(live);
    loop {
        let end = tokio::select! {
            end = play_one(&mut player, &mut talk, &mut input) => end?,
            () = interrupt.wait() => PlayEnd::Left,
        };
        player.leave().await;
        let again = end == PlayEnd::Over
            && tokio::select! {
                again = talk.ask_again(&mut input) => again?,
                () = interrupt.wait() => false,
            };
        if !again {
            return Ok(Exit::Ok);
        }
        player = join(&address).await?;
    }
}

async fn join(address: &Address) -> anyhow::Result<Player> {
    let player = Player::join(address, JoinKind::Anyone).await;
    player.map_err(|error| connect_error(address, &error))
}
