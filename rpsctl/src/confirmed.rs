//! The token that everything destructive asks for.

/// Proof that somebody wants it: has typed the stack's name under the plan, or has said `--yes` beforehand. There is
/// no other way to make one.
#[derive(Debug)]
pub(crate) struct Confirmed(());

impl Confirmed {
    pub(crate) fn beforehand(yes: bool) -> Option<Self> {
        yes.then_some(Self(()))
    }

    pub(crate) fn by_typing(typed: &str, name: &str) -> Option<Self> {
        (typed.trim() == name).then_some(Self(()))
    }
}
