//! Lines over one axis.

use plotters::coord::Shift;
use plotters::prelude::*;

use super::{COLORS, FONT};

const WIDTH: u32 = 720;
const HEIGHT_PER_CHART: u32 = 220;

/// Lines over the same values of x.
pub struct Chart<'a> {
    pub title: &'a str,
    pub lines: Vec<Line<'a>>,
}

pub struct Line<'a> {
    pub name: &'a str,
    /// x must ascend, and be greater than zero, because its axis is logarithmic.
    pub points: Vec<(f64, f64)>,
}

/// Draws the charts below each other.
pub fn lines(x_name: &str, charts: &[Chart]) -> String {
    let mut svg = String::new();
    let count = u32::try_from(charts.len()).expect("few charts");
    {
        let backend = SVGBackend::with_string(&mut svg, (WIDTH, HEIGHT_PER_CHART * count));
        let root = backend.into_drawing_area();
        root.fill(&WHITE).expect("an SVG");
        let areas = root.split_evenly((charts.len(), 1));
        for (area, chart) in areas.iter().zip(charts) {
            draw(area, x_name, chart);
        }
        root.present().expect("an SVG");
    }
    svg
}

fn draw<B: DrawingBackend>(area: &DrawingArea<B, Shift>, x_name: &str, chart: &Chart) {
    let points = || chart.lines.iter().flat_map(|line| &line.points);
    let mut x: Vec<f64> = points().map(|(x, _)| *x).collect();
    x.sort_by(f64::total_cmp);
    x.dedup();
    let (first, last) = (x[0], x[x.len() - 1]);
    let top = points().map(|(_, y)| *y).fold(0.0, f64::max) * 1.1;
    let mut plot = ChartBuilder::on(area)
        .caption(chart.title, (FONT, 16))
        .margin(8)
        .x_label_area_size(36)
        .y_label_area_size(48)
        .build_cartesian_2d(
            (first * 0.9..last * 1.1).log_scale().with_key_points(x),
            0.0..top,
        )
        .expect("axes");
    let whole = |value: &f64| format!("{value:.0}");
    plot.configure_mesh()
        .light_line_style(WHITE)
        .x_desc(x_name)
        .x_label_formatter(&whole)
        .y_label_formatter(&whole)
        .draw()
        .expect("a mesh");
    for (line, color) in chart.lines.iter().zip(COLORS) {
        plot.draw_series(LineSeries::new(line.points.clone(), color.stroke_width(2)).point_size(3))
            .expect("a line")
            .label(line.name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], color.stroke_width(2)));
    }
    if chart.lines.len() > 1 {
        plot.configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .background_style(WHITE)
            .draw()
            .expect("a legend");
    }
}
