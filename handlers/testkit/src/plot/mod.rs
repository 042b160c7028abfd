//! Charts as SVG.

mod bars;
mod lines;

pub use self::bars::{Row, bars, digits};
pub use self::lines::{Chart, Line, lines};
