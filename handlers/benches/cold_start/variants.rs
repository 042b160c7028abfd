//! The functions and their peers.

use anyhow::Result;

use crate::programs::{self, Program};
use crate::scenes::Scene;

pub(crate) struct Variant {
    pub(crate) name: &'static str,
    pub(crate) scene: Scene,
    pub(crate) program: Program,
}

type Build = fn() -> Result<Program>;

const ALL: [(&str, Scene, Build); 10] = [
    (
        "floor, connects when invoked",
        Scene::Connect,
        programs::lazy_floor,
    ),
    ("floor, connects at init", Scene::Connect, programs::floor),
    ("connection", Scene::Connect, || {
        programs::function("connection")
    }),
    ("receive-play", Scene::Play, || {
        programs::function("receive-play")
    }),
    ("join-game, waits", Scene::JoinEmptyLobby, || {
        programs::function("join-game")
    }),
    ("join-game, starts a game", Scene::JoinWaitingPlayer, || {
        programs::function("join-game")
    }),
    ("decide, game over", Scene::GameOver, || {
        programs::function("decide")
    }),
    ("stock SDK", Scene::Connect, programs::stock),
    ("Node, esbuild", Scene::Connect, programs::node),
    ("Python, boto3", Scene::Connect, programs::python),
];

/// Builds the variants whose names contain one of the texts, or all. Calls `skip` for each that it cannot build.
pub(crate) fn build(texts: &[String], skip: impl Fn(&str, anyhow::Error)) -> Vec<Variant> {
    let is_chosen =
        |name: &str| texts.is_empty() || texts.iter().any(|text| name.contains(text.as_str()));
    let mut variants = Vec::new();
    for (name, scene, build) in ALL {
        if is_chosen(name) {
            match build() {
                Ok(program) => variants.push(Variant {
                    name,
                    scene,
                    program,
                }),
                Err(error) => skip(name, error),
            }
        }
    }
    variants
}
