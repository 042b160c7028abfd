//! The infrastructure as `pulumi up` makes it: the real Pulumi CLI and YAML host, an AWS that no line of ours
//! emulates (MiniStack), and games played on what was made.
//!
//! The AWS provider cannot be had from a package registry, so `aws/standin/` stands in for it. See
//! `aws/README.md` for running this with the real one.

#[path = "../support/mod.rs"]
mod support;

mod endings;
mod lifecycle;
mod ministack;
mod project;
mod refusals;
mod rpsctl;
mod tools;
mod types;
