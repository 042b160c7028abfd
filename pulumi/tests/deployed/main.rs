//! Deploys the game with `pulumi up` and plays on the deployed stack.
//!
//! The tests use the real Pulumi CLI and YAML host, and MiniStack, an independent AWS emulator. No package registry
//! has the AWS provider, so `aws/fake_provider/` replaces it. `aws/README.md` explains how to use the real provider.

#[path = "../support/mod.rs"]
mod support;

mod endings;
mod errors;
mod lifecycle;
mod ministack;
mod project;
mod rpsctl;
mod tools;
mod types;
