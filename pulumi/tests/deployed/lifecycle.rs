//! A stack from nothing to nothing.

use rps_game::Play::{Paper, Rock};
use rps_game::Rules;
use rps_infra::Architecture;
use serde_json::{Value, json};

use super::endings::{Deployed, every_ending};
use super::ministack::MiniStack;
use super::project::Project;
use super::refusals::every_refusal;
use super::rpsctl::rpsctl;
use super::tools::{Tools, architecture, notice};

const STACK: &str = "test";

/// Seconds to play, long enough for what an operator does meanwhile on a busy machine.
const WINDOW_S: u8 = 12;

/// What it is changed to.
const NEXT_WINDOW_S: u8 = WINDOW_S + 1;

/// One test, because each step stands on what the one before left.
#[tokio::test]
#[ignore = "needs Go, Python, MiniStack and the functions' zips"]
async fn a_stack_from_nothing_to_nothing() {
    let (tools, architecture) = (Tools::get(), architecture());
    let aws = MiniStack::start(tools).await;
    let project = Project::new(tools, STACK, &aws).await;
    let nothing = aws.inventory().await;

    what_is_wrong_is_refused(&project).await;
    configure(&project, architecture).await;
    let planned = project.plan().await;
    assert!(planned.iter().all(|(op, _)| op == "create"), "{planned:?}");
    assert_eq!(aws.inventory().await, nothing, "a preview creates nothing");

    project.up().await;
    assert_eq!(project.plan().await, [], "what is up needs nothing");
    project
        .run(&["up", "--yes", "--skip-preview", "--expect-no-changes"])
        .await;

    let deployed = deployed(&project, &aws).await;
    if aws.has(&deployed.socket) {
        games(&project, &deployed, &aws).await;
    } else {
        notice("no game is played: the real provider says that the socket is at AWS");
    }

    what_was_on_can_be_off(&project).await;
    production_is_not_destroyed(&project, &aws).await;
    project.run(&["destroy", "--yes", "--skip-preview"]).await;
    assert_eq!(aws.inventory().await, nothing, "nothing is left");
}

async fn games(project: &Project, deployed: &Deployed, aws: &MiniStack) {
    Box::pin(every_refusal(deployed)).await;
    Box::pin(every_ending(deployed)).await;
    deployed.only_the_description_is_left().await;
    rpsctl_lists_the_game(deployed, aws).await;
    Box::pin(an_operator_looks_and_acts(deployed, aws)).await;
    Box::pin(an_update_in_the_middle_of_a_game(project, deployed)).await;
    who_waits_alone_is_gathered(deployed).await;
    deployed.only_the_description_is_left().await;
    nothing_was_refused(aws).await;
}

/// Every kind of resource is in it.
async fn configure(project: &Project, architecture: Architecture) {
    for (key, value) in [
        ("architecture", architecture.name()),
        ("playWindowSeconds", &WINDOW_S.to_string()),
        ("maxRounds", "2"),
        ("accessLogs", "true"),
        ("alarmEmail", "on-call@example.com"),
        ("site", "true"),
    ] {
        project.set(key, value).await;
    }
}

