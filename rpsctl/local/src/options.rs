//! What the local AWS is told at start.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rps_contract::names::{
    CONNECTION_LIFETIME_S, FUNCTION_TIMEOUT_S, Function, VISIBILITY_TIMEOUT_S,
};
use tokio::sync::Semaphore;

/// Where the lines of the functions go: their stdout, their stderr, and what Lambda itself would log.
/// It is called on the runtime's threads and must not block.
pub type OnLog = Arc<dyn Fn(Function, &str) + Send + Sync>;

#[derive(Debug, Clone)]
pub struct FunctionProcess {
    pub function: Function,
    /// The executable; it speaks the Runtime API.
    pub program: PathBuf,
    pub args: Vec<String>,
}

/// What the local AWS is told at start. By default it has no functions, a port of the system's choice, the
/// limits of the deployed game, and places for 4 processes of each function.
#[derive(Clone)]
pub struct Options {
    /// The port on 127.0.0.1; 0 lets the system choose.
    pub port: u16,
    /// The file that keeps the table; without one the table is gone at the end.
    pub data: Option<PathBuf>,
    /// Invoking one that is missing here fails like a function that cannot start.
    pub functions: Vec<FunctionProcess>,
    /// More environment variables of the functions, over those set here.
    pub environment: Vec<(String, String)>,
    /// Processes per function, and batches of the queue handed over, at a time; 0 counts as 1.
    pub concurrency: usize,
    /// Longest a function may run; then it is killed.
    pub function_timeout: Duration,
    /// How long a message stays invisible after a delivery, seconds.
    pub visibility_timeout_s: u32,
    /// A connection without messages ends after this time (API Gateway quota: 10 minutes).
    pub idle_timeout: Duration,
    /// A connection ends after this time (API Gateway quota: 2 hours).
    pub lifetime: Duration,
    pub on_log: OnLog,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            data: None,
            functions: Vec::new(),
            environment: Vec::new(),
            concurrency: 4,
            function_timeout: Duration::from_secs(FUNCTION_TIMEOUT_S),
            visibility_timeout_s: VISIBILITY_TIMEOUT_S,
            idle_timeout: Duration::from_mins(10),
            lifetime: Duration::from_secs(CONNECTION_LIFETIME_S),
            on_log: Arc::new(|_, _| ()),
        }
    }
}

impl Options {
    /// `concurrency` as the number of permits of a semaphore: with none of them everything would wait
    /// for ever, and too many are a panic.
    pub(crate) fn places(&self) -> usize {
        self.concurrency.clamp(1, Semaphore::MAX_PERMITS)
    }

    /// With the four functions behind one program: `args` gives the arguments for each.
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

    /// With `on_log` told every line the functions write.
    #[must_use]
    pub fn on_log(mut self, on_log: impl Fn(Function, &str) + Send + Sync + 'static) -> Self {
        self.on_log = Arc::new(on_log);
        self
    }
}
