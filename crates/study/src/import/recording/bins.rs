//! Responses smoothed along time, and everything averaged over bins of time.

use super::fault::Fault;
use super::mask::Mask;
use super::parts::Parts;
use super::reading::{Quantity, Reading};
use ndarray::{Array3, Axis};

/// Standard deviations beyond which the Gaussian is cut off, as in `scipy.ndimage.gaussian_filter1d`.
const REACH: f64 = 4.0;

/// Smooths and bins a recording as asked for; counts become rates in spikes per second.
///
/// - `dt_ms`: time between two steps.
/// - Returns the recording and the time between two of its steps, which is the bin's width where there are bins.
pub(super) fn read_as(mut parts: Parts, dt_ms: f64, reading: &Reading) -> Result<(Parts, f64), Fault> {
    let is_whole = |y: &f64| y.is_nan() || (*y >= 0.0 && y.fract() == 0.0);
    let is_asked = reading.bin_ms.is_some() || reading.smooth_ms.is_some();
    let has_counts = match reading.quantity {
        Quantity::Counts => true,
        Quantity::Rates => false,
        Quantity::Recognised => is_asked && parts.rates.iter().all(is_whole),
    };
    if has_counts {
        if let Some((at, &found)) = parts.rates.indexed_iter().find(|(_, y)| **y < 0.0) {
            let reason = format!("{} is {found}, below a count of 0", parts.origin.place(0, at.into()));
            return Err(Fault::new(reason, "read responses below 0 with `--values rates`"));
        }
        parts.rates.mapv_inplace(|y| y * 1000.0 / dt_ms);
        let why = if reading.quantity == Quantity::Counts { "" } else { "whole numbers throughout, so " };
        parts.notes.push(format!(
            "responses are {why}spike counts per step, here in spikes per second (`--values rates` leaves them as they are)"
        ));
    }
    let longest = parts.lengths.iter().max().copied().unwrap_or(0) as f64 * dt_ms;
    if let Some(smooth_ms) = reading.smooth_ms {
        let is_right = smooth_ms > 0.0 && smooth_ms < longest;
        if !is_right {
            let reason = format!(
                "`--smooth` is {smooth_ms} ms, expected more than 0 and less than a trial, {longest} ms"
            );
            return Err(Fault::new(reason, "give the standard deviation of a Gaussian in ms"));
        }
        smooth(&mut parts.rates, smooth_ms / dt_ms);
    }
    let Some(bin_ms) = reading.bin_ms else { return Ok((parts, dt_ms)) };
    let width = (bin_ms / dt_ms).round();
    // A thousandth of a step: 33.3 ms are a hundred steps of 0.333 ms.
    if !(bin_ms > 0.0 && width >= 1.0 && (bin_ms / dt_ms - width).abs() < 1e-3) {
        let reason = format!("`--bin` is {bin_ms} ms, expected a whole number of steps of {dt_ms} ms");
        return Err(Fault::new(reason, format!("give a multiple of {dt_ms} ms, such as {}", 10.0 * dt_ms)));
    }
    let width = width as usize;
    let shortest = parts.lengths.iter().enumerate().min_by_key(|(_, length)| **length);
    if let Some((trial, &length)) = shortest.filter(|(_, length)| **length < width) {
        let reason = format!(
            "`--bin` is {bin_ms} ms, longer than trial {}, which has {} ms",
            parts.origin.trial(trial),
            length as f64 * dt_ms
        );
        return Err(Fault::new(reason, "give shorter bins, or leave out trials as short as this"));
    }
    if longest < 2.0 * bin_ms {
        let reason =
            format!("`--bin` is {bin_ms} ms, expected at least two bins in the longest trial, {longest} ms");
        return Err(Fault::new(reason, "give shorter bins"));
    }
    Ok((binned(parts, width), bin_ms))
}

/// Smooths responses `[N, T, B]` along time by a Gaussian of `sd` steps, each over what was recorded within reach; what
/// is missing stays missing.
fn smooth(rates: &mut Array3<f64>, sd: f64) {
    let reach = (REACH * sd + 0.5) as usize;
    let weights: Vec<f64> = (0..=reach).map(|lag| (-0.5 * (lag as f64 / sd).powi(2)).exp()).collect();
    for mut course in rates.lanes_mut(Axis(1)) {
        let recorded = course.to_vec();
        for (t, y) in course.iter_mut().enumerate().filter(|(_, y)| !y.is_nan()) {
            let (mut sum, mut weight) = (0.0, 0.0);
            for s in t.saturating_sub(reach)..=(t + reach).min(recorded.len() - 1) {
                if !recorded[s].is_nan() {
                    sum += weights[t.abs_diff(s)] * recorded[s];
                    weight += weights[t.abs_diff(s)];
                }
            }
            *y = sum / weight;
        }
    }
}

/// Means over bins of `width` steps, of responses over what was recorded; steps that fill no bin are left out.
fn binned(parts: Parts, width: usize) -> Parts {
    let Parts { rates, inputs, outputs, mask, lengths, mut notes, .. } = parts;
    let n_left: usize = lengths.iter().map(|length| length % width).max().unwrap_or(0);
    if n_left > 0 {
        notes.push(format!("steps at the end of a trial that fill no bin are left out, {n_left} at most"));
    }
    let lengths: Vec<usize> = lengths.into_iter().map(|length| length / width).collect();
    let n_bins = lengths.iter().max().copied().unwrap_or(0);
    let means = |array: &Array3<f64>| {
        let (n_rows, _, n_trials) = array.dim();
        Array3::from_shape_fn((n_rows, n_bins, n_trials), |(row, bin, trial)| {
            if bin >= lengths[trial] {
                return f64::NAN;
            }
            let steps = (bin * width..(bin + 1) * width).map(|step| array[[row, step, trial]]);
            let recorded: Vec<f64> = steps.filter(|y| !y.is_nan()).collect();
            recorded.iter().sum::<f64>() / recorded.len() as f64 // NaN where nothing was recorded
        })
    };
    let (rates, inputs, outputs) = (means(&rates), means(&inputs), means(&outputs));
    Parts { rates, inputs, outputs, mask: Mask::binned(mask, width, n_bins), lengths, notes, ..parts }
}
