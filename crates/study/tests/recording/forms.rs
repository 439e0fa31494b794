//! Recordings as single trials, split halves and condition means: read alike, refused where they do not fit, and ranked alike.

use super::ranked::{DESIGN, Ensemble, Said, VERDICT, judged, ranked, said};
use super::written::Npz;
use super::{assert_says, made};
use circuitscope::ranking::{Effort, Form, Measure, Ranking, Recording, errors_of_counts};
use circuitscope_study::import::recording::{Labelled, Layout, Repeats, labelled};
use miette::Diagnostic;
use ndarray::{Array1, Array2, Array3, Axis, arr0, s};
use safetensors::tensor::{Dtype, TensorView};
use std::path::Path;
use tempfile::tempdir;

/// A file that NumPy or pyarrow wrote.
fn read(name: &str) -> Labelled {
    read_as(name, Layout::default())
}

fn read_as(name: &str, layout: Layout) -> Labelled {
    labelled(&made(name), layout).unwrap_or_else(|error| panic!("{name}: {error:?}"))
}

/// Means over these of the four trials of each condition, and their standard errors.
fn means(trials: &Array3<f64>, places: &[usize]) -> [Array3<f64>; 2] {
    let (n_units, n_steps, n_trials) = trials.dim();
    let of = |which: &dyn Fn(&[f64]) -> f64| {
        Array3::from_shape_fn((n_units, n_steps, n_trials / 4), |(n, t, condition)| {
            which(&places.iter().map(|place| trials[[n, t, 4 * condition + place]]).collect::<Vec<_>>())
        })
    };
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let error = |values: &[f64]| {
        let squares: f64 = values.iter().map(|value| (value - mean(values)).powi(2)).sum();
        (squares / (values.len() as f64 - 1.0) / values.len() as f64).sqrt()
    };
    [of(&mean), of(&error)]
}

#[track_caller]
fn assert_near(found: &Array3<f64>, expected: &Array3<f64>) {
    assert_eq!(found.dim(), expected.dim());
    let largest = (found - expected).iter().fold(0.0_f64, |largest, x| largest.max(x.abs()));
    assert!(largest < 1e-12, "{largest}"); // sums of four counts in another order
}

#[test]
fn every_form_that_numpy_writes_is_read_as_the_trials_that_it_was_made_of() {
    let trials = read("form_trials.npz");
    assert_eq!((trials.responses.dim(), &trials.repeats), ((12, 10, 20), &Repeats::SingleTrials));
    let [whole, errors] = means(&trials.responses, &[0, 1, 2, 3]);

    let halves = read("form_halves.npz");
    assert_near(&halves.responses, &whole);
    let Repeats::SplitHalves { halves: [a, b], n_trials: Some([of_a, of_b]) } = &halves.repeats else {
        panic!("{:?}", halves.repeats);
    };
    assert_near(a, &means(&trials.responses, &[0])[0]);
    assert_near(b, &means(&trials.responses, &[1, 2, 3])[0]);
    assert_eq!((of_a, of_b), (&Array2::from_elem((12, 5), 1), &Array2::from_elem((12, 5), 3)));
    assert_says(&halves.notes.join("; "), &["means over two halves of the trials"]);

    for name in ["form_sem.npz", "form_sem.parquet"] {
        let read = read(name);
        assert_near(&read.responses, &whole);
        let Repeats::ConditionMeans { errors: found, n_trials } = &read.repeats else { panic!("{name}") };
        assert_near(found, &errors);
        assert_eq!(n_trials, &Some(Array2::from_elem((12, 5), 4)), "{name}");
        assert_eq!(read.conditions, [("value".to_owned(), vec![0.0, 0.25, 0.5, 0.75, 1.0])]);
        assert_says(&read.notes.join("; "), &["standard errors `sem`", "independent between steps"]);
    }

    let mut repeats = Array2::from_elem((12, 5), 4);
    repeats[[3, 1]] = 2;
    let of_counts = |read: &Labelled, mean_per_count: f64, factor: &dyn Fn(usize) -> f64| {
        assert_near(&read.responses.mapv(|rate| rate / mean_per_count), &whole);
        let Repeats::ConditionMeans { errors, n_trials } = &read.repeats else {
            panic!("{:?}", read.repeats)
        };
        assert_eq!(n_trials.as_ref(), Some(&repeats));
        let expected = Array3::from_shape_fn(whole.dim(), |(n, t, c)| {
            // The variance of a count is the factor times its mean.
            mean_per_count * (factor(n) * whole[[n, t, c]] / repeats[[n, c]] as f64).sqrt()
        });
        assert_near(&(errors / mean_per_count), &(expected / mean_per_count));
    };
    let fano = read("form_fano.npz");
    of_counts(&fano, 50.0, &|unit| 0.5 + 1.1 * unit as f64 / 11.0);
    assert_says(&fano.notes.join("; "), &["mean spikes per second", "`fano` times their mean"]);
    let transposed = read_as("form_btn.npz", "BTN".parse().unwrap());
    of_counts(&transposed, 1.0, &|_| 1.5);
    assert_says(&transposed.notes.join("; "), &["mean spikes per step"]);
}

