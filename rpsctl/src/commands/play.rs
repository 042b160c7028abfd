//! `rpsctl play`: plays in this terminal.

use std::io::{self, IsTerminal};

use rps_game::Room;

use crate::aws::Deployment;
use crate::cli::{Global, PlayArgs};
use crate::commands::{connect_error, find_game};
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupt;
use crate::output::{self, Format};
use crate::players::client::Player;
use crate::players::play::{Conversation, Input, Invitation, Partner, PlayEnd, play_one};
use crate::target::{Address, quoted};

pub(crate) async fn run(args: PlayArgs, global: &Global) -> anyhow::Result<Exit> {
    let (address, deployment) = find_game(args.socket, global).await?;
    let mut partner = match args.room {
        Some(room) => {
            let invitation = invitation(&room, &address, deployment.as_ref()).await?;
            Partner::Friend(room, invitation)
        }
        None if args.bot => Partner::Bot,
        None => Partner::Anyone,
    };
    let mut interrupt = Interrupt::listen()?;
    let mut player = join(&address, &partner).await?;
    let is_text = global.output == Format::Table;
    // Single keys need a terminal on both stdin and stdout; otherwise rpsctl reads and writes lines.
    let live = is_text && io::stdin().is_terminal() && output::is_terminal();
    let mut talk = Conversation::open(is_text, live)?;
    let mut input = Input::open(live);
    loop {
        let end = tokio::select! {
            end = play_one(&mut player, partner, &mut talk, &mut input) => end?,
            () = interrupt.wait() => PlayEnd::Left,
        };
        player.leave().await;
        let next = match end {
            PlayEnd::Over(rematch) => tokio::select! {
                next = talk.ask_again(&rematch, &mut input) => next?,
                () = interrupt.wait() => None,
            },
            PlayEnd::Left => None,
        };
        let Some(next) = next else {
            return Ok(Exit::Ok);
        };
        player = join(&address, &next).await?;
        partner = next;
    }
}

async fn join(address: &Address, partner: &Partner) -> anyhow::Result<Player> {
    let player = Player::join_and_stay(address, partner.join()).await;
    player.map_err(|error| connect_error(address, &error))
}

async fn invitation(
    room: &Room,
    address: &Address,
    deployment: Option<&Deployment>,
) -> Result<Invitation, Failure> {
    // With `=`, a code may start with `-`.
    let play = format!("play --room={room}");
    let Some(deployment) = deployment else {
        let url = address.to_string();
        let command = format!("`rpsctl {play} --url {}`", quoted(&url));
        return Ok(Invitation::Command(command));
    };
    Ok(match &deployment.parts().await?.page {
        Some(page) => Invitation::Link(format!("{}/#room={room}", page.trim_end_matches('/'))),
        None => Invitation::Command(format!("`{}`", deployment.target().rpsctl(&play))),
    })
}
