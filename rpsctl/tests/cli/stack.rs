//! A stack is found by its name: its table, and in that what it says of the rest.

use std::sync::mpsc::channel;
use std::thread;

use rps_testkit::http::serve;

use crate::aws::{THEN_MS, Table};
use crate::queues::at;
use crate::rpsctl::{LocalSystem, run, run_with, say};

#[test]
fn play_and_bots_at_the_stacks_socket() {
    let game = LocalSystem::with_window("3");
    let endpoint = game.endpoint();
    Table::create(endpoint, "rps-dev").describe(game.url());
    let bots = "bots --games 1 --concurrency 2 --stack dev --output json";
    let report = &at(endpoint, bots).quietly().rows()[0];
    assert_eq!(report["url"], game.url());
    assert_eq!(report["games"], 1);

    let play = ["play", "--stack", "dev", "--endpoint-url", endpoint];
    let ends = thread::scope(|scope| {
        ["rock\nn\n", "scissors\nn\n"]
            .map(|lines| scope.spawn(|| say(play, lines)))
            .map(|player| player.join().expect("plays"))
    });
    for (ended, end) in ends.into_iter().zip(["You win", "You lose"]) {
        ended.quietly().prints(end);
    }
}

#[test]
fn the_environment_names_the_stack_unless_an_option_does() {
    let game = LocalSystem::start();
    Table::create(game.endpoint(), "rps-dev");
    let env = [
        ("RPSCTL_STACK", "dev"),
        ("AWS_ENDPOINT_URL", game.endpoint()),
    ];
    let ended = run_with(&env, ["play"]);
    ended.says(
        5,
        "table rps-dev has no stack description; run `pulumi up` to write it",
    );
    let ended = run_with(&env, ["play", "--stack", "live"]);
    let message = format!(
        "stack live not found at {}: existing stacks are dev; pass one of them with --stack",
        game.endpoint()
    );
    ended.says(5, &message);
    let bots = ["bots", "--games", "1", "--concurrency", "2", "--url"];
    run_with(&env, bots.iter().chain(&[game.url()])).quietly();
}

#[test]
fn what_is_not_there_is_said_with_what_is() {
    let game = LocalSystem::start();
    let endpoint = game.endpoint();
    let each = |message: &str| {
        for command in ["games list", "play", "bots --games 1 --concurrency 2"] {
            at(endpoint, &format!("{command} --stack live")).says(5, message);
        }
    };
    each(&format!(
        "stack live not found at {endpoint}, and no other stack exists there; check --region and --profile, or create it with `pulumi up`"
    ));
    for table in ["rps-test", "rps-dev", "other", "rps-No"] {
        Table::create(endpoint, table);
    }
    each(&format!(
        "stack live not found at {endpoint}: existing stacks are dev, test; pass one of them with --stack"
    ));
}

#[test]
fn a_stack_that_is_not_described_well() {
    let game = LocalSystem::start();
    let endpoint = game.endpoint();
    let table = Table::create(endpoint, "rps-dev");
    let play = ["play", "--stack", "dev", "--endpoint-url", endpoint];
    run(play).says(
        5,
        "table rps-dev has no stack description; run `pulumi up` to write it",
    );
    table.put(&[("pk", "STACK"), ("api", "a1b2c3")]);
    run(play).says(1, "cannot read the stack description in table rps-dev: missing field `socket`; run `pulumi up` again, or use the rpsctl of the stack's version");
    table.describe("https://a1b2c3.example/live");
    run(play).says(1, "the stack has an invalid socket URL 'https://a1b2c3.example/live': use a URL that starts with ws:// or wss://; run `pulumi up` again");
}

#[test]
fn a_stack_whose_socket_is_gone() {
    let game = LocalSystem::start();
    let endpoint = game.endpoint();
    // This machine too, by an address that does not say so.
    let socket = "ws://0.0.0.0:1/live";
    Table::create(endpoint, "rps-dev").describe(socket);
    let ended = run(["play", "--stack", "dev", "--endpoint-url", endpoint]);
    let message = format!(
        "cannot reach the game at {socket}: Connection refused (os error 111); check the network, and \
         check that the stack is still deployed"
    );
    ended.says(1, &message);
}

/// A false stack description cannot get requests that are signed with an operator's credentials.
#[test]
fn only_api_gateway_gets_signed_requests() {
    let game = LocalSystem::start();
    let table = Table::create(game.endpoint(), "rps-dev");
    table.haunt("x", THEN_MS, None);
    let (sender, requests) = channel();
    let elsewhere = serve(move |request| {
        sender.send(request.head.clone()).expect("read");
        None
    });
    let socket = format!("{}/live", elsewhere.replacen("http", "ws", 1));
    table.describe(&socket);
    let env = [
        ("AWS_ENDPOINT_URL_DYNAMODB", game.endpoint()),
        ("AWS_ACCESS_KEY_ID", "id"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_REGION", "eu-west-1"),
    ];
    let message = format!(
        "the stack's socket URL '{socket}' is not an address of API Gateway in eu-west-1; run `pulumi up` to correct \
         the stack's description"
    );
    for command in ["connections list --idle-for 1s", "play"] {
        let args = command.split(' ').chain(["--stack", "dev"]);
        run_with(&env, args).says(3, &message);
    }
    assert_eq!(requests.try_recv().ok(), None);
}

#[test]
fn nothing_answers() {
    // A port that only the system's own programs may have, and none of them wants.
    let url = "http://127.0.0.1:1";
    let place = ["games", "list", "--endpoint-url", url];
    let unreachable = format!("cannot reach AWS at {url}: Connection refused (os error 111); ");
    run(place).says(
        1,
        &format!("{unreachable}start a game with `rpsctl local`, or check the URL"),
    );
    let no_roots = [("SSL_CERT_FILE", "/nowhere"), ("SSL_CERT_DIR", "/nowhere")];
    assert_eq!(run_with(&no_roots, place).stderr, run(place).stderr);
    let stack = place.iter().chain(&["--stack", "dev"]);
    run(stack).says(1, &format!("{unreachable}check --endpoint-url"));
}
