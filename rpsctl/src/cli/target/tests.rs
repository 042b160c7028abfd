use super::{Endpoint, Login, Target, TargetArgs};
use crate::exit::{Exit, Failure};

const LOCAL: &str = "http://127.0.0.1:4566";
const OTHER: &str = "http://127.0.0.1:7777";

fn endpoint(url: &str) -> Endpoint {
    url.parse().unwrap()
}

fn configured() -> Login {
    Login::Configured {
        region: None,
        profile: None,
    }
}

fn stack(name: &str, at: Option<&str>) -> Target {
    Target::Stack {
        name: name.to_owned(),
        endpoint: at.map(endpoint),
        login: configured(),
    }
}

fn local(at: &str, login: Login) -> Target {
    let endpoint = endpoint(at);
    Target::Local { endpoint, login }
}

/// Options: `--stack`, `--endpoint-url`, `--local`.
fn args(stack: Option<&str>, endpoint_url: Option<&str>, local: bool) -> TargetArgs {
    TargetArgs {
        stack: stack.map(str::to_owned),
        endpoint_url: endpoint_url.map(endpoint),
        local,
        ..TargetArgs::default()
    }
}

/// The target, with these values of `RPSCTL_STACK` and `AWS_ENDPOINT_URL`.
fn target(args: &TargetArgs, env: [Option<&str>; 2]) -> Result<Option<Target>, Failure> {
    args.resolve(|name| {
        let value = match name {
            "RPSCTL_STACK" => env[0],
            "AWS_ENDPOINT_URL" => env[1],
            _ => None,
        };
        value.map(str::to_owned)
    })
}

#[test]
fn options_beat_the_environment() {
    let none = [None, None];
    let both = [Some("live"), Some(OTHER)];
    let table = [
        (args(None, None, false), none, None),
        (args(None, None, false), [Some(""), Some("")], None),
        (
            args(Some("dev"), None, false),
            none,
            Some(stack("dev", None)),
        ),
        (
            args(Some("dev"), Some(LOCAL), false),
            none,
            Some(stack("dev", Some(LOCAL))),
        ),
        (
            args(None, Some(OTHER), false),
            none,
            Some(local(OTHER, configured())),
        ),
        (
            args(None, None, true),
            none,
            Some(local(LOCAL, Login::Local)),
        ),
        (
            args(None, None, false),
            [Some("live"), None],
            Some(stack("live", None)),
        ),
        (
            args(None, None, false),
            [None, Some(OTHER)],
            Some(local(OTHER, configured())),
        ),
        (
            args(None, None, false),
            both,
            Some(stack("live", Some(OTHER))),
        ),
        (
            args(Some("dev"), None, false),
            both,
            Some(stack("dev", Some(OTHER))),
        ),
        (
            args(None, Some(LOCAL), false),
            both,
            Some(stack("live", Some(LOCAL))),
        ),
        (
            args(None, None, true),
            both,
            Some(local(LOCAL, Login::Local)),
        ),
    ];
    for (args, env, expected) in table {
        assert_eq!(target(&args, env).unwrap(), expected, "{args:?} {env:?}");
    }
}

#[test]
fn region_and_profile_go_with_it() {
    let args = TargetArgs {
        stack: Some("dev".to_owned()),
        region: Some("eu-west-1".to_owned()),
        profile: Some("games".to_owned()),
        ..TargetArgs::default()
    };
    let target = target(&args, [None, None]).unwrap().unwrap();
    let login = Login::Configured {
        region: args.region,
        profile: args.profile,
    };
    assert_eq!(target.login(), &login);
    assert_eq!(target.table(), "rps-dev");
}

#[test]
fn two_games_are_refused() {
    let table = [
        (
            args(Some("dev"), None, true),
            false,
            "--local and --stack are two games; pass one of them",
        ),
        (
            args(None, Some(OTHER), true),
            false,
            "--local and --endpoint-url are two games; pass one of them",
        ),
        (
            args(None, None, true),
            true,
            "--url and --local are two games; pass one of them",
        ),
        (
            args(Some("dev"), None, false),
            true,
            "--url and --stack are two games; pass one of them",
        ),
        (
            args(Some("dev"), Some(OTHER), false),
            true,
            "--url and --stack are two games; pass one of them",
        ),
        (
            args(None, Some(OTHER), false),
            true,
            "--url and --endpoint-url are two games; pass one of them",
        ),
    ];
    for (args, url, message) in table {
        let refused = args.check(url).unwrap_err();
        assert_eq!(refused.to_string(), message);
        assert_eq!(Exit::of(&refused.into()), Exit::Usage);
    }
    assert!(args(Some("dev"), Some(OTHER), false).check(false).is_ok());
    assert!(args(None, None, false).check(true).is_ok());
}

#[test]
fn names_and_urls_that_are_none() {
    let table = [
        (
            args(Some("Dev"), None, false),
            [None, None],
            "'Dev' is no name of a stack: one takes up to 40 lower-case letters, digits and single hyphens, beginning with a letter",
        ),
        (
            args(None, None, false),
            [Some("a_b"), None],
            "'a_b' is no name of a stack: one takes up to 40 lower-case letters, digits and single hyphens, beginning with a letter",
        ),
        (
            args(None, None, false),
            [None, Some("4566")],
            "the environment's AWS_ENDPOINT_URL is '4566': an endpoint's URL looks like http://127.0.0.1:4566",
        ),
    ];
    for (args, env, message) in table {
        let refused = target(&args, env).unwrap_err();
        assert_eq!(refused.to_string(), message);
        assert_eq!(Exit::of(&refused.into()), Exit::Usage);
    }
}

#[test]
fn endpoints() {
    let table = [
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
    ];
    for (text, url, loopback) in table {
        let endpoint = endpoint(text);
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
