//! The start options.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rps_contract::names::{
    CONNECTION_LIFETIME_S, FUNCTION_TIMEOUT_S, Function, VISIBILITY_TIMEOUT_S,
};
use tokio::sync::Semaphore;

use crate::faults::Faults;

/// Receives every log line: the functions' stdout and stderr, and Lambda's own lines. It runs on the async
/// runtime's threads and must not block.
pub type OnLog = Arc<dyn Fn(Function, &str) + Send + Sync>;

#[derive(Debug, Clone)]
pub struct FunctionProcess {
    pub function: Function,
    /// An executable that uses the Runtime API.
    pub program: PathBuf,
    pub args: Vec<String>,
}

/// The throttle of the stage. 0 means 1.
#[derive(Debug, Clone, Copy)]
pub struct Throttle {
    /// Requests per second.
    pub rate_limit: u32,
    /// Requests at once.
    pub burst_limit: u32,
}

/// The start options. By default there are no functions, the system chooses the port, the limits equal those of the
/// deployed game, nothing is throttled or fails, and each function has up to 4 processes.
#[derive(Clone)]
pub struct Options {
    /// The port on 127.0.0.1; 0 lets the system choose.
    pub port: u16,
    /// The address of a second listener with the same port, for the players' page and socket only. Other machines can
    /// play there.
    pub lan: Option<IpAddr>,
    /// The file that stores the table; `None` stores it in memory.
    pub data: Option<PathBuf>,
    /// The functions' programs. Invocations of other functions fail.
    pub functions: Vec<FunctionProcess>,
    /// Environment variables for the functions; they override the local AWS's own.
    pub environment: Vec<(String, String)>,
    /// The maximum of processes per function, and of message batches in progress; 0 means 1.
    pub concurrency: usize,
    /// Each route of the players' socket has its share of these limits. A throttled message gets API Gateway's error, a
    /// throttled `$connect` gets 429, and a throttled `$disconnect` is lost.
    pub throttle: Option<Throttle>,
    /// The local AWS kills a function that runs longer.
    pub function_timeout: Duration,
    pub visibility_timeout_s: u32,
    /// Closes a connection after this time without messages (API Gateway quota: 10 minutes).
    pub idle_timeout: Duration,
    /// Closes every connection after this time (API Gateway quota: 2 hours).
    pub lifetime: Duration,
    pub faults: Faults,
    pub on_log: OnLog,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            lan: None,
            data: None,
            functions: Vec::new(),
            environment: Vec::new(),
            concurrency: 4,
            throttle: None,
            function_timeout: Duration::from_secs(FUNCTION_TIMEOUT_S),
            visibility_timeout_s: VISIBILITY_TIMEOUT_S,
            idle_timeout: Duration::from_mins(10),
            lifetime: Duration::from_secs(CONNECTION_LIFETIME_S),
            faults: Faults::default(),
            on_log: Arc::new(|_, _| ()),
        }
    }
}

impl Options {
    /// `concurrency` within a semaphore's limits: without a permit everything would wait for ever, and too many
    /// would panic.
    pub(crate) fn parallelism(&self) -> usize {
        self.concurrency.clamp(1, Semaphore::MAX_PERMITS)
    }

    /// Runs all four functions with one program; `args` returns the arguments for each function.
    #[must_use]
    pub fn functions(
        mut self,
        program: &std::path::Path,
        args: impl Fn(Function) -> Vec<String>,
    ) -> Self {
        self.functions = Function::ALL
            .into_iter()
            .map(|function| FunctionProcess {
                function,
                program: program.to_owned(),
                args: args(function),
            })
            .collect();
        self
    }

    #[must_use]
    pub fn env(mut self, key: &str, value: &str) -> Self {
        self.environment.push((key.to_owned(), value.to_owned()));
        self
    }

    #[must_use]
    pub fn on_log(mut self, on_log: impl Fn(Function, &str) + Send + Sync + 'static) -> Self {
        self.on_log = Arc::new(on_log);
        self
    }
}
