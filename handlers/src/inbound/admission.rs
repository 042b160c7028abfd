//! Decides at `$connect` which players may connect.

use std::net::IpAddr;

use rps_contract::{AllowedOrigins, BlockedCidrs};

#[derive(Debug)]
pub struct Admission {
    pub accepts_players: bool,
    pub blocked_cidrs: BlockedCidrs,
    pub allowed_origins: AllowedOrigins,
    pub logs_sources: bool,
}

/// Why a player may not connect.
pub(super) struct Refusal {
    /// The HTTP status of the refused upgrade.
    pub(super) status: u16,
    pub(super) log_line: &'static str,
}

impl Admission {
    /// `source` is the player's IP address.
    pub(super) fn check(&self, source: Option<&str>, origin: Option<&str>) -> Result<(), Refusal> {
        let refuse = |status, log_line| Err(Refusal { status, log_line });
        if !self.accepts_players {
            return refuse(503, "refused a connection: the game is closed");
        }
        let address: Option<IpAddr> = source.and_then(|source| source.parse().ok());
        if address.is_some_and(|address| self.blocked_cidrs.contain(address)) {
            return refuse(403, "refused a connection: its address is blocked");
        }
        if !self.allowed_origins.allow(origin) {
            return refuse(403, "refused a connection: its origin is not allowed");
        }
        Ok(())
    }
}
