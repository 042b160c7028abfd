//! Mistakes in seats that become absent, and are taken again.

use super::{Mutant, Search};

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant {
        name: "any-secret-gives-a-seat",
        file: "handlers/game/src/resume.rs",
        from: "self.secrets[*seat as usize].as_ref() == Some(secret)",
        to: "self.secrets[*seat as usize].is_some()",
        found_by: Search::Seeds(5_000),
    },
    Mutant {
        name: "earlier-connection-keeps-its-seat",
        file: "handlers/src/service/resume.rs",
        from: "is_claimed: old.is_some(),",
        to: "is_claimed: false,",
        found_by: Search::Seeds(1_000),
    },
    Mutant {
        name: "broken-connection-changes-a-played-round",
        file: "handlers/game/src/resume.rs",
        from: "let may_resume = self.closed_by().is_none()",
        to: "let may_resume = self.closed.is_none()",
        found_by: Search::SeedsOnTheAdapter(100),
    },
    Mutant {
        name: "seat-stays-absent",
        file: "handlers/src/outbound/dynamo/seats.rs",
        from: "word(Presence::Resumed)?",
        to: "word(Presence::Absent)?",
        found_by: Search::SeedsOnTheAdapter(100),
    },
];
