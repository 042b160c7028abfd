//! Lines over one axis.

use plotters::chart::ChartContext;
use plotters::coord::Shift;
use plotters::coord::ranged1d::ValueFormatter;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::{COLORS, FONT};

const WIDTH: u32 = 720;
const HEIGHT_PER_CHART: u32 = 220;
/// The width of a legend, pixels.
const LEGEND: u32 = 150;

/// Lines over the same values of x.
pub struct Chart<'a> {
    pub title: &'a str,
    pub lines: Vec<Line<'a>>,
}

pub struct Line<'a> {
    pub name: &'a str,
    /// x must ascend.
    pub points: Vec<(f64, f64)>,
}

#[derive(Debug, Clone, Copy)]
pub enum XAxis {
    /// Begins at zero.
    Linear,
    /// Labels each value of x, which must be greater than zero.
    Logarithmic,
}

/// Draws the charts below each other.
pub fn lines(x_name: &str, x_axis: XAxis, charts: &[Chart]) -> String {
    let mut svg = String::new();
    let count = u32::try_from(charts.len()).expect("few charts");
    {
        let backend = SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT_PER_CHART * count));
        let root = backend.into_drawing_area();
        root.fill(&WHITE).expect("an SVG");
        let areas = root.split_evenly((charts.len(), 1));
        for (area, chart) in areas.iter().zip(charts) {
            draw(area, x_name, x_axis, chart);
        }
        root.present().expect("an SVG");
    }
    svg
}

fn draw<B: DrawingBackend>(
    area: &DrawingArea<B, Shift>,
    x_name: &str,
    x_axis: XAxis,
    chart: &Chart,
) {
    let points = || chart.lines.iter().flat_map(|line| &line.points);
    let mut x: Vec<f64> = points().map(|(x, _)| *x).collect();
    x.sort_by(f64::total_cmp);
    x.dedup();
    let (first, last) = (x[0], x[x.len() - 1]);
    let top = points().map(|(_, y)| *y).fold(0.0, f64::max).max(1.0) * 1.1;
    let (plot_area, legend_area) = area.split_horizontally(WIDTH - LEGEND);
    let has_legend = chart.lines.len() > 1;
    if has_legend {
        draw_legend(&legend_area, chart);
    }
    let mut builder = ChartBuilder::on(if has_legend { &plot_area } else { area });
    builder
        .caption(chart.title, (FONT, 16))
        .margin(8)
        .x_label_area_size(36)
        .y_label_area_size(48);
    match x_axis {
        XAxis::Linear => {
            let plot = builder.build_cartesian_2d(0.0..last, 0.0..top);
            draw_lines(plot.expect("axes"), x_name, chart);
        }
        XAxis::Logarithmic => {
            let x = (first * 0.9..last * 1.1).log_scale().with_key_points(x);
            let plot = builder.build_cartesian_2d(x, 0.0..top);
            draw_lines(plot.expect("axes"), x_name, chart);
        }
    }
}

fn draw_lines<'a, B, X>(
    mut plot: ChartContext<'a, B, Cartesian2d<X, RangedCoordf64>>,
    x_name: &str,
    chart: &Chart,
) where
    B: DrawingBackend + 'a,
    X: Ranged<ValueType = f64> + ValueFormatter<f64>,
{
    let whole = |value: &f64| format!("{value:.0}");
    let one_decimal = |value: &f64| ((value * 10.0).round() / 10.0).to_string();
    plot.configure_mesh()
        .light_line_style(WHITE)
        .x_desc(x_name)
        .x_label_formatter(&one_decimal)
        .y_label_formatter(&whole)
        .draw()
        .expect("a mesh");
    for (line, color) in chart.lines.iter().zip(COLORS) {
        plot.draw_series(LineSeries::new(line.points.clone(), color.stroke_width(2)).point_size(3))
            .expect("a line");
    }
}

/// Draws the legend beside the chart, where it hides no line.
fn draw_legend<B: DrawingBackend>(area: &DrawingArea<B, Shift>, chart: &Chart) {
    for ((line, color), row) in chart.lines.iter().zip(COLORS).zip(0..) {
        let y = 40 + 20 * row;
        let mark = PathElement::new([(0, y), (16, y)], color.stroke_width(2));
        area.draw(&mark).expect("a legend");
        let style = (FONT, 12).into_text_style(area);
        let style = style.pos(Pos::new(HPos::Left, VPos::Center));
        let name = Text::new(line.name, (22, y), style);
        area.draw(&name).expect("a legend");
    }
}
