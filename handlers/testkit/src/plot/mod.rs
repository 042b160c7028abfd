//! Charts as SVG.

mod bars;
mod lines;

use plotters::style::RGBColor;

pub use self::bars::{Row, bars, digits};
pub use self::lines::{Chart, Line, XAxis, lines};

/// They differ in brightness too. The background is white, so that a chart is legible on a dark page.
const COLORS: [RGBColor; 4] = [
    RGBColor(0, 114, 178),
    RGBColor(230, 159, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
];
const FONT: &str = "sans-serif";
