//! A group of horizontal bars per row.

use std::path::Path;

use plotters::chart::ChartContext;
use plotters::coord::Shift;
use plotters::coord::combinators::LogCoord;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::{COLORS, FONT};

const GRID: RGBColor = RGBColor(225, 225, 225);
const WIDTH: u32 = 900;
/// The space for the names of the rows, pixels.
const NAMES: u32 = 200;
/// The height of a bar, pixels.
const BAR: u32 = 17;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Chart<'a> = ChartContext<'a, SVGBackend<'a>, Cartesian2d<LogCoord<f64>, RangedCoordf64>>;

/// A name, and a value for each series.
pub type Row<'a> = (&'a str, Vec<Option<f64>>);

/// Draws a group of horizontal bars per row, on a logarithmic scale.
///
/// # Panics
///
/// If it cannot write the file.
pub fn bars(path: &Path, title: &str, series: &[&str], rows: &[Row]) {
    let values = rows.iter().flat_map(|(_, values)| values.iter().flatten());
    let (least, most) = values.fold((f64::MAX, f64::MIN), |(least, most), value| {
        (least.min(*value), most.max(*value))
    });
    let scale = 10_f64.powf(least.log10().floor())..most * 2.0;
    let (area, mut chart) = chart(path, title, scale.clone(), series.len(), rows.len());
    for (row, (name, _)) in rows.iter().enumerate() {
        let (x, y) = chart.backend_coord(&(scale.start, top(row, rows.len()) - 0.5));
        let style = text_style(&area, HPos::Right);
        area.draw(&Text::new(*name, (x - 8, y), style))
            .expect("drawn");
    }
    for (index, name) in series.iter().enumerate() {
        let color = COLORS[index % COLORS.len()].filled();
        let height = 0.86 / number(series.len());
        let bars = rows.iter().enumerate().filter_map(|(row, (_, values))| {
            let top = top(row, rows.len()) - 0.07 - height * number(index);
            values[index].map(|value| (value, top, top - height))
        });
        let bars: Vec<_> = bars.collect();
        let shapes = bars.iter().map(|(value, top, bottom)| {
            Rectangle::new([(scale.start, *top), (*value, *bottom)], color)
        });
        chart
            .draw_series(shapes)
            .expect("drawn")
            .label(*name)
            .legend(move |(x, y)| Rectangle::new([(x, y - 6), (x + 12, y + 6)], color));
        let style = text_style(&area, HPos::Left);
        let texts = bars.iter().map(|(value, top, bottom)| {
            EmptyElement::at((*value, top.midpoint(*bottom)))
                + Text::new(digits(*value), (5, 0), style.clone())
        });
        chart.draw_series(texts).expect("drawn");
    }
    draw_legend(&mut chart);
    area.present().expect("written");
}

/// A chart without bars. Each row has the height 1, and so has the legend above them.
fn chart<'a>(
    path: &'a Path,
    title: &str,
    scale: std::ops::Range<f64>,
    series: usize,
    rows: usize,
) -> (Area<'a>, Chart<'a>) {
    let count = |length: usize| u32::try_from(length).expect("a small chart");
    let rows_and_legend = rows + 1;
    let height = 75 + count(rows_and_legend) * (count(series) * BAR + 10);
    let area = SVGBackend::new(path, (WIDTH, height)).into_drawing_area();
    area.fill(&WHITE).expect("drawn");
    let mut chart = ChartBuilder::on(&area)
        .caption(title, (FONT, 18))
        .margin(16)
        .x_label_area_size(32)
        .y_label_area_size(NAMES)
        .build_cartesian_2d(scale.log_scale(), 0.0..number(rows_and_legend))
        .expect("a chart");
    chart
        .configure_mesh()
        .disable_y_mesh()
        .y_labels(0)
        .bold_line_style(GRID)
        .light_line_style(TRANSPARENT)
        .label_style((FONT, 14))
        .draw()
        .expect("drawn");
    (area, chart)
}

fn draw_legend(chart: &mut Chart) {
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperRight)
        .background_style(WHITE)
        .border_style(GRID)
        .label_font((FONT, 14))
        .draw()
        .expect("drawn");
}

/// The upper edge of a row. The first row is at the top of the chart.
fn top(row: usize, rows: usize) -> f64 {
    number(rows - row)
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).expect("a small chart"))
}

fn text_style<'a>(area: &Area, position: HPos) -> TextStyle<'a> {
    let style = (FONT, 14).into_text_style(area);
    style.pos(Pos::new(position, VPos::Center))
}

/// The value with three digits, and at most three decimals.
pub fn digits(value: f64) -> String {
    let decimals = match value {
        100.0.. => 0,
        10.0.. => 1,
        1.0.. => 2,
        _ => 3,
    };
    format!("{value:.decimals$}")
}
