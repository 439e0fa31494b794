//! Parameter files of trainRNNbrain, the package the published networks were trained with, in every form it wrote them.
//!
//! Nothing that changes the dynamics is passed over: a key is read, or must be neutral, or says how the weights came
//! about; any other is refused.
//!
//! # Source
//! trainRNNbrain, `rnns/RNN_torch.py`: `rhs`, `forward`, `configure_activation_`, `get_params`. Its `RNN_numpy.py` leaves
//! the bias out of noise-free runs and applies a sigmoid's slope twice; networks are trained by the former.

use super::parameters::{Parameters, is_zero, shown};
use super::{Fault, KEYS_OF_A_NETWORK, suspicion};
use crate::store::network_file::curve_named;
use crate::unknown_key;
use circuitscope::network::{Form, Network, NetworkError};
use circuitscope::{Activation, Exponent, Leak};
use ndarray::{Array1, Array2};

/// Bias inside the activation function, by the names it has had.
const BIASES: [&str; 3] = ["bias", "bias_rec", "b_rec"];
/// Numbers of inputs and of outputs, by the names they have had.
const N_INPUTS: [&str; 2] = ["n_inputs", "input_size"];
const N_OUTPUTS: [&str; 2] = ["n_outputs", "output_size"];
/// Names of a shift `s` of the activation function, `f(slope (x − s))`.
const SHIFTS: [&str; 2] = ["shift", "activation_shift"];
/// Which weights may differ from 0, and the sign of each unit.
const MASKS: [&str; 4] = ["dale_mask", "recurrent_mask", "input_mask", "output_mask"];
/// Other keys that are read.
const KEYS: [&str; 16] = [
    "W_inp",
    "W_rec",
    "W_out",
    "y_init",
    "activation_name",
    "activation_slope",
    "activation_args",
    "equation_type",
    "N",
    "dt",
    "tau",
    "alpha",
    "gamma",
    "d",
    "weight_boundary",
    "io_nonnegativity",
];
/// Keys of `activation_args` that are read.
const ARGUMENTS: [&str; 6] = ["name", "slope", "leak", "exponent", "shift", "leak_slope"];

/// Terms of the equation that our networks lack: key, what it adds, remedy. They must be 0.
const NEUTRAL: [(&str, &str, &str); 4] = [
    (
        "gamma",
        "the cubic term −γ y³",
        "circuitscope's networks have no cubic term: train with gamma = 0 (trainRNNbrain takes 0.1 unless told otherwise)",
    ),
    ("d", "the resting rate of −(y − d)", "circuitscope's networks rest at 0: train with d = 0"),
    ("bias_out", "a bias of the outputs", OUTPUT_BIAS),
    ("b_out", "a bias of the outputs", OUTPUT_BIAS),
];
const OUTPUT_BIAS: &str = "outputs are W_out y without a bias: train without it";
/// How a shift is written without one: `f(slope (x − s))` is `f(slope x)` of an input that is less by s.
const UNSHIFTED: &str = "write it as a bias, which is the same network: subtract the shift from every entry of `bias` (and of \
                         `y_init` where `equation_type` is \"h\"), then set it to 0";

/// How close two writings of one number are: float32, as training is.
const SAME: f64 = 1e-6;

