//! The schemas and the code accept the same frames.
//!
//! One exception: JSON Schema always accepts 1.0 as a whole number.

use std::sync::LazyLock;

use jsonschema::Validator;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};
use strum::VariantArray;

use crate::protocol::asyncapi::validator;
use crate::{ClientMessage, ErrorCode, Opponent, Outcome, Play, Reason, SeatSecret, ServerMessage};

static FROM_PLAYERS: LazyLock<Validator> = LazyLock::new(|| validator("ClientMessage"));
static TO_PLAYERS: LazyLock<Validator> = LazyLock::new(|| validator("ServerMessage"));

/// The fields of all messages from players.
const FIELDS: &[&str] = &[
    "action", "play", "round", "room", "opponent", "game", "seat",
];

/// Words of the protocol, and similar ones.
fn word() -> impl Strategy<Value = Value> {
    let words = "join-game resume-game receive-play 0123456789abcdef0123456789abcdef waiting game-started play-received round-drawn game-over error rock \
                 paper scissors Rock bot player won lost plays draw-limit too-late";
    select(words.split(' ').collect::<Vec<_>>()).prop_map(Value::from)
}

/// Any value of a field, valid or not.
fn anything() -> impl Strategy<Value = Value> {
    let number = prop_oneof![
        any::<u32>().prop_map(Value::from),
        select(vec![
            u64::from(u32::MAX),
            u64::from(u32::MAX) + 1,
            u64::MAX,
            0
        ])
        .prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        Just(json!(1.5)),
    ];
    let odd = select(vec![
        json!(null),
        json!(true),
        json!([]),
        json!({}),
        json!(["rock"]),
    ]);
    prop_oneof![3 => word(), 3 => number, 1 => odd]
}

/// An object with some of these fields, and sometimes an unknown field.
fn object(fields: &'static [&'static str]) -> impl Strategy<Value = Value> {
    let field = prop_oneof![12 => select(fields), 1 => Just("other")].prop_map(str::to_owned);
    let fields = prop::collection::btree_map(field, anything(), 0..=fields.len());
    fields.prop_map(|fields| Value::Object(fields.into_iter().collect()))
}

fn play() -> impl Strategy<Value = Play> {
    select(Play::ALL.to_vec())
}

/// Any message to a player.
fn to_players() -> impl Strategy<Value = ServerMessage> {
    let error = (select(ErrorCode::VARIANTS), ".*");
    let error = error.prop_map(|(code, message)| ServerMessage::Error { code, message });
    prop_oneof![
        Just(ServerMessage::Waiting {}),
        round_message(),
        game_over(),
        error
    ]
}

fn round_message() -> impl Strategy<Value = ServerMessage> {
    let fields = (".*", any::<u32>(), any::<u64>(), play(), play());
    let rules = any::<(u32, bool)>();
    (0..4, fields, rules).prop_map(|(kind, fields, (max_rounds, decide_early))| {
        let (game, round, play_within_ms, you, opponent) = fields;
        let game = game.into();
        let against = [Opponent::Player, Opponent::Bot][usize::from(decide_early)];
        match kind {
            0 => ServerMessage::GameStarted {
                game,
                round,
                play_within_ms,
                max_rounds,
                decide_early,
                opponent: against,
                seat: (round % 2 == 0).then(|| SeatSecret::new(play_within_ms, 0)),
            },
            1 => ServerMessage::GameResumed {
                game,
                round,
                play_within_ms,
                you: (round % 2 == 0).then_some(you),
                max_rounds,
                decide_early,
                opponent: against,
            },
            2 => ServerMessage::PlayReceived {
                game,
                round,
                play: you,
            },
            _ => ServerMessage::RoundDrawn {
                game,
                round,
                you,
                opponent,
                next_round: round,
                play_within_ms,
            },
        }
    })
}

fn game_over() -> impl Strategy<Value = ServerMessage> {
    let plays = [play(), play()].map(prop::option::of);
    let ends = (select(Outcome::VARIANTS), select(Reason::VARIANTS));
    let fields = (".*", any::<u32>(), ends, plays);
    fields.prop_map(
        |(game, rounds, (outcome, reason), [you, opponent])| ServerMessage::GameOver {
            game: game.into(),
            rounds,
            outcome,
            reason,
            you,
            opponent,
        },
    )
}

fn fields(message: &ServerMessage) -> Map<String, Value> {
    match json!(message) {
        Value::Object(fields) => fields,
        other => panic!("{other}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn parser_and_schema_accept_the_same_frames_from_players(
        frame in prop_oneof![6 => object(FIELDS), 1 => anything()],
        action in select(vec!["join-game", "resume-game", "receive-play", "dance"]),
        has_action: bool,
    ) {
        let mut frame = frame;
        // Random fields alone would hardly ever be valid.
        if has_action && frame.is_object() {
            frame["action"] = action.into();
        }
        let is_parsed = ClientMessage::parse(&frame.to_string()).is_ok();
        prop_assert_eq!(FROM_PLAYERS.is_valid(&frame), is_parsed);
    }

    #[test]
    fn parser_and_schema_accept_the_same_frames_to_players(
        message in to_players(),
        index: prop::sample::Index,
        replacement in anything(),
    ) {
        let mut frame = fields(&message);
        let field = frame.keys().nth(index.index(frame.len())).expect("a field").clone();
        frame.insert(field, replacement);
        let frame = json!(frame);
        let accepts = TO_PLAYERS.is_valid(&frame);
        prop_assert_eq!(accepts, serde_json::from_value::<ServerMessage>(frame).is_ok());
    }

    #[test]
    fn the_schemas_accept_every_server_message(message in to_players(), index: prop::sample::Index) {
        let frame = fields(&message);
        prop_assert!(TO_PLAYERS.is_valid(&json!(frame)));

        let mut longer = frame.clone();
        longer.insert("other".to_owned(), json!(7));
        prop_assert!(TO_PLAYERS.is_valid(&json!(longer)), "players ignore unknown fields");

        // Every field is required, and no field accepts an arbitrary value.
        let field = frame.keys().nth(index.index(frame.len())).expect("a field").clone();
        let mut shorter = frame.clone();
        shorter.remove(&field);
        prop_assert!(!TO_PLAYERS.is_valid(&json!(shorter)), "without {}", field);
        let mut wrong = frame;
        wrong.insert(field.clone(), json!({}));
        prop_assert!(!TO_PLAYERS.is_valid(&json!(wrong)), "wrong {}", field);
    }
}
