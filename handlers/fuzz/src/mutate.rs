//! Makes inputs from a corpus. Seed and index determine an input, so a run can continue at any index.

use fastrand::Rng;

use crate::Target;

/// Longer inputs are slower, and find nothing more. One byte more than this is never sent.
const MAX_BYTES: usize = 16 * 1024;

/// Bytes with a meaning in JSON, HTTP or WebSocket frames.
const BYTES: &[u8] = b"\0\x01\x7f\x80\x81\x82\x88\x89\x8a\xff{}[]\",:\\/ \r\n\t-+.0e19@#";

/// Words of all targets' formats.
const WORDS: &[&[u8]] = &[
    b"{\"",
    b"\":\"",
    b"null",
    b"true",
    b"1e400",
    b"-1",
    b"18446744073709551616",
    b"4294967296",
    b"\\ud800",
    b"\\u0000",
    b"\xf0\x9f\xa7\xa8",
    b"\xed\xa0\x80",
];

pub(crate) fn input(target: Target, corpus: &[&[u8]], seed: u64, index: u64) -> Vec<u8> {
    let mut random = Rng::with_seed(seed.rotate_left(32) ^ index);
    // Similar seeds have similar first numbers.
    random.u64(..);
    let mut data = random.choice(corpus).copied().unwrap_or_default().to_vec();
    for _ in 0..1 << random.u8(0..4) {
        mutate(&mut data, target, corpus, &mut random);
    }
    data.truncate(MAX_BYTES);
    data
}

fn mutate(data: &mut Vec<u8>, target: Target, corpus: &[&[u8]], random: &mut Rng) {
    let at = random.usize(..=data.len());
    let range = at..at + random.usize(..=(data.len() - at).min(64));
    match random.u8(0..9) {
        0 => {
            if let Some(byte) = data.get_mut(at) {
                *byte ^= 1 << random.u8(0..8);
            }
        }
        1 => data.insert(at, random.choice(BYTES).copied().unwrap_or_default()),
        2 => data.insert(at, random.u8(..)),
        3 => drop(data.drain(range)),
        4 => data.truncate(at),
        5 => {
            let part = data[range].repeat(1 << random.u8(0..9));
            data.splice(at..at, part);
        }
        6 => {
            let words = if random.bool() { WORDS } else { target.words() };
            let word = random.choice(words).copied().unwrap_or_default();
            data.splice(range, word.iter().copied());
        }
        7 => {
            let other = random.choice(corpus).copied().unwrap_or_default();
            let start = random.usize(..=other.len());
            let end = random.usize(start..=other.len());
            data.splice(range, other[start..end].iter().copied());
        }
        _ => {
            let part = data[range].to_vec();
            let to = random.usize(..=data.len());
            data.splice(to..to, part);
        }
    }
    data.truncate(MAX_BYTES);
}

impl Target {
    /// Words of the target's format that a mutation seldom makes.
    fn words(self) -> &'static [&'static [u8]] {
        match self {
            Self::Frame => &[b"join-game", b"receive-play", b"\"round\":", b"\"play\":"],
            Self::Event => &[
                b"\"body\":",
                b"\"headers\":",
                b"ORIGIN",
                b"CONNECT",
                b"MESSAGE",
            ],
            Self::Queue => &[
                b"\"Records\":",
                b"\"messageId\":",
                b"\"gather\":",
                b"\"v\":2",
            ],
            Self::Item => &[
                b"{\"N\":\"1\"}",
                b"{\"S\":\"rock\"}",
                b"{\"NULL\":true}",
                b"{\"L\":[]}",
            ],
            Self::Http => &[
                b"\r\n\r\n",
                b"transfer-encoding: chunked\r\n",
                b"content-length: 3\r\n",
                b"expect: 100-continue\r\n",
                b"host: localhost\r\n",
            ],
            Self::Socket => &[
                b"\x81\x80\0\0\0\0",
                b"\x01\x81\0\0\0\0{",
                b"\x80\x81\0\0\0\0}",
                b"\x89\x80\0\0\0\0",
                b"\x81\xfe\x7f\xff\0\0\0\0",
                b"\x81\xff\0\0\0\0\0\x02\0\0\0\0\0\0",
                b"\x88\x82\0\0\0\0\x03\xe8",
            ],
        }
    }
}
