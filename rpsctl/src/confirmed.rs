//! The token that every destructive function takes.

/// Proof that the operator confirmed the plan: by `--yes`, or by typing the stack's name. There is no other way to
/// make one.
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
