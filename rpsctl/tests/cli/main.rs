//! The real executable, as people and scripts meet it: what it prints where, and how it ends.

mod aws;
mod between;
mod bots;
mod connections;
mod dlq;
mod doctor;
mod documents;
mod drain;
mod drain_all;
mod drain_signals;
mod games;
mod golden;
mod local;
mod manual;
mod play;
mod player;
mod proxy;
mod queue;
mod queue_refusals;
mod queues;
mod reading;
mod redrive;
mod refusals;
mod rpsctl;
mod stack;
mod usage;
