//! Random numbers that belong to one place of a schedule, such as the second attempt of a certain call.

use fastrand::Rng;

/// A source of random numbers. Every player, invocation and call derives its own stream from its parent's, so removing
/// one fault leaves the decisions elsewhere unchanged. This is what makes a schedule shrink.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stream(pub(crate) u64);

impl Stream {
    #[must_use]
    pub(crate) fn child(self, number: u64) -> Self {
        let seed = self
            .0
            .wrapping_add(number.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        Self(Rng::with_seed(seed).u64(..))
    }

    /// A number from `low` to `high`, both included. The same stream returns the same number.
    pub(crate) fn between(self, low: u64, high: u64) -> u64 {
        Rng::with_seed(self.0).u64(low..=high)
    }

    /// Like [`Self::between`], but small numbers are as likely as large ones.
    pub(crate) fn duration(self, low: u64, high: u64) -> u64 {
        let shift = self.child(1).between(0, 9);
        self.between(low, low + ((high - low) >> shift))
    }

    pub(crate) fn index(self, length: usize) -> usize {
        Rng::with_seed(self.0).usize(..length)
    }

    pub(crate) fn pick<T: Copy>(self, choices: &[T]) -> T {
        choices[self.index(choices.len())]
    }
}
