//! The mutants.

mod games;
mod house;
mod lobby;
mod rooms;
mod table;

use super::{Mutant, Search};

pub(super) fn mutants() -> Vec<&'static Mutant> {
    let lists = [
        lobby::MUTANTS,
        rooms::MUTANTS,
        house::MUTANTS,
        games::MUTANTS,
        table::MUTANTS,
    ];
    lists.into_iter().flatten().collect()
}
