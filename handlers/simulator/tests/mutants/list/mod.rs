//! The mutants.

mod games;
mod house;
mod lobby;
mod rooms;
mod seats;
mod table;

use super::{Mutant, Search};

pub(super) fn mutants() -> Vec<&'static Mutant> {
    let lists = [
        lobby::MUTANTS,
        rooms::MUTANTS,
        house::MUTANTS,
        games::MUTANTS,
        seats::MUTANTS,
        table::MUTANTS,
    ];
    lists.into_iter().flatten().collect()
}
