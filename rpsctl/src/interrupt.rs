//! The signals that end rpsctl: Ctrl-C, SIGTERM and a closed terminal.

use std::io;

use anyhow::Context;
use futures_util::FutureExt;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Receives these signals. After [`Interrupt::listen`], a signal no longer ends the process by itself.
pub(crate) struct Interrupt {
    ctrl_c: Signal,
    terminate: Signal,
    hang_up: Signal,
    heard: bool,
}

impl Interrupt {
    pub(crate) fn listen() -> anyhow::Result<Self> {
        let listen = || -> io::Result<Self> {
            Ok(Self {
                ctrl_c: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
                hang_up: signal(SignalKind::hangup())?,
                heard: false,
            })
        };
        listen()
            .context("cannot listen for Ctrl-C and SIGTERM: the system refused the signal handlers")
    }

    pub(crate) async fn wait(&mut self) {
        tokio::select! {
            _ = self.ctrl_c.recv() => (),
            _ = self.terminate.recv() => (),
            _ = self.hang_up.recv() => (),
        }
        self.heard = true;
    }

    /// Whether a signal has arrived.
    pub(crate) fn heard(&mut self) -> bool {
        self.heard || self.wait().now_or_never().is_some()
    }
}
