//! `rpsctl play`: a person plays in this terminal.

use std::io::{self, IsTerminal};

use crate::cli::{Global, PlayArgs};
use crate::commands::{address, no_game};
use crate::exit::Exit;
use crate::interrupt::Interrupt;
use crate::output::{self, Format};
use crate::players::client::Player;
use crate::players::play::{Conversation, End, Input, play_one};
use crate::target::Address;

pub(crate) async fn run(args: PlayArgs, global: &Global) -> anyhow::Result<Exit> {
    let address = address(args.socket, global).await?;
    let mut interrupt = Interrupt::listen()?;
    let mut player = join(&address).await?;
    let people = global.output == Format::Table;
    // A terminal that is only half here gives and takes lines.
    let live = people && io::stdin().is_terminal() && output::is_terminal();
    let mut talk = Conversation::open(people, live)?;
    let mut input = Input::open(live);
    loop {
        let end = tokio::select! {
            end = play_one(&mut player, &mut talk, &mut input) => end?,
            () = interrupt.wait() => End::Left,
        };
        player.leave().await;
        let again = end == End::Over
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
    let joined = Player::join(address).await;
    joined.map_err(|error| no_game(address, &error))
}