#[test]
fn halves_in_safetensors_are_a_recording() {
    let folder = tempdir().unwrap();
    let path = folder.path().join("halves.safetensors");
    let [a, b] = [1.0, 3.0].map(|value| Array3::from_elem((2, 3, 4), value));
    let bytes = |array: &Array3<f64>| array.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<u8>>();
    let values = Array3::from_shape_fn((1, 1, 4), |(_, _, condition)| condition as f64);
    let arrays = [
        ("responses_a", vec![2, 3, 4], bytes(&a)),
        ("responses_b", vec![2, 3, 4], bytes(&b)),
        ("condition_value", vec![4], bytes(&values)),
    ];
    let view = |shape: &Vec<usize>, bytes| TensorView::new(Dtype::F64, shape.clone(), bytes).unwrap();
    let views = arrays.iter().map(|(name, shape, bytes)| (*name, view(shape, bytes.as_slice())));
    std::fs::write(&path, safetensors::serialize(views, None).unwrap()).unwrap();
    let read = labelled(&path, Layout::default()).unwrap();
    assert_eq!(read.responses, Array3::from_elem((2, 3, 4), 2.0));
    assert_eq!(read.repeats, Repeats::SplitHalves { halves: [a, b], n_trials: None });
    assert_says(&read.notes.join("; "), &["both halves are taken to have as many trials"]);
}

/// What a file with these arrays is answered with.
fn refused(folder: &Path, fill: impl FnOnce(&mut Npz)) -> String {
    let path = folder.join("means.npz");
    let mut file = Npz::default();
    fill(&mut file);
    file.write(&path);
    let error = labelled(&path, Layout::default()).unwrap_err();
    format!("{error} | {}", error.help().unwrap())
}

