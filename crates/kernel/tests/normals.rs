//! The noise is Gaussian, independent along every coordinate, and the same on every path.

use circuitscope_kernel::KernelPath;
use circuitscope_kernel::random::Normals;

/// Numbers of one iteration as `[pair, step][even | odd]` rows of `n_rows`.
fn sample(seed: u64, iteration: u64, n_pairs: usize, n_steps: usize, n_rows: usize) -> Vec<f32> {
    let normals = Normals::new(seed, iteration);
    let path = KernelPath::detect();
    let mut all = vec![0.0; n_pairs * n_steps * 2 * n_rows];
    for (cell, rows) in all.chunks_exact_mut(2 * n_rows).enumerate() {
        let (even, odd) = rows.split_at_mut(n_rows);
        normals.fill(path, cell / n_steps, cell % n_steps, even, odd);
    }
    all
}

/// Mean of the products, in standard errors of independent numbers.
fn correlation(a: &[f32], b: &[f32]) -> f64 {
    let products = a.iter().zip(b).map(|(&x, &y)| f64::from(x) * f64::from(y));
    products.sum::<f64>() / (a.len() as f64).sqrt()
}

/// Standard errors that no fair statistic of a fixed seed should pass (p = 6e-7 a test).
const BOUND: f64 = 5.0;

#[test]
fn the_vectorised_fill_is_the_scalar_reference_bit_for_bit() {
    let normals = Normals::new(7, 11);
    for path in KernelPath::available() {
        for (pair, step, n_rows) in [(0, 0, 1), (3, 17, 106), (224, 299, 40), (1 << 20, 5, 16)] {
            let (mut even, mut odd) = (vec![0.0; n_rows], vec![0.0; n_rows]);
            normals.fill(path, pair, step, &mut even, &mut odd);
            for row in 0..n_rows {
                let expected = [normals.draw(2 * pair, step, row), normals.draw(2 * pair + 1, step, row)];
                let found = [even[row], odd[row]];
                if path == KernelPath::Portable {
                    // Unfused polynomials differ in the last places.
                    assert!(found.iter().zip(expected).all(|(x, y)| (x - y).abs() < 3e-6), "{row}");
                } else {
                    assert_eq!(found.map(f32::to_bits), expected.map(f32::to_bits), "{path:?} {row}");
                }
            }
        }
    }
}

#[test]
fn moments_are_those_of_a_standard_normal() {
    let numbers = sample(1, 0, 100, 100, 112);
    let n = numbers.len() as f64;
    let moment = |power: i32| numbers.iter().map(|&x| f64::from(x).powi(power)).sum::<f64>() / n;
    // Expected value and variance of x, x², x³, x⁴ and x⁶ (moments of a normal: 1, 3, 15, 105, 945, 10395).
    for (power, mean, variance) in
        [(1, 0.0, 1.0), (2, 1.0, 2.0), (3, 0.0, 15.0), (4, 3.0, 96.0), (6, 15.0, 10_170.0)]
    {
        let error = (moment(power) - mean) / (variance / n).sqrt();
        assert!(error.abs() < BOUND, "moment {power} is {error} standard errors off");
    }
}

#[test]
fn the_distribution_function_is_normal_out_to_the_tails() {
    // Φ at 0.5, 1, 2, 3, 4 and 4.5 standard deviations (Abramowitz & Stegun, table 26.1 and 26.2).
    const UPPER: [(f32, f64); 6] = [
        (0.5, 0.308_537_538_726),
        (1.0, 0.158_655_253_931),
        (2.0, 0.022_750_131_948),
        (3.0, 1.349_898_032e-3),
        (4.0, 3.167_124_183e-5),
        (4.5, 3.397_673_125e-6),
    ];
    let numbers = sample(2, 9, 300, 200, 112);
    let n = numbers.len() as f64;
    for (bound, share) in UPPER {
        for sign in [1.0, -1.0] {
            let count = numbers.iter().filter(|&&x| sign * x > bound).count() as f64;
            let error = (count - n * share) / (n * share * (1.0 - share)).sqrt();
            assert!(error.abs() < BOUND, "beyond {bound} × {sign}: {error} standard errors off");
        }
    }
}

#[test]
fn a_hundred_equal_bins_are_equally_full_for_every_row() {
    // χ² of 100 bins has mean 99 and variance 198. Rows are tested alone: a weak mix of the row index would show here.
    let n_rows = 24;
    let numbers = sample(3, 1, 200, 100, n_rows);
    let mut sorted = numbers.clone();
    sorted.sort_by(f32::total_cmp);
    let edges: Vec<f32> = (1..100).map(|i| sorted[i * sorted.len() / 100]).collect();
    for row in 0..n_rows {
        let mut counts = [0.0_f64; 100];
        let of_row = numbers.iter().skip(row).step_by(n_rows);
        for x in of_row {
            counts[edges.partition_point(|edge| edge <= x)] += 1.0;
        }
        let expected = numbers.len() as f64 / n_rows as f64 / 100.0;
        let chi_square: f64 = counts.iter().map(|count| (count - expected).powi(2) / expected).sum();
        assert!((chi_square - 99.0) / 198.0_f64.sqrt() < BOUND, "row {row}: {chi_square}");
    }
}

#[test]
fn neighbours_along_every_coordinate_are_uncorrelated() {
    let (n_pairs, n_steps, n_rows) = (60, 60, 112);
    let numbers = sample(4, 2, n_pairs, n_steps, n_rows);
    let cell = 2 * n_rows;
    let squares: Vec<f32> = numbers.iter().map(|x| (x * x - 1.0) / 2.0_f32.sqrt()).collect();
    for (what, values) in [("numbers", &numbers), ("squares", &squares)] {
        for (along, lag) in [
            ("units", 1),
            ("units two apart", 2),
            ("a block", 16),
            ("trials of a pair", n_rows),
            ("steps", cell),
            ("pairs", n_steps * cell),
        ] {
            let z = correlation(&values[lag..], &values[..values.len() - lag]);
            assert!(z.abs() < BOUND, "{what} along {along}: {z} standard errors");
        }
    }
}

#[test]
fn iterations_and_seeds_are_unrelated() {
    let base = sample(5, 3, 40, 40, 112);
    for (seed, iteration) in [(5, 4), (6, 3), (3, 5), (4, 4), (5, 3 + (1 << 32)), (5 + (1 << 32), 3)] {
        let other = sample(seed, iteration, 40, 40, 112);
        let z = correlation(&base, &other);
        assert!(z.abs() < BOUND, "seed {seed}, iteration {iteration}: {z} standard errors");
        assert!(base.iter().zip(&other).filter(|(a, b)| a == b).count() < 5);
    }
}

#[test]
fn no_two_cells_share_their_numbers() {
    // Shifted copies would show as equal numbers: 400 000 float32 draws hold few by chance.
    let mut radii: Vec<u64> = sample(6, 0, 50, 50, 80)
        .chunks_exact(160)
        .flat_map(|rows| {
            (0..80).map(|i| u64::from(rows[i].to_bits()) << 32 | u64::from(rows[i + 80].to_bits()))
        })
        .collect();
    radii.sort_unstable();
    let repeated = radii.windows(2).filter(|pair| pair[0] == pair[1]).count();
    assert_eq!(repeated, 0);
}
