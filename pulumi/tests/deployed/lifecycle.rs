//! The life of a stack: configure, deploy, play, update, destroy.

use rps_game::Play::{Paper, Rock};
use rps_game::Rules;
use rps_infra::Architecture;
use serde_json::{Value, json};

use super::endings::{DeployedStack, every_ending};
use super::errors::every_error;
use super::ministack::{MiniStack, REGION};
use super::project::Project;
use super::rpsctl::rpsctl;
use super::tools::{Tools, architecture, notice};

const STACK: &str = "test";

/// The play window: long enough for an operator's commands on a busy machine.
const WINDOW_S: u8 = 12;

/// The origin of another page than the stack's.
const ELSEWHERE: &str = "https://elsewhere.example";

/// The play window after the update.
const NEXT_WINDOW_S: u8 = WINDOW_S + 1;

/// A single test, because each step continues with the stack of the previous step.
#[tokio::test]
#[ignore = "needs Go, Python, MiniStack and the functions' zips"]
async fn a_stack_can_be_deployed_played_updated_and_destroyed() {
    let (tools, architecture) = (Tools::get(), architecture());
    let aws = MiniStack::start(tools).await;
    let project = Project::new(tools, STACK, REGION, &aws).await;
    let empty = aws.inventory().await;

    pulumi_rejects_invalid_settings(&project).await;
    configure(&project, architecture).await;
    let plan = project.plan().await;
    assert!(plan.iter().all(|(op, _)| op == "create"), "{plan:?}");
    assert_eq!(aws.inventory().await, empty, "a preview creates nothing");

    project.up().await;
    assert_eq!(project.plan().await, [], "no changes after `up`");
    project
        .run(&["up", "--yes", "--skip-preview", "--expect-no-changes"])
        .await;

    another_region_can_have_a_stack_of_the_same_name(tools, architecture, &aws).await;
    let logging_role = aws.logging_role().await;
    assert!(
        logging_role.contains("/access-logs-role-"),
        "{logging_role}"
    );

    let deployed = deployed(&project, &aws).await;
    let has_games = aws.has(&deployed.socket);
    if has_games {
        games(&project, &deployed, &aws).await;
    } else {
        notice("skipping the games: the real provider returns a socket URL of AWS, not MiniStack");
    }

    settings_can_be_switched_off(&project).await;
    if has_games {
        the_game_is_closed(&deployed, &aws).await;
    }
    project.set("acceptPlayers", "true").await;
    a_production_stack_cannot_be_destroyed(&project, &aws).await;
    if has_games {
        assert!(deployed.allows(ELSEWHERE).await, "the stack has no page");
    }
    // `accessLogs` is on again, but by now the role belongs to the account, not to the stack.
    assert_eq!(aws.logging_role().await, logging_role);
    destroy_leaves_only_the_logging_role(&project, &aws, &empty).await;
    assert_eq!(aws.logging_role().await, logging_role);
}

async fn destroy_leaves_only_the_logging_role(project: &Project, aws: &MiniStack, empty: &str) {
    project.run(&["destroy", "--yes", "--skip-preview"]).await;
    let inventory = aws.inventory().await;
    let is_other = |line: &&str| !line.starts_with("iam access-logs-role-");
    let others = inventory.trim().lines().filter(is_other);
    assert!(others.eq(empty.trim().lines()), "{inventory}");
}

async fn another_region_can_have_a_stack_of_the_same_name(
    tools: &'static Tools,
    architecture: Architecture,
    aws: &MiniStack,
) {
    let before = aws.inventory().await;
    let project = Project::new(tools, STACK, "us-west-2", aws).await;
    project.set("architecture", architecture.name()).await;
    project.set("site", "true").await;
    project.up().await;
    project.run(&["destroy", "--yes", "--skip-preview"]).await;
    assert_eq!(aws.inventory().await, before);
}

async fn only_the_stacks_page_may_connect(project: &Project, deployed: &DeployedStack) {
    let outputs = project.outputs().await;
    let page = outputs["page"].as_str().expect("a page");
    assert!(deployed.allows(page.trim_end_matches('/')).await, "{page}");
    assert!(!deployed.allows(ELSEWHERE).await);
}

/// MiniStack answers every refusal with the same status, so the log tells the cause.
async fn the_game_is_closed(deployed: &DeployedStack, aws: &MiniStack) {
    assert!(!deployed.allows(ELSEWHERE).await);
    let lines = aws.log_lines().await;
    let is_closed = lines.contains("refused a connection: the game is closed");
    assert!(is_closed, "{lines}");
}