#[test]
fn means_whose_noise_is_not_given_or_does_not_fit_are_refused_with_a_remedy() {
    let folder = tempdir().unwrap();
    let means = Array3::from_shape_fn((12, 10, 3), |(n, t, c)| (n + t + c) as f64);
    let values = Array1::from_vec(vec![0.0, 0.5, 1.0]);
    let errors = means.mapv(|_| 0.5);
    let with = |more: &dyn Fn(&mut Npz)| {
        refused(folder.path(), |file| {
            file.add("responses", &means);
            file.add("condition_value", &values);
            more(file);
        })
    };
    let halves = |more: &dyn Fn(&mut Npz)| {
        refused(folder.path(), |file| {
            file.add("responses_a", &means);
            file.add("condition_value", &values);
            more(file);
        })
    };
    let counts = Array1::from_vec(vec![3_i64, 4, 5]);
    let changed = |place: [usize; 3], value: f64| {
        let mut array = errors.clone();
        array[place] = value;
        array
    };
    assert_says(
        &with(&|file| file.add("n_trials", &counts)),
        &["nothing says how much noise is left", "add `sem`", "`fano`", "`responses_a` and `responses_b`"],
    );
    for (fill, expected) in [
        (
            &(|file: &mut Npz| file.add("sem", &errors.slice(s![.., ..9, ..]))) as &dyn Fn(&mut Npz),
            "`sem` has shape [12, 9, 3], expected [12, 10, 3]",
        ),
        (&|file| file.add("sem", &changed([1, 2, 0], -0.5)), "`sem` at [1, 2, 0] is -0.5"),
        (&|file| file.add("sem", &changed([1, 2, 0], f64::INFINITY)), "`sem` at [1, 2, 0] is inf"),
        (&|file| file.add("fano", &arr0(1.0)), "`fano` is there, but not the number of trials"),
    ] {
        assert_says(&with(fill), &[expected]);
    }
    let fano = |name: &'static str, factor: Array1<f64>| {
        with(&move |file| {
            file.add(name, &factor);
            file.add("n_trials", &Array1::from_vec(vec![3_i64, 4, 5]));
        })
    };
    assert_says(
        &fano("fano", Array1::from_elem(1, 1.0)),
        &["time between two steps", "add `dt_ms`", "`fano_counts`"],
    );
    assert_says(&fano("fano_counts", Array1::from_elem(1, 0.0)), &["`fano_counts` at [0] is 0", "above 0"]);
    assert_says(&fano("fano_counts", Array1::from_elem(1, f64::NAN)), &["`fano_counts` at [0] is NaN"]);
    assert_says(
        &fano("fano_counts", Array1::from_elem(5, 1.0)),
        &["has shape [5], expected one number or [12]"],
    );
    let counted = |counts: &dyn Fn(&mut Npz)| {
        with(&|file| {
            file.add("sem", &errors);
            counts(file);
        })
    };
    let trials =
        |counts: Vec<f64>| counted(&move |file| file.add("n_trials", &Array1::from_vec(counts.clone())));
    assert_says(&trials(vec![3.0, 4.0]), &["`n_trials` has shape [2]", "[12, 3]"]);
    assert_says(
        &trials(vec![3.0, 0.0, 4.0]),
        &["`n_trials` of unit 0, condition 1 is 0, but there is a mean"],
    );
    assert_says(&trials(vec![3.0, 2.5, 4.0]), &["something else than whole numbers"]);
    assert_says(&trials(vec![3.0, f64::NAN, 4.0]), &["something else than whole numbers"]);
    assert_says(
        &counted(&|file| file.add("fano", &arr0(1.0))),
        &["`sem` stands beside `fano`", "leave one out"],
    );
    assert_says(
        &counted(&|file| file.add("n_trials_a", &counts)),
        &["`n_trials_a` is there, but no means over halves"],
    );
    assert_says(
        &counted(&|file| file.add("lengths", &counts)),
        &["`lengths` is there, but responses are means"],
    );

    assert_says(&halves(&|_| ()), &["the array `responses_b` is missing", "both halves"]);
    let both = |more: &dyn Fn(&mut Npz)| {
        halves(&|file| {
            file.add("responses_b", &means);
            more(file);
        })
    };
    assert_says(
        &halves(&|file| file.add("responses_b", &means.slice(s![.., .., ..2]))),
        &["`responses_b` has shape [12, 10, 2]"],
    );
    assert_says(
        &halves(&|file| file.add("responses_b", &changed([0, 1, 2], f64::INFINITY))),
        &["`responses_b` at [0, 1, 2] is inf"],
    );
    assert_says(&both(&|file| file.add("sem", &errors)), &["`sem` stands beside `responses_a`"]);
    assert_says(&both(&|file| file.add("responses", &means)), &["`responses` stands beside `responses_a`"]);
    assert_says(
        &both(&|file| file.add("n_trials_a", &counts)),
        &["one of `n_trials_a` and `n_trials_b` is missing"],
    );
}

/// A recording of single trials as means over halves of its trials, as means with standard errors, and as means of counts whose
/// variance is their mean; the trials of a condition stand together.
fn forms(recording: &Recording) -> [Recording; 4] {
    let Form::SingleTrials { responses, conditions } = &recording.form else { panic!("single trials") };
    let n_conditions = conditions.iter().max().unwrap() + 1;
    let n = conditions.len() / n_conditions;
    let of = |which: std::ops::Range<usize>| {
        let columns: Vec<_> = (0..n_conditions)
            .map(|c| {
                responses
                    .slice(s![.., .., c * n + which.start..c * n + which.end])
                    .mean_axis(Axis(2))
                    .unwrap()
            })
            .collect();
        ndarray::stack(Axis(2), &columns.iter().map(|column| column.view()).collect::<Vec<_>>()).unwrap()
    };
    let deviations: Vec<_> = (0..n_conditions)
        .map(|c| responses.slice(s![.., .., c * n..(c + 1) * n]).std_axis(Axis(2), 1.0) / (n as f64).sqrt())
        .collect();
    let errors =
        ndarray::stack(Axis(2), &deviations.iter().map(|column| column.view()).collect::<Vec<_>>()).unwrap();
    let (means, n_units) = (of(0..n), responses.dim().0);
    let trials = Array2::from_elem((n_units, n_conditions), n);
    let of_counts = errors_of_counts(&means, &vec![1.0; n_units], &trials, 1.0);
    [
        recording.form.clone(),
        Form::SplitHalves { halves: [of(0..n / 2), of(n / 2..n)], n_trials: None },
        Form::ConditionMeans { means: means.clone(), errors, n_trials: Some(trials.clone()) },
        Form::ConditionMeans { means, errors: of_counts, n_trials: Some(trials) },
    ]
    .map(|form| Recording { form, alignment: recording.alignment.clone() })
}

