//! The functions and their peers.

use anyhow::Result;

use crate::programs::{self, Program};
use crate::scenes::Scene;

pub(crate) struct Variant {
    pub(crate) name: &'static str,
    pub(crate) scene: Scene,
    pub(crate) program: Program,
}

enum Build {
    Function(&'static str),
    /// May be missing: some need programs that are not installed.
    Peer(fn() -> Result<Program>),
}

const ALL: [(&str, Scene, Build); 10] = [
    (
        "floor, connects when invoked",
        Scene::Connect,
        Build::Peer(programs::lazy_floor),
    ),
    (
        "floor, connects at init",
        Scene::Connect,
        Build::Peer(programs::floor),
    ),
    ("connection", Scene::Connect, Build::Function("connection")),
    ("receive-play", Scene::Play, Build::Function("receive-play")),
    (
        "join-game, waits",
        Scene::JoinEmptyLobby,
        Build::Function("join-game"),
    ),
    (
        "join-game, starts a game",
        Scene::JoinWaitingPlayer,
        Build::Function("join-game"),
    ),
    (
        "decide, game over",
        Scene::GameOver,
        Build::Function("decide"),
    ),
    ("stock SDK", Scene::Connect, Build::Peer(programs::stock)),
    ("Node, esbuild", Scene::Connect, Build::Peer(programs::node)),
    (
        "Python, boto3",
        Scene::Connect,
        Build::Peer(programs::python),
    ),
];

/// The number of variants if no peer is missing.
pub(crate) const COUNT: usize = ALL.len();

/// Builds the variants whose names contain one of the texts, or all. Calls `skip` for each missing peer.
pub(crate) fn build(texts: &[String], skip: impl Fn(&str, &anyhow::Error)) -> Result<Vec<Variant>> {
    let is_chosen =
        |name: &str| texts.is_empty() || texts.iter().any(|text| name.contains(text.as_str()));
    let mut variants = Vec::new();
    for (name, scene, build) in ALL.into_iter().filter(|(name, ..)| is_chosen(name)) {
        let program = match build {
            Build::Function(function) => programs::function(function)?,
            Build::Peer(build) => match build() {
                Ok(program) => program,
                Err(error) => {
                    skip(name, &error);
                    continue;
                }
            },
        };
        variants.push(Variant {
            name,
            scene,
            program,
        });
    }
    Ok(variants)
}