/// Reads the JSON of a parameter file: `W_*` as lists of rows `[post][pre]`, vectors as lists or null.
///
/// # Errors
/// [`Fault`] naming the key that does not fit or cannot be honoured, its value and the remedy.
pub(super) fn parse(bytes: &[u8]) -> Result<Network, Fault> {
    let file = Parameters::parse(bytes)?;
    let [w_rec, w_inp, w_out] = ["W_rec", "W_inp", "W_out"].map(|key| required(file.matrix(key), &file, key));
    let (w_rec, w_inp, w_out) = (w_rec?, w_inp?, w_out?);
    let n = w_rec.nrows();
    known(&file)?;
    for (key, adds, remedy) in NEUTRAL {
        neutral(&file, key, adds, remedy)?;
    }
    for key in SHIFTS {
        neutral(&file, key, "a shift of the activation function", UNSHIFTED)?;
    }
    count(&file, &["N"], n, "`W_rec` has", "rows")?;
    let (bias, bias_key) = bias(&file, n)?;
    let network = Network {
        bias,
        initial_state: file.vector("y_init", n)?.unwrap_or_else(|| Array1::zeros(n)),
        w_rec,
        w_inp,
        w_out,
        activation: activation(&file)?,
        form: form(&file)?,
        dt_ms: required(file.number("dt"), &file, "dt")?,
        tau_ms: required(file.number("tau"), &file, "tau")?,
    };
    let suspicion = suspicion(network.dt_ms, network.tau_ms);
    let network = network.checked().map_err(|error| named(&error, bias_key, suspicion))?;
    count(&file, &N_INPUTS, network.n_inputs(), "`W_inp` has", "columns")?;
    count(&file, &N_OUTPUTS, network.n_outputs(), "`W_out` has", "rows")?;
    if let Some(alpha) = file.number("alpha")?
        && (alpha - network.alpha()).abs() > SAME * network.alpha()
    {
        let reason = format!("`alpha` is {alpha}, but `dt` / `tau` is {}", network.alpha());
        return Err(Fault::new(reason, "alpha is dt / tau: correct the one that is wrong"));
    }
    effective(&file, &network)?;
    Ok(network)
}

/// Refuses keys that may change the dynamics in a way that is not known.
fn known(file: &Parameters) -> Result<(), Fault> {
    let neutral = NEUTRAL.map(|(key, _, _)| key);
    let read = || {
        let synonyms = [&BIASES[..], &N_INPUTS, &N_OUTPUTS, &SHIFTS, &MASKS, &neutral];
        synonyms.into_iter().flatten().copied().chain(KEYS)
    };
    let unknown =
        file.members().find(|(key, _)| !unknown_key::is_note(key) && !read().any(|known| known == *key));
    let Some((key, value)) = unknown else { return Ok(()) };
    let reason = format!("key `{key}`, which is {}, is unknown", shown(value));
    Err(Fault::new(reason, unknown_key::remedy(key, read())))
}

fn required<T>(found: Result<Option<T>, Fault>, file: &Parameters, key: &str) -> Result<T, Fault> {
    found?.ok_or_else(|| {
        let others: Vec<&str> =
            file.members().map(|(found, _)| found).filter(|found| *found != key).collect();
        let near = crate::suggestion::nearest(key, others);
        let near = near.map_or_else(String::new, |found| format!("; it has `{found}`"));
        Fault::new(format!("key `{key}` is missing{near}"), KEYS_OF_A_NETWORK)
    })
}

fn neutral(file: &Parameters, key: &str, adds: &str, remedy: &str) -> Result<(), Fault> {
    match file.get(key).filter(|value| !is_zero(value)) {
        None => Ok(()),
        Some(value) => {
            Err(Fault::new(format!("`{key}` is {}: {adds} cannot be honoured", shown(value)), remedy))
        }
    }
}

/// Holds a number under any of its names against the matrix that it counts.
fn count(file: &Parameters, keys: &[&str], found: usize, what: &str, sides: &str) -> Result<(), Fault> {
    for key in keys {
        let Some(value) = file.get(key) else { continue };
        if value.as_f64() != Some(found as f64) {
            let reason = format!("`{key}` is {} but {what} {found} {sides}", shown(value));
            return Err(Fault::new(reason, "one of them is of another network"));
        }
    }
    Ok(())
}

