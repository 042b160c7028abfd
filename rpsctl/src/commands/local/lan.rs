//! Other machines in the network play here: this machine's address, and a QR code with the page's URL.

use std::io;
use std::net::{IpAddr, UdpSocket};

use anyhow::{Context, ensure};
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;

use crate::output::{self, Paint};

/// An address that no network uses (RFC 5737). Nothing is sent to it.
const ANYWHERE: &str = "192.0.2.1:9";

const REMEDY: &str = "cannot find this machine's address: connect it to a network, or omit --lan";

/// The address from which this machine reaches other networks.
pub(super) fn address() -> anyhow::Result<IpAddr> {
    let route = || -> io::Result<IpAddr> {
        let socket = UdpSocket::bind("0.0.0.0:0")?;
        socket.connect(ANYWHERE)?;
        Ok(socket.local_addr()?.ip())
    };
    let address = route().context(REMEDY)?;
    ensure!(!address.is_loopback() && !address.is_unspecified(), REMEDY);
    Ok(address)
}

/// Shows the page's URL, and a QR code if the terminal has room and colours for it.
pub(super) fn invite(page: &str) {
    output::note(format_args!("On phones in this network, open {page}"));
    let lines = qr_code(page);
    let fits = lines
        .first()
        .is_some_and(|line| line.chars().count() <= output::width());
    let paint = Paint::stderr();
    if fits && paint.is_on() {
        for line in &lines {
            output::note(paint.on_white(line));
        }
    }
}

/// The lines of a QR code. Each character shows two modules, one above the other. A code that is too long has no lines.
fn qr_code(text: &str) -> Vec<String> {
    let Ok(code) = QrCode::new(text) else {
        return Vec::new();
    };
    let image = code.render::<Dense1x2>().build();
    image.lines().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::qr_code;

    #[test]
    fn a_qr_code_fits_a_narrow_terminal() {
        let lines = qr_code("http://192.168.178.100:4566/");
        let width = lines[0].chars().count();
        assert!(width <= 40, "{width}");
        assert!(lines.iter().all(|line| line.chars().count() == width));
        // Two modules per character, so the image is twice as high as it has lines.
        assert_eq!(lines.len(), width.div_ceil(2));
        assert!(qr_code(&"x".repeat(5000)).is_empty());
    }
}
