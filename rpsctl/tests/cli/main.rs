//! The real executable, as people and scripts meet it: what it prints where, and how it ends.

mod aws;
mod bots;
mod connections;
mod cost;
mod cost_refusals;
mod dlq;
mod doctor;
mod documents;
mod drain;
mod drain_all;
mod drain_signals;
mod free_tier;
mod games;
mod golden;
mod local;
mod manual;
mod play;
mod player;
mod price_list;
mod prices;
mod prices_refresh;
mod proxy;
mod queue;
mod queue_pause;
mod queue_refusals;
mod queues;
mod reading;
mod readme;
mod redrive;
mod refusals;
mod stack;
mod usage;

use rps_testkit::rpsctl;
