//! IP addresses from which no player may connect.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net};

/// They take at most 2.5 KB of the 4 KB of a function's environment, so the other variables fit.
const MAX_BLOCKS: usize = 50;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BlockedCidrs(Vec<IpNet>);

impl BlockedCidrs {
    pub fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|block| block.contains(&address))
    }
}

impl FromStr for BlockedCidrs {
    type Err = &'static str;

    fn from_str(list: &str) -> Result<Self, Self::Err> {
        let blocks = list.split(',').map(|block| block.trim().parse());
        let blocks: Vec<IpNet> = blocks.collect::<Result<_, _>>().map_err(
            |_| "CIDR blocks such as 192.0.2.0/24 or 2001:db8::/32, separated by commas",
        )?;
        if blocks.len() > MAX_BLOCKS {
            return Err("at most 50 CIDR blocks");
        }
        if blocks.iter().any(|block| *block != block.trunc()) {
            return Err(
                "CIDR blocks without host bits, such as 192.0.2.0/24 instead of 192.0.2.7/24",
            );
        }
        Ok(Self(blocks.into_iter().map(to_canonical).collect()))
    }
}

/// Converts a block of IPv4-mapped IPv6 addresses to IPv4, like [`IpAddr::to_canonical`].
fn to_canonical(block: IpNet) -> IpNet {
    let IpNet::V6(mapped) = block else {
        return block;
    };
    let address = mapped.addr().to_ipv4_mapped();
    let prefix = mapped.prefix_len().checked_sub(96);
    let ipv4 = address.zip(prefix);
    let ipv4 = ipv4.and_then(|(address, prefix)| Ipv4Net::new(address, prefix).ok());
    ipv4.map_or(block, IpNet::V4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_blocked_by_its_block_in_either_notation() {
        let blocked = "192.0.2.0/24, 198.51.100.7/32,2001:db8::/32,::ffff:203.0.113.0/120";
        let blocked: BlockedCidrs = blocked.parse().expect("blocks");
        for (address, is_blocked) in [
            ("192.0.2.0", true),
            ("192.0.2.255", true),
            ("192.0.3.0", false),
            ("::ffff:192.0.2.9", true),
            ("::192.0.2.9", false),
            ("198.51.100.7", true),
            ("198.51.100.8", false),
            ("2001:db8:ffff::1", true),
            ("2001:db9::1", false),
            ("203.0.113.5", true),
            ("::ffff:203.0.113.5", true),
            ("203.0.114.5", false),
        ] {
            let parsed = address.parse().expect("an address");
            assert_eq!(blocked.contain(parsed), is_blocked, "{address}");
        }
        let ipv6: BlockedCidrs = "::/0".parse().expect("a block");
        let ipv4 = "192.0.2.1".parse().expect("an address");
        assert!(!ipv6.contain(ipv4) && !BlockedCidrs::default().contain(ipv4));
    }

    #[test]
    fn an_error_says_which_blocks_are_valid() {
        let many = ["10.0.0.0/8"; 51].join(",");
        assert!(many[11..].parse::<BlockedCidrs>().is_ok(), "50 blocks");
        for (list, expected) in [
            ("192.0.2.1", "CIDR blocks such as"),
            ("192.0.2.0/33", "CIDR blocks such as"),
            ("192.0.2.0/24,", "CIDR blocks such as"),
            ("192.0.2.0/24 10.0.0.0/8", "CIDR blocks such as"),
            ("a.example/24", "CIDR blocks such as"),
            ("2001:db8::/129", "CIDR blocks such as"),
            ("192.0.2.7/24", "CIDR blocks without host bits"),
            ("2001:db8::1/64", "CIDR blocks without host bits"),
            ("::ffff:192.0.2.7/120", "CIDR blocks without host bits"),
            (&many, "at most 50 CIDR blocks"),
        ] {
            let error = list.parse::<BlockedCidrs>().expect_err(list);
            assert!(error.starts_with(expected), "{list}: {error}");
        }
    }
}
