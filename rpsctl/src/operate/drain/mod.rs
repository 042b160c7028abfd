//! `rpsctl queue drain`: drains stuck games, or everything.

mod all;
mod sort;
mod stuck;

pub(crate) use self::all::drain_all;
pub(crate) use self::stuck::drain_stuck;
use crate::aws::Deployment;
use crate::output;
use crate::words::count;

/// Warns about dead letters, which a drain does not touch. Without the permission to count them, there is no warning.
async fn warn_of_dead_letters(deployment: &Deployment) {
    let counts = async { deployment.dead_letter_queue().await?.counts().await };
    if let Ok(counts) = counts.await
        && let letters @ 1.. = counts.total()
    {
        output::note(format_args!(
            "the dead-letter queue has {}, which a drain does not touch: see `{}`",
            count(letters, "message"),
            deployment.target().rpsctl("dlq list")
        ));
    }
}
