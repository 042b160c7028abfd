//! Credentials that are missing, expired or not enough: what is wrong and what to do, in one line and soon.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;

use crate::aws::{dynamo_that_refuses, server};
use crate::rpsctl::{run, run_with};

const LIST: [&str; 6] = ["games", "list", "--stack", "dev", "--region", "eu-west-1"];

const NO_CREDENTIALS: &str = "no AWS credentials: run `aws configure`, or `aws sso login --profile NAME` and \
    pass --profile NAME, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";

#[test]
fn no_region() {
    let ended = run(["games", "list", "--stack", "dev"]);
    ended.says(2, "no AWS region: pass --region REGION, or set AWS_REGION");
    // With one, what is missing next is the credentials.
    for variable in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
        let env = [(variable, "eu-west-1")];
        run_with(&env, ["play", "--stack", "dev"]).says(3, NO_CREDENTIALS);
    }
}

/// An EC2 instance's answers would be credentials too: that there is no instance is found out by one short
/// wait, not by several.
#[test]
fn no_credentials_are_missed_soon() {
    let instance = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", instance.local_addr().expect("bound"));
    let env = [
        ("AWS_EC2_METADATA_DISABLED", "false"),
        ("AWS_EC2_METADATA_SERVICE_ENDPOINT", &*url),
    ];
    run_with(&env, LIST).says(3, NO_CREDENTIALS);
    instance.set_nonblocking(true).expect("set");
    let asked = std::iter::from_fn(|| instance.accept().ok()).count();
    assert_eq!(asked, 1);
}

#[test]
fn somebody_else_in_the_instances_place() {
    for status in [403, 404, 503] {
        let (asked_in, asked) = channel();
        let url = server(move |_| {
            asked_in.send(()).expect("the test waits");
            (status, String::new())
        });
        let env = [
            ("AWS_EC2_METADATA_DISABLED", "false"),
            ("AWS_EC2_METADATA_SERVICE_ENDPOINT", &*url),
        ];
        run_with(&env, LIST).says(3, NO_CREDENTIALS);
        assert_eq!(asked.try_iter().count(), 1, "{status}");
    }
}

/// A home directory with this `~/.aws/config`, for the length of a test.
struct Home(PathBuf);