/// The bias and the key it stands under; several must say the same.
fn bias(file: &Parameters, n: usize) -> Result<(Array1<f64>, &'static str), Fault> {
    let mut given: Option<(Array1<f64>, &'static str)> = None;
    for key in BIASES {
        let Some(found) = file.vector(key, n)? else { continue };
        if let Some((first, first_key)) = &given {
            let same = |(i, &value): (usize, &f64)| {
                (value - first[i]).abs() <= SAME * value.abs().max(first[i].abs())
            };
            if let Some((i, value)) = found.iter().enumerate().find(|&entry| !same(entry)) {
                let reason = format!("`{first_key}`[{i}] is {}, but `{key}`[{i}] is {value}", first[i]);
                return Err(Fault::new(
                    reason,
                    "both are the bias: keep the one that the network was trained with",
                ));
            }
        } else {
            given = Some((found, key));
        }
    }
    Ok(given.unwrap_or_else(|| (Array1::zeros(n), BIASES[0])))
}

/// The activation function from `activation_args`, `activation_name` and `activation_slope`.
fn activation(file: &Parameters) -> Result<Activation, Fault> {
    let arguments = match file.get("activation_args") {
        None => None,
        Some(value) => Some(Parameters::within(value).ok_or_else(|| {
            let reason = format!("`activation_args` is {}, expected an object", shown(value));
            Fault::new(reason, "write it as {\"name\": \"relu\", \"slope\": 1.0}")
        })?),
    };
    let old_name = file.word("activation_name")?.map(str::to_lowercase);
    let name = arguments.as_ref().map(|arguments| arguments.word("name")).transpose()?.flatten();
    let name = name.map(str::to_lowercase);
    if let (Some(name), Some(old_name)) = (&name, &old_name)
        && name != old_name
    {
        let reason =
            format!("`activation_name` is \"{old_name}\", but `name` of `activation_args` is \"{name}\"");
        return Err(Fault::new(reason, "keep the one that the network was trained with"));
    }
    let name = required(Ok(name.or(old_name)), file, "activation_args")?;
    let parameter = |key: &'static str| match &arguments {
        Some(arguments) => Ok((key, arguments.number(key)?)),
        None => Ok((key, None)),
    };
    let parameters = [parameter(Leak::NAME)?, parameter(Exponent::NAME)?];
    let curve = curve_named(&name, &parameters).map_err(|reason| {
        Fault::new(
            reason,
            "networks of other activation functions cannot be run: train with one of these; parameters stand in \
             `activation_args`, beside `name` and `slope`",
        )
    })?;
    let old_slope = file.number("activation_slope")?;
    let mut slope = None;
    if let Some(arguments) = &arguments {
        slope = arguments.number("slope")?;
        let unknown = arguments.members().find(|(key, value)| !value.is_null() && !ARGUMENTS.contains(key));
        if let Some((key, value)) = unknown {
            let reason = format!("`{key}` of `activation_args`, which is {}, is unknown", shown(value));
            return Err(Fault::new(reason, unknown_key::remedy(key, ARGUMENTS)));
        }
        neutral(arguments, "shift", "a shift of the activation function", UNSHIFTED)?;
        neutral(arguments, "leak_slope", "a slope below 0", "train with leak_slope = 0")?;
    }
    if let (Some(slope), Some(old_slope)) = (slope, old_slope)
        && (slope - old_slope).abs() > SAME * slope.abs()
    {
        let reason =
            format!("`activation_slope` is {old_slope}, but `slope` of `activation_args` is {slope}");
        return Err(Fault::new(reason, "keep the one that the network was trained with"));
    }
    // trainRNNbrain's own default.
    Ok(Activation { curve, slope: slope.or(old_slope).unwrap_or(1.0) })
}

/// The form of the equation: "s", of rates, unless the file says "h", of potentials.
fn form(file: &Parameters) -> Result<Form, Fault> {
    match file.word("equation_type")? {
        None | Some("s") => Ok(Form::Rate),
        Some("h") => Ok(Form::Potential),
        Some(other) => Err(Fault::new(
            format!("`equation_type` is \"{other}\""),
            "it is \"s\", τ ẏ = −y + f(W_rec y + W_inp u + b), or \"h\", τ ḣ = −h + W_rec f(h) + W_inp u + b",
        )),
    }
}