/// By name, in words, before anything is created.
async fn what_is_wrong_is_refused(project: &Project) {
    for (key, value, said) in [
        (
            "playWindowSeconds",
            "61",
            r#"rps:playWindowSeconds is "61": it takes a whole number from 1 to 60"#,
        ),
        (
            "playWindow",
            "5",
            "rps:playWindow is no setting; the settings are accessLogs, ",
        ),
        (
            "site",
            "maybe",
            "configuration key 'site' must be of type 'boolean'",
        ),
    ] {
        project.set(key, value).await;
        let refused = project.attempt(&["up", "--yes"]).await;
        let text = [refused.stdout, refused.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        assert!(!refused.status.success() && text.contains(said), "{text}");
        project.unset(key).await;
    }
}

async fn deployed(project: &Project, aws: &MiniStack) -> Deployed {
    let rules = Rules::new(WINDOW_S, 2).expect("in range");
    Deployed::new(&project.outputs().await, rules, &aws.endpoint)
}

/// Every switch the other way: what is up then needs nothing more.
async fn what_was_on_can_be_off(project: &Project) {
    for (key, value) in [
        ("accessLogs", "false"),
        ("alarmEmail", ""),
        ("billing", "provisioned"),
        ("site", "false"),
    ] {
        project.set(key, value).await;
    }
    project.up().await;
    assert_eq!(project.plan().await, []);
    assert_eq!(project.outputs().await["page"], Value::Null);
}

/// Not even in part. The setting must be taken back first.
async fn production_is_not_destroyed(project: &Project, aws: &MiniStack) {
    project.set("production", "true").await;
    project.up().await;
    let before = aws.inventory().await;
    let refused = project.attempt(&["destroy", "--yes"]).await;
    let said = String::from_utf8_lossy(&refused.stdout);
    assert!(
        !refused.status.success() && said.contains("protect"),
        "{said}"
    );
    assert_eq!(aws.inventory().await, before);
    project.set("production", "false").await;
    project.up().await;
}

/// No function had to do without something: what is missing in its permissions heals, but not in silence.
async fn nothing_was_refused(aws: &MiniStack) {
    let lines = aws.log_lines().await;
    assert!(
        lines.contains(r#""message":"game over""#),
        "no logs: {lines}"
    );
    let is_bad =
        |line: &&str| line.contains(r#""level":"ERROR""#) || line.contains(r#""level":"WARN""#);
    let complaints: Vec<_> = lines.lines().filter(is_bad).collect();
    assert!(complaints.is_empty(), "{complaints:#?}");
}

async fn rpsctl_lists_the_game(deployed: &Deployed, aws: &MiniStack) {
    let (first, second, game) = deployed.game().await;
    let games = said(aws, &["games", "list", "--output", "json"]).await;
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

/// What an operator sees and does, on an AWS that no line of ours emulates.
async fn an_operator_looks_and_acts(deployed: &Deployed, aws: &MiniStack) {
    let checks = said(aws, &["doctor", "--output", "json"]).await;
    let ill: Vec<_> = checks.iter().filter(|it| it["state"] != "ok").collect();
    assert!(checks.len() > 10 && ill.is_empty(), "{ill:#?}");

    let bill = &said(aws, &["cost", "--output", "json"]).await[0];
    let lines = bill["lines"].as_array().expect("lines");
    let unknown = lines.iter().filter(|it| !it["unknown"].is_null());
    assert_eq!(unknown.collect::<Vec<_>>(), Vec::<&Value>::new());
    // Each alarm watches a metric at least. MiniStack forgets that one of them watches four.
    let month_used = |name: &str| {
        let line = lines.iter().find(|it| it["line"] == name).expect("a line");
        line["month_used"].as_f64().expect("known")
    };
    let alarms = month_used("alarm-metrics") / month_used("dashboards");
    assert!((alarms - 7.0).abs() < 1e-6, "{bill:#}");

    let (first, second, game) = deployed.game().await;
    let shown = said(aws, &["games", "show", &game, "--output", "json"]).await;
    assert_eq!(shown[0]["players"][0]["connected"], true, "{shown:?}");
    let ended = ["games", "end", &game, "--yes", "--output", "json"];
    assert_eq!(said(aws, &ended).await[1]["done"], 1);
    for player in [first, second] {
        player
            .expect_over(&game, 1, ["abandoned", "ended-by-operator"], [None; 2])
            .await;
    }

    let (first, second, game) = deployed.game().await;
    let drained = ["queue", "drain", "--all", "--yes", "--output", "json"];
    let drained = said(aws, &drained).await;
    assert_eq!(drained.last().expect("a result")["failed"], 0);
    for player in [first, second] {
        player
            .expect_over(&game, 1, ["abandoned", "ended-by-operator"], [None; 2])
            .await;
    }
    let status = said(aws, &["queue", "status", "--output", "json"]).await;
    assert_eq!(status[0]["healthy"], true, "{status:?}");
    deployed.only_the_description_is_left().await;
}

/// The lines of JSON that rpsctl says about the stack.
async fn said(aws: &MiniStack, args: &[&str]) -> Vec<Value> {
    let ended = rpsctl(aws, STACK, args).await;
    let complaint = String::from_utf8_lossy(&ended.stderr);
    let lines = String::from_utf8_lossy(&ended.stdout);
    assert!(ended.status.success(), "{args:?}: {complaint}{lines}");
    let read = |line| serde_json::from_str(line).expect("JSON");
    lines.lines().map(read).collect()
}

/// A changed setting updates what depends on it and nothing else, and touches new games only.
async fn an_update_in_the_middle_of_a_game(project: &Project, deployed: &Deployed) {
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

/// Two who wait in different shards of the lobby are brought together, in a game with the new window.
async fn who_waits_alone_is_gathered(deployed: &Deployed) {
    let play_within_ms = u32::from(NEXT_WINDOW_S) * 1000;
    // Once in sixteen times both pick the same shard, and two others try.
    for _ in 0..10 {
        let (mut first, mut second) = (deployed.player().await, deployed.player().await);
        first.join().await;
        first.expect(json!({"type": "waiting"})).await;
        second.join().await;
        let answer = second.next().await;
        let apart = answer["type"] == "waiting";
        let started = if apart { second.next().await } else { answer };
        assert_eq!(
            (&started["type"], &started["play_within_ms"]),
            (&json!("game-started"), &json!(play_within_ms))
        );
        first.expect(started).await;
        first.close().await;
        second.close().await;
        if apart {
            return;
        }
    }
    panic!("there is one shard only");
}
