use super::*;

const THINGS: Metric = Metric::new("AWS/Test", "Things", &["Name", "Place"], "Count");

#[test]
fn a_series_is_known_by_all_its_dimensions() {
    let metrics = Metrics::default();
    metrics.count(THINGS, &["a", "here"], 1.0);
    metrics.count(THINGS, &["b", "here"], 4.0);
    for (dimensions, sum) in [
        (&[("Name", "a"), ("Place", "here")][..], 1.0),
        (&[("Place", "here"), ("Name", "a")], 1.0),
        (&[("Place", "a"), ("Name", "here")], 0.0),
        (&[("Name", "a")], 0.0),
        (&[("Name", "a"), ("Name", "a")], 0.0),
        (&[("Name", "a"), ("Place", "here"), ("Color", "red")], 0.0),
        (&[], 0.0),
    ] {
        let found = metrics.sum("AWS/Test", "Things", dimensions);
        assert!((found - sum).abs() < 0.1, "{dimensions:?}");
    }
}

#[test]
fn a_minute_is_a_summary_until_it_is_too_old() {
    let (metrics, of) = (Metrics::default(), &["a", "here"]);
    let at = |minute: u64| minute * 60_000 + 1;
    for (minute, value) in [(1, 3.0), (1, 1.0), (2, 5.0)] {
        metrics.add(THINGS, of, value, at(minute));
    }
    for value in [7.0, 9.0, 2.0] {
        metrics.set(THINGS, of, value, at(3));
    }
    let dimensions =
        [("Name", "a"), ("Place", "here")].map(|(name, value)| (name.into(), value.into()));
    let minutes = || metrics.series("AWS/Test", "Things", &dimensions).unwrap().1;
    let first = Summary {
        count: 2.0,
        sum: 4.0,
        minimum: 1.0,
        maximum: 3.0,
    };
    let expected = [(1, first), (2, Summary::of(5.0)), (3, Summary::of(2.0))];
    assert_eq!(minutes(), Minutes::from(expected));
    metrics.add(THINGS, of, 1.0, at(KEPT_MINUTES + 2));
    assert_eq!(
        minutes().into_keys().collect::<Vec<_>>(),
        [2, 3, KEPT_MINUTES + 2]
    );
}