/// Refuses raw weights: with the boundary "reflective" a network runs with |w| · sign · mask, which `get_params` writes.
fn effective(file: &Parameters, network: &Network) -> Result<(), Fault> {
    match file.word("weight_boundary")? {
        None | Some("sticky") => return Ok(()),
        Some("reflective") => {}
        Some(other) => {
            let reason = format!("`weight_boundary` is \"{other}\"");
            return Err(Fault::new(reason, "it is \"sticky\" or \"reflective\""));
        }
    }
    let raw = |key: &str, (i, j): (usize, usize), value: f64, mask: &str| {
        let reason =
            format!("`weight_boundary` is \"reflective\", but `{key}`[{i}][{j}] is {value} against {mask}");
        let remedy = "the weights are raw parameters: write those that the network runs with, as `get_params` of today's \
                      trainRNNbrain does";
        Fault::new(reason, remedy)
    };
    let n = network.n_units();
    if let Some(signs) = file.vector("dale_mask", n)?
        && let Some((at, &value)) = network.w_rec.indexed_iter().find(|((_, j), w)| *w * signs[*j] < 0.0)
    {
        return Err(raw("W_rec", at, value, "`dale_mask`"));
    }
    let nonnegative = file.get("io_nonnegativity").is_none_or(|value| value.as_bool() != Some(false));
    let masked: [(&str, &Array2<f64>, &str); 3] = [
        ("W_rec", &network.w_rec, "recurrent_mask"),
        ("W_inp", &network.w_inp, "input_mask"),
        ("W_out", &network.w_out, "output_mask"),
    ];
    for (key, weights, mask) in masked {
        if key != "W_rec"
            && nonnegative
            && let Some((at, &value)) = weights.indexed_iter().find(|(_, w)| **w < 0.0)
        {
            return Err(raw(key, at, value, "`io_nonnegativity`"));
        }
        let Some(open) = file.matrix(mask)? else { continue };
        if open.dim() != weights.dim() {
            let reason = format!("`{mask}` has shape {:?}, `{key}` {:?}", open.shape(), weights.shape());
            return Err(Fault::new(reason, "a mask has the shape of its weights"));
        }
        if let Some((at, &value)) = weights.indexed_iter().find(|(at, w)| **w != 0.0 && open[*at] == 0.0) {
            return Err(raw(key, at, value, &format!("`{mask}`")));
        }
    }
    Ok(())
}

/// What does not fit, under the names that the file has for it.
fn named(error: &NetworkError, bias_key: &str, suspicion: Option<String>) -> Fault {
    let key = |name: &'static str| match name {
        "w_rec" => "W_rec",
        "w_inp" => "W_inp",
        "w_out" => "W_out",
        "bias" => bias_key,
        "initial_state" => "y_init",
        other => other,
    };
    let remedy = match error {
        NetworkError::Transposed { .. } => {
            "rows are the units that receive: W_inp is [units, inputs], W_out [outputs, units]; W_rec is [to, from], which \
             its shape cannot tell: look at it too"
        }
        NetworkError::Shape { .. } => {
            "W_rec is [units, units], W_inp [units, inputs], W_out [outputs, units]; rows are the units that receive"
        }
        NetworkError::NotFinite { .. } => "no weight may be NaN or infinite",
        NetworkError::Range { name: "dt", .. } => {
            "give `dt` and `tau` in ms; a step longer than the time constant does not follow the equation"
        }
        NetworkError::Range { .. } => "give `dt` and `tau` in ms and a slope above 0",
    };
    let text = error.to_string();
    let name = match error {
        NetworkError::Shape { name, .. }
        | NetworkError::Transposed { name, .. }
        | NetworkError::NotFinite { name, .. }
        | NetworkError::Range { name, .. } => name,
    };
    let remedy = suspicion.filter(|_| *name == "dt").unwrap_or_else(|| remedy.to_owned());
    Fault::new(text.replacen(name, key(name), 1), remedy)
}
