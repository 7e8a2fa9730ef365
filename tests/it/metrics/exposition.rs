//! The text format of OpenMetrics, read strictly: what a scraper would refuse fails the test.

use std::collections::BTreeMap;

/// The samples by their names with labels.
pub(super) type Samples = BTreeMap<String, f64>;

/// Reads all of it.
///
/// <https://prometheus.io/docs/specs/om/open_metrics_spec/#text-format>
pub(super) fn read(text: &str) -> Samples {
    let body = text.strip_suffix("# EOF\n").expect("it ends with `# EOF`");
    let (mut samples, mut seen) = (Samples::new(), Vec::<String>::new());
    let (mut family, mut kind) = (String::new(), String::new());
    for line in body.lines() {
        if let Some(told) = line.strip_prefix("# ") {
            let mut words = told.splitn(3, ' ');
            let (what, name) = (words.next().expect("a word"), words.next().expect("a name"));
            let rest = words.next().unwrap_or_default();
            if name != family {
                assert!(!seen.iter().any(|other| other == name), "`{name}` comes in two parts");
                assert!(is_name(name), "{line}");
                (family, kind) = (name.to_owned(), "unknown".to_owned());
                seen.push(name.to_owned());
            }
            match what {
                "TYPE" => rest.clone_into(&mut kind),
                "HELP" => assert!(!rest.is_empty(), "{line}"),
                "UNIT" => assert!(name.ends_with(rest), "{line}"),
                _ => panic!("{line}"),
            }
            continue;
        }
        let (name, value) = line.rsplit_once(' ').expect("a name and a value");
        let value: f64 = value.parse().expect(line);
        let base = name.split('{').next().unwrap_or(name);
        let suffix = base.strip_prefix(&*family).unwrap_or_else(|| panic!("{line} in `{family}`"));
        let suffixes: &[&str] = match kind.as_str() {
            "counter" => &["_total"],
            "histogram" => &["_bucket", "_sum", "_count"],
            "info" => &["_info"],
            "gauge" => &[""],
            _ => panic!("`{family}` is of the kind `{kind}`"),
        };
        assert!(suffixes.contains(&suffix), "{line} is no {kind}");
        assert!(kind == "gauge" || value >= 0.0, "{line}");
        labels(name).expect(line);
        assert!(samples.insert(name.to_owned(), value).is_none(), "twice: {line}");
    }
    histograms(&samples);
    samples
}

fn is_name(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && letters.all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

/// The labels of a sample; none if they are not well-formed.
fn labels(sample: &str) -> Option<Vec<(String, String)>> {
    let Some((_, rest)) = sample.split_once('{') else { return Some(Vec::new()) };
    let mut rest = rest.strip_suffix('}')?;
    let mut found: Vec<(String, String)> = Vec::new();
    while !rest.is_empty() {
        let (name, behind) = rest.split_once("=\"")?;
        let mut value = String::new();
        let mut letters = behind.char_indices();
        let end = loop {
            match letters.next()? {
                (at, '"') => break at,
                (_, '\\') => value.push(letters.next()?.1),
                (_, '\n') => return None,
                (_, letter) => value.push(letter),
            }
        };
        if !is_name(name) || found.iter().any(|(other, _)| other == name) {
            return None;
        }
        found.push((name.to_owned(), value));
        rest = behind[end + 1..].strip_prefix(',').unwrap_or(&behind[end + 1..]);
    }
    Some(found)
}

/// Buckets rise, and the last has all.
fn histograms(samples: &Samples) {
    let mut buckets: BTreeMap<String, Vec<(f64, f64)>> = BTreeMap::new();
    for (name, value) in samples.iter().filter(|(name, _)| name.contains("_bucket{")) {
        let labels = labels(name).expect("labels");
        let (le, others): (Vec<_>, Vec<_>) = labels.into_iter().partition(|(name, _)| name == "le");
        let others = others.iter().map(|(name, value)| format!("{name}=\"{value}\""));
        let others = others.collect::<Vec<_>>().join(",");
        let base = name.split("_bucket").next().expect("a name");
        let of = if others.is_empty() {
            format!("{base}_count")
        } else {
            format!("{base}_count{{{others}}}")
        };
        let le = match le[0].1.as_str() {
            "+Inf" => f64::INFINITY,
            number => number.parse().expect("a number"),
        };
        buckets.entry(of).or_default().push((le, *value));
    }
    for (count, mut steps) in buckets {
        steps.sort_by(|one, other| one.0.total_cmp(&other.0));
        assert!(steps.windows(2).all(|two| two[0].1 <= two[1].1), "{count}: {steps:?}");
        let last = steps.last().expect("a bucket");
        assert!(last.0.is_infinite() && last.1 == samples[&count], "{count}: {steps:?}");
    }
}