impl Home {
    fn new(config: &str) -> Self {
        let name = uuid::Uuid::new_v4().to_string();
        let home = Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name));
        home.write(".aws/config", config);
        home
    }

    fn write(&self, file: &str, text: &str) {
        let file = self.0.join(file);
        fs::create_dir_all(file.parent().expect("a directory")).expect("created");
        fs::write(file, text).expect("written");
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("UTF-8")
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_profile_without_credentials() {
    let home = Home::new("[profile bare]\nregion = eu-west-1\n[profile empty]\noutput = json\n");
    // A profile that is asked for beats the environment, for better or worse.
    let env = [
        ("HOME", home.path()),
        ("AWS_ACCESS_KEY_ID", "A"),
        ("AWS_SECRET_ACCESS_KEY", "B"),
    ];
    let says = |profile: &str, code, message: &str| {
        let list = ["games", "list", "--stack", "dev", "--profile", profile];
        run_with(&env, list).says(code, message);
    };
    says(
        "bare",
        3,
        "no AWS credentials in the profile bare: run `aws configure --profile bare`, or pass another --profile; list the profiles with `aws configure list-profiles`",
    );
    // The region is the profile's, if it has one.
    says(
        "empty",
        2,
        "no AWS region: pass --region REGION, or set AWS_REGION, or one in the profile empty",
    );
}

#[test]
fn a_missing_profile() {
    let message = "the AWS profile nosuch of --profile or AWS_PROFILE does not exist; list the profiles with `aws configure list-profiles`";
    run(LIST.iter().chain(&["--profile", "nosuch"])).says(2, message);
    let env = [("AWS_PROFILE", "nosuch")];
    run_with(&env, LIST).says(2, message);
    // `rpsctl local` needs no profile.
    let ended = run_with(&env, ["games", "list", "--local"]);
    assert!(!ended.stderr.contains("nosuch"), "{ended:?}");
}

#[test]
fn an_sso_session_that_is_over() {
    let config = "[profile games]\nregion = eu-west-1\nsso_session = games\nsso_account_id = 123456789012\n\
        sso_role_name = operator\n[sso-session games]\nsso_region = eu-west-1\n\
        sso_start_url = https://games.example/start\n";
    let home = Home::new(config);
    let list = ["games", "list", "--stack", "dev", "--profile", "games"];
    let env = [("HOME", home.path())];
    let remedy = "correct the profile, or run `aws sso login --profile games` if it uses SSO";
    let says = |why: &str| {
        let message = format!("cannot load the AWS credentials: {why}; {remedy}");
        run_with(&env, list).says(3, &message);
    };
    says("failed to load the cached SSO token");
    let token = r#"{"accessToken":"t","expiresAt":"2020-01-01T00:00:00Z","region":"eu-west-1","startUrl":"https://games.example/start"}"#;
    // Where the AWS CLI keeps the token: the SHA-1 of the session's name.
    let file = ".aws/sso/cache/dd27204535de317c6202952eeb2043fad52e3fec.json";
    home.write(file, token);
    says("the SSO token has expired and cannot be refreshed");
}

#[test]
fn an_aws_that_is_no_local_one() {
    let url = dynamo_that_refuses(&[("Scan", "ResourceNotFoundException")]);
    let ended = run(["games", "list", "--endpoint-url", &url]);
    ended.says(5, &format!("table rps not found at {url}: no `rpsctl local` runs there; start one, or pass --stack NAME"));
    for (status, body) in [(404, "<html></html>"), (200, "hello"), (500, "{}")] {
        let url = server(move |_| (status, body.to_owned()));
        let ended = run(["games", "list", "--endpoint-url", &url]);
        ended.says(
            1,
            &format!("the server at {url} does not answer like AWS; check the URL"),
        );
    }
}

/// Whose credentials and region a call is signed with.
#[test]
fn what_is_configured_goes_first() {
    let (heads_in, heads) = channel();
    let url = server(move |head| {
        heads_in.send(head.to_owned()).expect("the test waits");
        (400, r#"{"__type":"AccessDeniedException"}"#.to_owned())
    });
    let home = Home::new(
        "[profile games]\nregion = eu-north-1\naws_access_key_id = OF-PROFILE\naws_secret_access_key = x\n",
    );
    let mine = [
        ("HOME", home.path()),
        ("AWS_REGION", "eu-west-1"),
        ("AWS_ACCESS_KEY_ID", "OF-ENVIRONMENT"),
        ("AWS_SECRET_ACCESS_KEY", "x"),
    ];
    let profile = ["--profile", "games"];
    let table: [(&[_], &[&str], &str, &str); 5] = [
        (&[], &[], "local", "us-east-1"),
        (&mine, &[], "of-environment", "eu-west-1"),
        (&mine, &profile, "of-profile", "eu-west-1"),
        (&mine[..1], &profile, "of-profile", "eu-north-1"),
        (
            &mine,
            &["--region", "eu-south-1"],
            "of-environment",
            "eu-south-1",
        ),
    ];
    for (env, more, key, region) in table {
        let list = ["games", "list", "--stack", "dev", "--endpoint-url", &url];
        let ended = run_with(env, list.iter().chain(more));
        ended.says(3, "AWS does not allow dynamodb:Scan on the table rps-dev: ask for that permission, or pass another --profile (AWS gives no reason)");
        let head = heads.recv().expect("a request");
        let (_, signed) = head.split_once("credential=").expect("a signature");
        let of: Vec<&str> = signed.split('/').take(3).collect();
        assert_eq!((of[0], of[2]), (key, region), "{head}");
    }
}

#[test]
fn only_this_machine_gets_local_credentials() {
    // This machine too, by an address that does not say so.
    let list = ["games", "list", "--endpoint-url", "http://0.0.0.0:1"];
    run(list).says(2, "no AWS region: pass --region REGION, or set AWS_REGION");
    let list = list.iter().chain(&["--region", "eu-west-1"]);
    run(list).says(3, NO_CREDENTIALS);
}

/// What AWS refuses, the command that asks for it, and how that ends.
type Refused = (
    &'static [(&'static str, &'static str)],
    &'static str,
    i32,
    &'static str,
);

const REFUSED: [Refused; 5] = [
    (
        &[("GetItem", "AccessDeniedException")],
        "play",
        3,
        "AWS does not allow dynamodb:GetItem on the table rps-dev: ask for that permission, or pass another --profile (AWS says no to GetItem)",
    ),
    (
        &[("Scan", "ExpiredTokenException")],
        "games list",
        3,
        "the AWS credentials have expired; renew them, or run `aws sso login` if they come from SSO",
    ),
    (
        &[("GetItem", "UnrecognizedClientException")],
        "bots --games 1 --concurrency 2",
        3,
        "AWS rejects the credentials: AWS says no to GetItem; check the profile, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
    ),
    (
        &[
            ("GetItem", "ResourceNotFoundException"),
            ("ListTables", "AccessDeniedException"),
        ],
        "play",
        5,
        "stack dev not found at URL; check --region and --profile, or create it with `pulumi up`",
    ),
    (
        &[("Scan", "ThrottlingException")],
        "games list",
        1,
        "dynamodb:Scan on the table rps-dev failed: ThrottlingException: AWS says no to Scan",
    ),
];

#[test]
fn aws_refuses() {
    for (errors, command, code, message) in REFUSED {
        let url = dynamo_that_refuses(errors);
        let line = format!("{command} --stack dev --endpoint-url {url}");
        run(line.split(' ')).says(code, &message.replace("URL", &url));
    }
}
