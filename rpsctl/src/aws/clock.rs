//! Record when a call was sent and answered, by this machine's clock and by AWS's clock.

use std::sync::atomic::AtomicI64;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextRef as Answer,
    BeforeTransmitInterceptorContextRef as Request,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::DateTime;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::date_time::Format;
use rps_handlers::time::now_ms;

/// The times of one attempt of a call, in milliseconds since 1970.
#[derive(Debug, Default, Clone, Copy)]
#[expect(clippy::struct_field_names, reason = "the postfix is their unit")]
pub(crate) struct CallTimes {
    pub(crate) sent_ms: u64,
    pub(crate) received_ms: u64,
    /// By AWS's clock, in whole seconds; none if the response has no date.
    pub(crate) date_ms: Option<u64>,
}

/// An interceptor that records the times of each attempt of a call.
#[derive(Debug, Default, Clone)]
pub(crate) struct CallTimer(Arc<Mutex<Vec<CallTimes>>>);

impl CallTimer {
    /// When AWS first answered, by its clock.
    pub(super) fn answered_ms(&self) -> Option<u64> {
        self.lock().iter().find_map(|attempt| attempt.date_ms)
    }

    /// Returns the times of the last attempt.
    pub(crate) fn times(&self) -> CallTimes {
        self.lock().last().copied().unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<CallTimes>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Intercept for CallTimer {
    fn name(&self) -> &'static str {
        "CallTimer"
    }

    fn read_before_transmit(
        &self,
        _: &Request<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.lock().push(CallTimes {
            sent_ms: now_ms(),
            ..CallTimes::default()
        });
        Ok(())
    }

    fn read_before_deserialization(
        &self,
        answer: &Answer<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(attempt) = self.lock().last_mut() {
            attempt.received_ms = now_ms();
            attempt.date_ms = date_ms(answer);
        }
        Ok(())
    }
}

/// AWS's clock. An interceptor that compares each answer's date with this machine's clock.
#[derive(Debug, Default, Clone)]
pub(crate) struct AwsClock {
    /// How far AWS's clock is ahead of this machine's, in milliseconds.
    ahead_ms: Arc<AtomicI64>,
}

impl AwsClock {
    /// The time by AWS's clock, in milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> u64 {
        now_ms().saturating_add_signed(self.ahead_ms.load(Relaxed))
    }
}

impl Intercept for AwsClock {
    fn name(&self) -> &'static str {
        "AwsClock"
    }

    fn read_before_deserialization(
        &self,
        answer: &Answer<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(date_ms) = date_ms(answer) {
            self.ahead_ms.store(ahead_ms(date_ms, now_ms()), Relaxed);
        }
        Ok(())
    }
}

/// How far AWS's clock is ahead, given the date of an answer and when it was received. The date has whole seconds, and
/// the answer may take a second, so a difference that this explains counts as none.
fn ahead_ms(date_ms: u64, received_ms: u64) -> i64 {
    match date_ms.checked_signed_diff(received_ms) {
        Some(-2000..=0) => 0,
        difference => difference.unwrap_or_default(),
    }
}

fn date_ms(answer: &Answer<'_>) -> Option<u64> {
    let date = answer.response().headers().get("date")?;
    let date = DateTime::from_str(date, Format::HttpDate).ok()?;
    date.to_millis().ok()?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::ahead_ms;

    #[test]
    fn only_an_unexplained_difference_counts() {
        for (received_ms, expected) in [
            (10_000, 0),
            (10_999, 0),
            (12_000, 0),
            (12_001, -2001),
            (9999, 1),
            (u64::MAX, 0),
        ] {
            assert_eq!(ahead_ms(10_000, received_ms), expected, "{received_ms}");
        }
    }
}
