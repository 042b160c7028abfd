//! Hostile input: arbitrary bytes for every parser that players, AWS or other programs can reach.
//!
//! A target runs one input through a parser and asserts properties of the result (`targets`). Two drivers use the
//! targets:
//!
//! - A plain loop on stable Rust mutates the files of `corpus/` with a seeded generator (`run`, `mutate`). `cargo test`
//!   runs ten thousand inputs per target. To run more:
//!   `cargo run --release -p rps-handlers --example fuzz -- frame --inputs 1000000 --seed 1`
//! - libFuzzer finds inputs that reach new code. It needs nightly Rust and `cargo install cargo-fuzz`. In
//!   `handlers/fuzz/libfuzzer`, the `run` fuzzes until Ctrl-C, and the merge adds the inputs that reach new code to the
//!   corpus. Keep at most 60 of them per target, so that the corpus stays small:
//!
//! ```sh
//! mkdir -p corpus/frame
//! cargo +nightly fuzz run --fuzz-dir . -s none frame corpus/frame ../corpus/frame -- -max_len=2048
//! cargo +nightly fuzz run --fuzz-dir . -s none frame -- -merge=1 -use_counters=0 ../corpus/frame corpus/frame
//! ```
//!
//! The name of a hand-written file says what its target answers: `valid-` if the target accepts it, `invalid-` if not. A
//! file that libFuzzer found is named by its hash.

mod corpus;
mod error;
mod mutate;
mod run;
mod targets;

use std::cell::RefCell;

use strum::{Display, EnumString, IntoStaticStr, VariantArray};

pub use self::corpus::Corpus;
pub use self::error::FuzzError;
pub use self::run::{Run, replay};
pub use self::targets::become_function;
use self::targets::{Http, Socket};

/// Runs one input. Returns whether the target accepts it; panics if a property does not hold.
pub type Harness = Box<dyn FnMut(&[u8]) -> bool>;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum Target {
    /// A player's frame.
    Frame,
    /// An event of API Gateway, handled by each function.
    Event,
    /// An event of SQS, or one message, handled by `decide`.
    Queue,
    /// An item of the table, as DynamoDB's JSON.
    Item,
    /// A request to the local AWS.
    Http,
    /// The bytes that follow the upgrade of a player's WebSocket to the local AWS.
    Socket,
}

impl Target {
    pub const ALL: &[Self] = Self::VARIANTS;

    /// Prepares the target: the last two start a local AWS.
    pub fn start(self) -> Harness {
        match self {
            Self::Frame => Box::new(targets::frame),
            Self::Event => Box::new(targets::event),
            Self::Queue => Box::new(targets::queue),
            Self::Item => Box::new(targets::item),
            Self::Http => {
                let mut http = Http::start();
                Box::new(move |data| http.send(data))
            }
            Self::Socket => {
                let mut socket = Socket::start();
                Box::new(move |data| socket.send(data))
            }
        }
    }

    /// Runs an input of libFuzzer, which has no place for a harness.
    pub fn run_once(self, data: &[u8]) {
        thread_local! {
            static HARNESS: RefCell<Option<Harness>> = const { RefCell::new(None) };
        }
        HARNESS.with_borrow_mut(|harness| harness.get_or_insert_with(|| self.start())(data));
    }
}
