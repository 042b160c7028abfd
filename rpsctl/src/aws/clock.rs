//! AWS's clock, as its answers tell it.

use std::sync::{Arc, OnceLock};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::DateTime;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::date_time::Format;

/// The time in an answer, the whole second of it, milliseconds since 1970; none if the answer does not say.
pub(crate) fn date_ms(answer: &BeforeDeserializationInterceptorContextRef<'_>) -> Option<u64> {
    let date = answer.response().headers().get("date")?;
    let date = DateTime::from_str(date, Format::HttpDate).ok()?;
    date.to_millis().ok()?.try_into().ok()
}

/// The time in an answer. Intercepts the call that is answered.
#[derive(Debug, Clone, Default)]
pub(super) struct AnsweredAt(Arc<OnceLock<u64>>);

impl AnsweredAt {
    /// Milliseconds since 1970; none if the answer did not say.
    pub(super) fn ms(&self) -> Option<u64> {
        self.0.get().copied()
    }
}

impl Intercept for AnsweredAt {
    fn name(&self) -> &'static str {
        "AnsweredAt"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(ms) = date_ms(context) {
            // The first of several attempts is the earliest, and so makes no message older than it is.
            self.0.get_or_init(|| ms);
        }
        Ok(())
    }
}
