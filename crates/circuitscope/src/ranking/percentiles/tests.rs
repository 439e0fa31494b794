use super::*;
use crate::ranking::made::{self, class, conditions, recording};
use crate::ranking::{RankingError, Recording};
use crate::stream::of_draw;
use rand::RngExt;
use rand_distr::StandardNormal;

#[test]
fn a_number_stands_where_numpy_puts_it() {
    // NumPy 2.4: median and quantiles of the ten numbers; four of them are below 0.3, one is equal.
    let worlds = [vec![0.1, 0.4, 0.3, 0.9, 0.2], vec![0.15, 0.5, 0.35, 0.7, 0.25]];
    let Standing { median, range, percentile, p } = Standing::of(0.3, &worlds).expect("networks");
    let close = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    close(median, 0.325);
    close(range[0], 0.11125);
    close(range[1], 0.855);
    close(percentile, 0.45);
    // Half of the five networks of a world are as low, on average over worlds: (2.5 + 1)/6, twice.
    close(p, 1.0);
    let far = Standing::of(-1.0, &worlds).expect("networks");
    close(far.percentile, 0.0);
    close(far.p, 2.0 / 6.0);
    assert!(Standing::of(0.3, &[Vec::new(), Vec::new()]).is_none());
    assert!(Standing::of(0.3, &[]).is_none());
}

#[test]
fn percentiles_of_a_further_network_are_uniform_and_its_p_keeps_its_level() {
    /// Networks of the class, worlds, and further networks that are tried.
    const N: usize = 20;
    const W: usize = 8;
    const N_DRAWS: u64 = 4000;
    // How much two observations of one network differ, over how much networks do.
    for noise in [0.0, 1.0, 3.0] {
        let drawn = |draw: u64| {
            let mut rng = of_draw(3, draw);
            let mut normal = || rng.sample::<f64, _>(StandardNormal);
            let networks: Vec<f64> = (0..=N).map(|_| normal()).collect();
            let mut observed = |network: usize| networks[network] + noise * normal();
            let value = observed(N);
            let worlds: Vec<Vec<f64>> = (0..W).map(|_| (0..N).map(&mut observed).collect()).collect();
            Standing::of(value, &worlds).expect("networks")
        };
        let standings: Vec<Standing> = (0..N_DRAWS).map(drawn).collect();
        let share = |is_counted: &dyn Fn(&Standing) -> bool| {
            standings.iter().filter(|standing| is_counted(standing)).count() as f64 / N_DRAWS as f64
        };
        for tenth in 1..10 {
            let level = f64::from(tenth) / 10.0;
            let below = share(&|standing| standing.percentile < level);
            // Ranks among 20 are a twenty-first apart at most; four standard errors.
            let allowed = 1.0 / (N + 1) as f64 + 4.0 * (level * (1.0 - level) / N_DRAWS as f64).sqrt();
            assert!((below - level).abs() < allowed, "{noise}: {below} below {level}");
        }
        for level in [0.1, 0.2, 0.5] {
            let found = share(&|standing| standing.p <= level);
            assert!(
                found < level + 4.0 * (level * (1.0 - level) / N_DRAWS as f64).sqrt(),
                "{noise}: {found}"
            );
        }
    }
}

fn of(kept: &[usize]) -> Conditions {
    Conditions {
        factors: conditions().select(ndarray::Axis(0), kept),
        has_contexts: Contexts::Two { onset: 0 },
        decision: Epoch::new(40, 60),
    }
}

fn found(recording: &Recording, kept: &[usize]) -> Result<Percentiles, RankingError> {
    let classes = [class("line", 0.0, kept, 100), class("sheet", 1.0, kept, 200)];
    Matched::new(recording, &classes, 1)?.percentiles(&of(kept), 4, &|| ())
}

#[test]
fn a_recording_lies_within_its_own_class_and_at_the_end_of_one_that_differs() {
    let all: Vec<usize> = (0..18).collect();
    let recordings: Vec<Percentiles> =
        (1..=6).map(|seed| found(&recording(1.0, &all, seed), &all).expect("a recording")).collect();
    assert!(recordings.iter().all(|found| found.not_taken.is_empty()));
    assert_eq!(recordings[0].rows.len(), 2 * allowed_by_responses(Contexts::Two { onset: 0 }).count());
    for measure in [Measure::SheetIndex, Measure::IrrelevantShare, Measure::IrrelevantInformation] {
        let of = |class| -> Vec<&Percentile> {
            let rows = recordings.iter().flat_map(|found| &found.rows);
            rows.filter(|row| row.measure == measure && row.class == class).collect()
        };
        let (line, sheet) = (of(0), of(1));
        for row in line {
            assert_eq!((row.percentile, row.p, row.n_networks), (1.0, 2.0 / 9.0, 8), "{row:?}");
            assert!(row.range[0] < row.median && row.median < row.range[1] && row.range[1] < row.value);
        }
        // Six uniform numbers have a mean within three standard errors of a half.
        let mean = sheet.iter().map(|row| row.percentile).sum::<f64>() / 6.0;
        assert!((mean - 0.5).abs() < 3.0 / 72.0_f64.sqrt(), "{measure:?}: {mean}");
    }
}

