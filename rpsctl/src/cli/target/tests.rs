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

/// The target in words, with these values of `RPSCTL_STACK` and `AWS_ENDPOINT_URL`; or why there is none.
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
                Login::Local => ", its own",
                Login::Configured { .. } => "",
            };
            format!("{} at {endpoint}{login}", target.name())
        }
        Err(refused) => {
            let message = refused.to_string();
            assert_eq!(Exit::of(&refused.into()), Exit::Usage);
            message
        }
    }
}

#[test]
fn options_beat_the_environment() {
    let other = "--endpoint-url http://127.0.0.1:7777";
    let dev_at_other = format!("--stack dev {other}");
    let local = "local at http://127.0.0.1:4566, its own";
    let no_name = format!("is no name of a stack: one takes {NAME_TAKES}");
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
        ("--stack Dev", NONE, &format!("'Dev' {no_name}")),
        ("", ["a_b", ""], &format!("'a_b' {no_name}")),
        (
            "",
            ["", "4566"],
            "the environment's AWS_ENDPOINT_URL is '4566': an endpoint's URL looks like http://127.0.0.1:4566",
        ),
        (
            "--local --stack dev",
            NONE,
            "--local and --stack are two games; pass one of them",
        ),
    ];
    for (options, env, expected) in table {
        assert_eq!(resolved(options, env), expected, "{options} {env:?}");
    }
}

#[test]
fn region_and_profile_go_with_it() {
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
fn two_games_are_refused() {
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
        let refused = parse(options).check(url).err();
        let expected = two.map(|two| format!("{two} are two games; pass one of them"));
        assert_eq!(refused.map(|it| it.to_string()), expected, "{options}");
    }
}

#[test]
fn endpoints() {
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
