use clap::Parser;

use super::*;
use crate::cli::Cli;
use crate::exit::Exit;

const NONE: [&str; 2] = ["", ""];
const BOTH: [&str; 2] = ["live", "http://127.0.0.1:7777"];

fn parse(options: &str) -> TargetArgs {
    let line = format!("rpsctl doctor {options}");
    let cli = Cli::try_parse_from(line.split_whitespace());
    cli.expect(options).global.target
}

/// Describes the target for these values of `RPSCTL_STACK` and `AWS_ENDPOINT_URL`, or returns the error.
fn resolved(options: &str, [stack, endpoint_url]: [&str; 2]) -> String {
    let env = |name: &str| match name {
        "RPSCTL_STACK" => Some(stack.to_owned()),
        "AWS_ENDPOINT_URL" => Some(endpoint_url.to_owned()),
        _ => None,
    };
    match parse(options).resolve(env) {
        Ok(None) => "none".to_owned(),
        Ok(Some(target)) => {
            let endpoint = target.endpoint().map_or("AWS", Endpoint::as_str);
            let login = match target.login() {
                Login::Local => ", local login",
                Login::Configured { .. } => "",
            };
            format!("{} at {endpoint}{login}", target.name())
        }
        Err(error) => {
            let message = error.to_string();
            assert_eq!(Exit::of(&error.into()), Exit::Usage);
            message
        }
    }
}

#[test]
fn options_take_precedence_over_the_environment() {
    let other = "--endpoint-url http://127.0.0.1:7777";
    let dev_at_other = format!("--stack dev {other}");
    let local = "local at http://127.0.0.1:4566, local login";
    let invalid = |name| format!("invalid stack name '{name}': use {NAME_TAKES}");
    let table = [
        ("", NONE, "none"),
        ("--stack dev", NONE, "dev at AWS"),
        (&dev_at_other, NONE, "dev at http://127.0.0.1:7777"),
        (other, NONE, "local at http://127.0.0.1:7777"),
        ("--local", NONE, local),
        ("", ["live", ""], "live at AWS"),
        ("", ["", BOTH[1]], "local at http://127.0.0.1:7777"),
        ("", BOTH, "live at http://127.0.0.1:7777"),
        ("--stack dev", BOTH, "dev at http://127.0.0.1:7777"),
        (
            "--endpoint-url http://127.0.0.1:4566/",
            BOTH,
            "live at http://127.0.0.1:4566",
        ),
        ("--local", BOTH, local),
        ("--stack Dev", NONE, &invalid("Dev")),
        ("", ["a_b", ""], &invalid("a_b")),
        (
            "",
            ["", "4566"],
            "invalid URL '4566' in the environment variable AWS_ENDPOINT_URL: use a URL like http://127.0.0.1:4566",
        ),
        (
            "--local --stack dev",
            NONE,
            "--local and --stack select different targets: pass only one of them",
        ),
    ];
    for (options, env, expected) in table {
        assert_eq!(resolved(options, env), expected, "{options} {env:?}");
    }
}

#[test]
fn the_target_has_the_region_and_the_profile() {
    let args = parse("--stack dev --region eu-west-1 --profile games");
    let target = args.resolve(|_| None).unwrap().unwrap();
    let login = Login::Configured {
        region: Some("eu-west-1".to_owned()),
        profile: Some("games".to_owned()),
    };
    assert_eq!(target.login(), &login);
    assert_eq!(target.table(), "rps-dev");
}

#[test]
fn two_targets_are_refused() {
    for (options, url, two) in [
        ("--stack dev --local", false, Some("--local and --stack")),
        (
            "--endpoint-url http://a --local",
            false,
            Some("--local and --endpoint-url"),
        ),
        ("--local", true, Some("--url and --local")),
        ("--stack dev", true, Some("--url and --stack")),
        (
            "--stack dev --endpoint-url http://a",
            true,
            Some("--url and --stack"),
        ),
        (
            "--endpoint-url http://a",
            true,
            Some("--url and --endpoint-url"),
        ),
        ("--stack dev --endpoint-url http://a", false, None),
        ("", true, None),
    ] {
        let error = parse(options).check(url).err();
        let expected =
            two.map(|two| format!("{two} select different targets: pass only one of them"));
        assert_eq!(error.map(|it| it.to_string()), expected, "{options}");
    }
}

#[test]
fn an_endpoint_is_an_http_url_without_a_path() {
    for (text, url, loopback) in [
        ("http://127.0.0.1:4566/", "http://127.0.0.1:4566", true),
        ("http://localhost:4566", "http://localhost:4566", true),
        ("http://[::1]:4566", "http://[::1]:4566", true),
        ("https://aws.example", "https://aws.example", false),
        (
            "http://localhost.example",
            "http://localhost.example",
            false,
        ),
        ("http://192.168.0.1:4566", "http://192.168.0.1:4566", false),
    ] {
        let endpoint: Endpoint = text.parse().unwrap();
        assert_eq!((endpoint.as_str(), endpoint.is_loopback()), (url, loopback));
    }
    for bad in [
        "",
        "127.0.0.1:4566",
        "ws://127.0.0.1:4566",
        "http://",
        "http://127.0.0.1:4566/ws",
        "http://127.0.0.1/?a",
    ] {
        assert!(bad.parse::<Endpoint>().is_err(), "{bad}");
    }
}