#[test]
fn neither_gains_nor_baselines_matter_but_for_the_radii_of_units_which_are_rates() {
    let all: Vec<usize> = (0..18).collect();
    let plain = recording(1.0, &all, 7);
    let changed = made::changed(plain.clone(), |neuron, count| (1.0 + neuron as f64) * (count - 30.0));
    let [plain, changed] = [&plain, &changed].map(|one| found(one, &all).expect("a recording"));
    let of_units = |row: &&Percentile| row.of == Of::Units;
    let n_of_units = plain.rows.iter().filter(of_units).count();
    assert_eq!(changed.not_taken.len(), n_of_units / 2);
    assert!(changed.not_taken.iter().all(|not_taken| not_taken.lacking == Lacking::Rates));
    for row in &changed.rows {
        let same = plain.rows.iter().find(|other| other.measure == row.measure && other.class == row.class);
        let same = same.expect("a row").value;
        assert!((same - row.value).abs() < 1e-6 * same.abs().max(1.0), "{row:?} {same}");
    }
    // One gain for all is that of the unit of time.
    let in_hz = made::changed(recording(1.0, &all, 7), |_, count| 100.0 * count);
    let in_hz = found(&in_hz, &all).expect("a recording");
    for (row, same) in in_hz.rows.iter().zip(&plain.rows) {
        assert!((same.value - row.value).abs() < 1e-6 * same.value.abs().max(1.0), "{row:?} {same:?}");
    }
}

#[test]
fn a_measure_that_conditions_do_not_allow_says_why() {
    let lacking = |kept: &[usize]| -> BTreeMap<Measure, Lacking> {
        let found = found(&recording(1.0, kept, 7), kept).expect("a recording");
        found.not_taken.into_iter().map(|NotTaken { measure, lacking }| (measure, lacking)).collect()
    };
    // One context.
    let one = lacking(&(0..9).collect::<Vec<_>>());
    assert_eq!(one.len(), 11);
    assert!(one.values().all(|lacking| *lacking == Lacking::Context), "{one:?}");
    // Any three ends lie in a plane.
    let three = lacking(&[0, 4, 8]);
    assert_eq!((three.len(), three[&Measure::PlaneShare]), (12, Lacking::FourConditions));
    // Without one condition of the first context its counterpart is alone.
    let unpaired = lacking(&(1..18).collect::<Vec<_>>());
    let alone = Lacking::Counterparts { n: 1 };
    assert_eq!(
        unpaired,
        BTreeMap::from([(Measure::ExchangeResidual, alone), (Measure::WingResidual, alone)])
    );
    // Congruent stimuli alone: motion and colour coherence are one.
    let congruent = lacking(&[0, 4, 8, 9, 13, 17]);
    let coherences = [
        Measure::EvidenceAlongAxis,
        Measure::IrrelevantShare,
        Measure::SheetIndex,
        Measure::IrrelevantInformation,
    ];
    let expected: BTreeMap<Measure, Lacking> =
        coherences.into_iter().map(|measure| (measure, Lacking::Coherences)).collect();
    assert_eq!(congruent, expected);
}

#[test]
fn noise_has_no_measures_and_threads_change_no_bit() {
    let all: Vec<usize> = (0..18).collect();
    let recording = recording(1.0, &all, 7);
    let on = |n_threads| {
        let threads = rayon::ThreadPoolBuilder::new().num_threads(n_threads).build().expect("threads");
        format!("{:?}", threads.install(|| found(&recording, &all)).expect("a recording"))
    };
    assert_eq!(on(1), on(3));
    let mut rng = of_draw(1, 1);
    let noise = made::changed(recording, |_, _| rng.sample(StandardNormal));
    let found = found(&noise, &all);
    assert_eq!(found, Ok(Percentiles::default()));
}