/// Mean logarithm of the widths of intervals over those of another ranking.
fn wider(ranking: &Ranking, other: &Ranking) -> f64 {
    let ratios = ranking
        .distances
        .iter()
        .zip(&other.distances)
        .map(|(a, b)| ((a.interval[1] - a.interval[0]) / (b.interval[1] - b.interval[0])).ln());
    ratios.sum::<f64>() / ranking.distances.len() as f64
}

#[test]
fn a_recording_has_the_same_verdict_in_every_form() {
    let ensemble = Ensemble::of("memory_number");
    for (class, seed) in [(0, 1), (4, 3)] {
        let classes = ensemble.without(Some((class, 0)), None);
        let group = ensemble.group(class);
        let found = forms(&ensemble.recording(class, 0, DESIGN, seed)).map(|form| {
            let effort = Effort { n_draws: 60, ..VERDICT };
            ranked(&form, &classes, effort, seed)
        });
        for (form, ranking) in found.iter().enumerate() {
            assert_eq!(
                said(ranking, &classes, Some(group)),
                Said::Right,
                "{group}, form {form}: {:?}",
                ranking.p
            );
            // Of sixty neurons one split knows the correlation to about 0.02.
            let difference = ranking.reliability - found[0].reliability;
            assert!(difference.abs() < 0.05, "{group}, form {form}: {difference}");
            // Sixty draws know the ends of an interval to a third of a standard deviation each, as widths to one in eight.
            let wider = wider(ranking, &found[0]);
            assert!(wider.abs() < 0.25, "{group}, form {form}: {wider}");
        }
    }
}

#[test]
#[ignore = "minutes; verdicts and coverage by form, to be read with --nocapture"]
#[allow(clippy::print_stdout, reason = "what it measures")]
fn rates_by_form() {
    let number = |name: &str, default: usize| {
        std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
    };
    let task = std::env::var("TASK").unwrap_or_else(|_| "memory_number".to_owned());
    let ensemble = Ensemble::of(&task);
    for draw in 0..number("RECORDINGS", 18) {
        let (class, place) = (draw % ensemble.names.len(), draw / ensemble.names.len() % 10);
        let classes = ensemble.without(Some((class, place)), None);
        let found = forms(&ensemble.recording(class, place, DESIGN, draw as u64))
            .map(|form| judged(&form, &classes, draw as u64));
        let group = ensemble.group(class);
        let told = found.each_ref().map(|ranking| said(ranking, &classes, Some(group)));
        let own = found.each_ref().map(|ranking| ranking.p[class]);
        println!(
            "{}: {told:?}, own p {own:.3?}, reliability {:.3?}",
            ensemble.names[class],
            found.map(|r| r.reliability)
        );
    }
    // Recordings of one network beside the others: how often an interval holds the mean distance of all of them.
    let (n, class) = (number("REPEATS", 20), 4);
    let classes = ensemble.without(Some((class, 0)), None);
    let effort = Effort { n_worlds: 2, n_draws: number("DRAWS", 60), n_power_worlds: 0 };
    let found: Vec<[Ranking; 4]> = (0..n)
        .map(|draw| {
            let recording = ensemble.recording(class, 0, DESIGN, 1000 + draw as u64);
            // The same worlds for all: only neurons and spikes differ.
            forms(&recording).map(|form| ranked(&form, &classes, effort, 1))
        })
        .collect();
    for form in 0..4 {
        let [mut covered, mut width, mut deviation] = [0.0; 3];
        let n_rows = Measure::ALL.len() * classes.len();
        for row in 0..n_rows {
            let rows: Vec<_> = found.iter().map(|of| &of[form].distances[row]).collect();
            let mean = rows.iter().map(|row| row.distance).sum::<f64>() / n as f64;
            let squares: f64 = rows.iter().map(|row| (row.distance - mean).powi(2)).sum();
            let sd = (squares / (n as f64 - 1.0)).sqrt();
            for found in rows {
                let [low, high] = found.interval;
                covered += f64::from(u8::from(low <= mean && mean <= high)) / (n * n_rows) as f64;
                width += (high - low) / 3.92 / sd / (n * n_rows) as f64;
            }
            deviation += sd / mean / n_rows as f64;
        }
        println!(
            "form {form}: intervals hold the mean in {covered:.3}, their width is {width:.2} of that of recordings, which vary by \
             {deviation:.4}"
        );
    }
}