async fn games(project: &Project, deployed: &DeployedStack, aws: &MiniStack) {
    only_the_stacks_page_may_connect(project, deployed).await;
    Box::pin(every_error(deployed)).await;
    Box::pin(every_ending(deployed)).await;
    deployed.until_only_the_description_is_left().await;
    rpsctl_lists_the_game(deployed, aws).await;
    Box::pin(an_operator_inspects_and_ends_games(deployed, aws)).await;
    assert_eq!(aws.lobby_places().await, "28");
    Box::pin(an_update_during_a_game_affects_only_new_games(
        project, deployed,
    ))
    .await;
    assert_eq!(aws.lobby_places().await, "16");
    players_who_wait_beside_each_other_are_paired(deployed).await;
    deployed.until_only_the_description_is_left().await;
    the_functions_logged_no_errors(aws).await;
}

/// Sets the stack up with every kind of resource.
async fn configure(project: &Project, architecture: Architecture) {
    for (key, value) in [
        ("architecture", architecture.name()),
        ("playWindowSeconds", &WINDOW_S.to_string()),
        ("maxRounds", "2"),
        ("accessLogs", "true"),
        ("alarmEmail", "on-call@example.com"),
        ("monthlyBudget", "30"),
        ("mappingConcurrency", "5"),
        ("reservedConcurrency", "5"),
        ("blockedCidrs", "192.0.2.0/24"),
        ("site", "true"),
    ] {
        project.set(key, value).await;
    }
}

async fn pulumi_rejects_invalid_settings(project: &Project) {
    for (key, value, message) in [
        (
            "playWindowSeconds",
            "61",
            r#"invalid rps:playWindowSeconds "61": use a whole number from 1 to 60"#,
        ),
        (
            "playWindow",
            "5",
            "unknown setting rps:playWindow: use one of acceptPlayers, ",
        ),
        (
            "site",
            "maybe",
            "configuration key 'site' must be of type 'boolean'",
        ),
    ] {
        project.set(key, value).await;
        let output = project.attempt(&["up", "--yes"]).await;
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        assert!(!output.status.success() && text.contains(message), "{text}");
        project.unset(key).await;
    }
}

async fn deployed(project: &Project, aws: &MiniStack) -> DeployedStack {
    let rules = Rules::new(WINDOW_S, 2).expect("in range");
    DeployedStack::new(&project.outputs().await, rules, &aws.endpoint)
}

async fn settings_can_be_switched_off(project: &Project) {
    for (key, value) in [
        ("accessLogs", "false"),
        ("alarmEmail", ""),
        ("monthlyBudget", "0"),
        ("mappingConcurrency", "0"),
        ("reservedConcurrency", "0"),
        ("blockedCidrs", ""),
        ("acceptPlayers", "false"),
        ("billing", "provisioned"),
        ("site", "false"),
    ] {
        project.set(key, value).await;
    }
    project.up().await;
    assert_eq!(project.plan().await, []);
    assert_eq!(project.outputs().await["page"], Value::Null);
}

/// `destroy` deletes nothing until `production` is false again.
async fn a_production_stack_cannot_be_destroyed(project: &Project, aws: &MiniStack) {
    project.set("production", "true").await;
    project.set("accessLogs", "true").await;
    project.up().await;
    let before = aws.inventory().await;
    let output = project.attempt(&["destroy", "--yes"]).await;
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(
        !output.status.success() && stdout.contains("protect"),
        "{stdout}"
    );
    assert_eq!(aws.inventory().await, before);
    project.set("production", "false").await;
    project.up().await;
}

