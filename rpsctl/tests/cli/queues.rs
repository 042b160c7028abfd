//! The queue, the dead letters and the mapping in the AWS of `rpsctl local`, and what can be in them.

use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use aws_sdk_lambda::Client as Lambda;
use aws_sdk_sqs::Client as Sqs;
use aws_sdk_sqs::types::{MessageSystemAttributeName, QueueAttributeName};
use rps_game::{ConnectionId, Game, Play, RoundTimer, Rules};
use rps_local::{DEAD_LETTER_QUEUE, EVENT_SOURCE_MAPPING, QUEUE};
use rps_testkit::table::sdk;
use rps_testkit::wait;
use serde_json::{Value, json};

pub(crate) use crate::aws::THEN_MS;
use crate::aws::Table;
use crate::rpsctl::{Ended, LocalSystem, rpsctl};

/// Longer than anything here takes on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_mins(1);

/// Starts a command line, words separated by spaces, at that endpoint of AWS.
pub(crate) fn start(endpoint: &str, line: &str) -> Child {
    let mut command = rpsctl(line.split(' '));
    let started = command.env("AWS_ENDPOINT_URL", endpoint).spawn();
    started.expect("starts")
}

/// Waits for its end.
pub(crate) fn end(child: Child) -> Ended {
    child.wait_with_output().expect("ends").into()
}

/// Runs it to its end.
pub(crate) fn at(endpoint: &str, line: &str) -> Ended {
    end(start(endpoint, line))
}

/// Runs it to its end without a reader of stdout.
pub(crate) fn unread(endpoint: &str, line: &str) -> Ended {
    let (reader, stdout) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut command = rpsctl(line.split(' '));
    let output = command
        .env("AWS_ENDPOINT_URL", endpoint)
        .stdout(stdout)
        .output();
    output.expect("ends").into()
}

/// Both queues, and the mapping.
pub(crate) struct Queues {
    sqs: Sqs,
    lambda: Lambda,
}

impl Queues {
    pub(crate) fn at(endpoint: &str) -> Self {
        let sdk = sdk(endpoint);
        Self {
            sqs: Sqs::new(&sdk),
            lambda: Lambda::new(&sdk),
        }
    }

    fn url(&self, queue: &str) -> String {
        let asked = self.sqs.get_queue_url().queue_name(queue).send();
        let found = wait(asked).expect("a queue");
        found.queue_url.expect("a URL")
    }

    fn send_to(&self, queue: &str, body: &str, delay_s: i32) {
        let send = self.sqs.send_message().queue_url(self.url(queue));
        let send = send.message_body(body).delay_seconds(delay_s).send();
        wait(send).expect("sent");
        // The next message is younger: plans are in the order of age.
        let then = SystemTime::now();
        while then.elapsed().unwrap_or_default() < Duration::from_millis(2) {}
    }

    /// Sends a message to the clock.
    pub(crate) fn send(&self, body: &str) {
        self.send_to(QUEUE, body, 0);
    }

    /// The same with a delay.
    pub(crate) fn send_delayed(&self, body: &str, delay_s: i32) {
        self.send_to(QUEUE, body, delay_s);
    }

    /// Sends a message to the dead letters.
    pub(crate) fn bury(&self, body: &str) {
        self.send_to(DEAD_LETTER_QUEUE, body, 0);
    }

    /// Receives up to ten visible messages, returns them to the queue at once, and tells how often each was received.
    pub(crate) fn receive(&self) -> Vec<String> {
        let receive = self.sqs.receive_message().queue_url(self.url(QUEUE));
        let count = MessageSystemAttributeName::ApproximateReceiveCount;
        let receive = receive.message_system_attribute_names(count.clone());
        let receive = receive.max_number_of_messages(10).visibility_timeout(0);
        let messages = wait(receive.send()).expect("received").messages;
        let messages = messages.into_iter().flatten();
        let attributes = messages.map(|message| message.attributes.expect("attributes"));
        attributes.map(|all| all[&count].clone()).collect()
    }

    fn counts_of(&self, queue: &str) -> [u32; 3] {
        let asked = self.sqs.get_queue_attributes().queue_url(self.url(queue));
        let asked = asked.attribute_names(QueueAttributeName::All).send();
        let found = wait(asked).expect("an answer");
        let found = found.attributes.expect("attributes");
        [
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesDelayed,
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        ]
        .map(|name| found[&name].parse().expect("a number"))
    }

    /// Messages of the clock: visible, delayed, in flight.
    pub(crate) fn counts(&self) -> [u32; 3] {
        self.counts_of(QUEUE)
    }

    /// Dead letters: visible, delayed, in flight.
    pub(crate) fn dead(&self) -> [u32; 3] {
        self.counts_of(DEAD_LETTER_QUEUE)
    }

    /// The mapping's state.
    pub(crate) fn state(&self) -> String {
        let asked = self.lambda.get_event_source_mapping();
        let asked = asked.uuid(EVENT_SOURCE_MAPPING).send();
        let found = wait(asked).expect("a mapping");
        found.state.expect("a state")
    }

    /// Turns the mapping on or off, and waits until it is.
    pub(crate) fn turn(&self, on: bool) {
        let update = self.lambda.update_event_source_mapping();
        let update = update.uuid(EVENT_SOURCE_MAPPING).enabled(on).send();
        wait(update).expect("changed");
        let state = if on { "Enabled" } else { "Disabled" };
        until(|| self.state() == state);
    }
}

/// A `rpsctl local` with its table and its queues.
pub(crate) fn local() -> (LocalSystem, Table, Queues) {
    let game = LocalSystem::start();
    let (table, queues) = (
        Table::at(game.endpoint(), "rps"),
        Queues::at(game.endpoint()),
    );
    (game, table, queues)
}

/// Waits until something is so, of which nobody tells.
pub(crate) fn until(is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < PATIENCE, "it is not so");
        sleep(Duration::from_millis(10));
    }
}

/// A game of two players who are gone, whose time was over long ago; one has played.
pub(crate) fn stranded(id: &str) -> Game {
    let players: [ConnectionId; 2] = ["x".into(), "y".into()];
    let game = Game::start(id.into(), players, Rules::default(), THEN_MS - 5000);
    Game {
        plays: [Some(Play::Rock), None],
        ..game
    }
}

/// The message of a round of a game, as it travels.
pub(crate) fn round_timer(game: &str, round: u32, deadline_ms: u64) -> String {
    let round_timer = RoundTimer {
        v: 1,
        game: game.into(),
        round,
        deadline_ms,
        early: false,
        room: None,
        house: false,
    };
    serde_json::to_string(&round_timer).expect("JSON")
}

/// The message that closes the game's round, as it travels.
pub(crate) fn round_timer_of(game: &Game) -> String {
    serde_json::to_string(&game.round_timer()).expect("JSON")
}

/// A body with control characters that is no message of the game.
pub(crate) fn foreign() -> String {
    format!("\u{9b}31mhello\r\n{}", "and so on ".repeat(20))
}

/// The lines of stderr that say what was done, without their time: `do`, what to, and the result.
pub(crate) fn actions(stderr: &str) -> Vec<Value> {
    let lines = stderr.lines().filter(|line| line.starts_with('{'));
    let actions = lines.map(|line| {
        let line: Value = serde_json::from_str(line).expect("JSON");
        assert_eq!((&line["v"], &line["kind"]), (&json!(1), &json!("action")));
        json!([line["do"], line["game"], line["result"]])
    });
    let mut actions: Vec<Value> = actions.collect();
    actions.sort_by_key(Value::to_string);
    actions
}
