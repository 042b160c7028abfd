use super::*;

const THINGS: LocalMetric = LocalMetric::new("AWS/Test", "Things", &["Name", "Place"], "Count");

#[test]
fn a_series_is_identified_by_all_its_dimensions() {
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
        let actual = metrics.sum("AWS/Test", "Things", dimensions);
        assert!((actual - sum).abs() < 0.1, "{dimensions:?}");
    }
}

#[test]
fn values_are_summarized_per_minute_until_they_expire() {
    let (metrics, values) = (Metrics::default(), &["a", "here"]);
    let at_ms = |minute: u64| minute * 60_000 + 1;
    for (minute, value) in [(1, 3.0), (1, 1.0), (2, 5.0)] {
        metrics.add(THINGS, values, value, at_ms(minute));
    }
    for value in [7.0, 9.0, 2.0] {
        metrics.set(THINGS, values, value, at_ms(3));
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
    metrics.add(THINGS, values, 1.0, at_ms(RETENTION_MINUTES + 2));
    assert_eq!(
        minutes().into_keys().collect::<Vec<_>>(),
        [2, 3, RETENTION_MINUTES + 2]
    );
}