/// The functions recover from missing permissions, but they log an error.
async fn the_functions_logged_no_errors(aws: &MiniStack) {
    let lines = aws.log_lines().await;
    assert!(
        lines.contains(r#""message":"game over""#),
        "no logs: {lines}"
    );
    let is_problem =
        |line: &&str| line.contains(r#""level":"ERROR""#) || line.contains(r#""level":"WARN""#);
    let problems: Vec<_> = lines.lines().filter(is_problem).collect();
    assert!(problems.is_empty(), "{problems:#?}");
}

async fn rpsctl_lists_the_game(deployed: &DeployedStack, aws: &MiniStack) {
    let (first, second, game) = deployed.game().await;
    let games = rpsctl_json(aws, &["games", "list", "--output", "json"]).await;
    assert_eq!(games.len(), 1, "{games:?}");
    assert_eq!(
        (&games[0]["game"], &games[0]["round"]),
        (&json!(game), &json!(1))
    );
    for player in [first, second] {
        player
            .expect_over(&game, 1, ["abandoned", "nobody-played"], [None; 2])
            .await;
    }
}

/// Runs rpsctl against an AWS emulator of another project.
async fn an_operator_inspects_and_ends_games(deployed: &DeployedStack, aws: &MiniStack) {
    let checks = rpsctl_json(aws, &["doctor", "--output", "json"]).await;
    let is_problem = |check: &&Value| check["state"] != "ok";
    let problems: Vec<_> = checks.iter().filter(is_problem).collect();
    assert!(checks.len() > 10 && problems.is_empty(), "{problems:#?}");

    let bill = &rpsctl_json(aws, &["cost", "--output", "json"]).await[0];
    let lines = bill["lines"].as_array().expect("lines");
    let unknown = lines.iter().filter(|line| !line["unknown"].is_null());
    assert_eq!(unknown.collect::<Vec<_>>(), Vec::<&Value>::new());
    // Expect one metric per alarm: MiniStack does not store that one alarm watches four.
    let month_used = |name: &str| {
        let line = lines.iter().find(|line| line["line"] == name);
        let used = &line.expect("a line")["month_used"];
        used.as_f64().expect("known")
    };
    let alarms = month_used("alarm-metrics") / month_used("dashboards");
    assert!((alarms - 7.0).abs() < 1e-6, "{bill:#}");

    let (first, second, game) = deployed.game().await;
    let details = rpsctl_json(aws, &["games", "show", &game, "--output", "json"]).await;
    assert_eq!(details[0]["players"][0]["connected"], true, "{details:?}");
    let end_game = ["games", "end", &game, "--yes", "--output", "json"];
    assert_eq!(rpsctl_json(aws, &end_game).await[1]["done"], 1);
    for player in [first, second] {
        player
            .expect_over(&game, 1, ["abandoned", "ended-by-operator"], [None; 2])
            .await;
    }

    let (first, second, game) = deployed.game().await;
    let drain = ["queue", "drain", "--all", "--yes", "--output", "json"];
    let results = rpsctl_json(aws, &drain).await;
    assert_eq!(results.last().expect("a result")["failed"], 0);
    for player in [first, second] {
        player
            .expect_over(&game, 1, ["abandoned", "ended-by-operator"], [None; 2])
            .await;
    }
    let status = rpsctl_json(aws, &["queue", "status", "--output", "json"]).await;
    assert_eq!(status[0]["healthy"], true, "{status:?}");
    deployed.until_only_the_description_is_left().await;
}

/// Runs rpsctl on the stack and returns its JSON lines.
async fn rpsctl_json(aws: &MiniStack, args: &[&str]) -> Vec<Value> {
    let output = rpsctl(aws, STACK, args).await;
    let stderr = String::from_utf8_lossy(&output.stderr);
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{args:?}: {stderr}{stdout}");
    let parse = |line| serde_json::from_str(line).expect("JSON");
    stdout.lines().map(parse).collect()
}

/// Changed settings update only the resources that use them, and only new games use the new values.
async fn an_update_during_a_game_affects_only_new_games(
    project: &Project,
    deployed: &DeployedStack,
) {
    project
        .set("playWindowSeconds", &NEXT_WINDOW_S.to_string())
        .await;
    project.set("lobbyShards", "16").await;
    let plan = project.plan().await;
    let updates = ["alarm-rounds-late", "decide", "join-game"];
    assert_eq!(
        plan,
        updates.map(|name| ("update".to_owned(), name.to_owned()))
    );

    let (mut first, mut second, game) = deployed.game().await;
    first.plays(&game, Rock, 1).await;
    let play_on = async {
        second.plays(&game, Rock, 1).await;
        for player in [&mut first, &mut second] {
            let drawn = json!({
                "type": "round-drawn", "game": game, "round": 1, "you": "rock", "opponent": "rock",
                "next_round": 2, "play_within_ms": deployed.window_ms(),
            });
            player.expect(drawn).await;
        }
        first.plays(&game, Paper, 2).await;
    };
    tokio::join!(project.up(), play_on);
    let plays = [Some(Paper), None];
    first
        .expect_over(&game, 2, ["won", "opponent-did-not-play"], plays)
        .await;
    second
        .expect_over(&game, 2, ["lost", "you-did-not-play"], [None, Some(Paper)])
        .await;
}

/// Two players who wait beside each other meet in a game with the new play window.
async fn players_who_wait_beside_each_other_are_paired(deployed: &DeployedStack) {
    let play_within_ms = u32::from(NEXT_WINDOW_S) * 1000;
    let (mut first, mut second) = (deployed.player().await, deployed.player().await);
    first.join().await;
    first.expect(json!({"type": "waiting"})).await;
    deployed.table.claim_waiting_player(0).await;
    second.join().await;
    second.expect(json!({"type": "waiting"})).await;
    let start = first.next().await;
    assert_eq!(
        (&start["type"], &start["play_within_ms"]),
        (&json!("game-started"), &json!(play_within_ms))
    );
    assert_eq!(second.next().await["game"], start["game"]);
    first.close().await;
    second.close().await;
}
