//! What CloudWatch counts of a function, and what is billed of it.

use std::time::Duration;

use rps_contract::names::FUNCTION_MEMORY_MB;

use crate::metrics::{Metric, Metrics, billed};

const INVOCATIONS: Metric = of_function("Invocations", "Count");
const ERRORS: Metric = of_function("Errors", "Count");
const THROTTLES: Metric = of_function("Throttles", "Count");
const DURATION: Metric = of_function("Duration", "Milliseconds");

const fn of_function(name: &'static str, unit: &'static str) -> Metric {
    Metric {
        namespace: "AWS/Lambda",
        name,
        dimensions: &["FunctionName"],
        unit,
    }
}

/// The time one invocation took.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Spent {
    /// Until the process asked for work; hardly anything where one was warm.
    pub(super) init: Duration,
    /// From the event to the result.
    pub(super) run: Duration,
}

impl Spent {
    /// Counts the invocation, in the minute it was begun, as Lambda does.
    pub(super) fn count(self, metrics: &Metrics, function: &str, invoked_ms: u64, is_error: bool) {
        for (metric, value) in [
            (INVOCATIONS, 1.0),
            (ERRORS, f64::from(u8::from(is_error))),
            // Who finds no place waits for one.
            (THROTTLES, 0.0),
            (DURATION, self.run.as_secs_f64() * 1000.0),
        ] {
            metrics.add(metric, &[function], value, invoked_ms);
        }
        let gb_seconds = billed::gb_seconds(FUNCTION_MEMORY_MB, self.init + self.run);
        metrics.add(billed::GB_SECONDS, &[], gb_seconds, invoked_ms);
    }
}
