//! The mutants.

mod games;
mod lobby;
mod table;

use super::{Mutant, Search};

pub(super) fn mutants() -> Vec<&'static Mutant> {
    let lists = [lobby::MUTANTS, games::MUTANTS, table::MUTANTS];
    lists.into_iter().flatten().collect()
}
