//! Keys of a network's file that its reader does not know. Whatever could change the dynamics is refused; what says how a
//! file came about is allowed, by name.

use crate::suggestion::nearest;

/// Keys that describe a network or how it was made. Whatever they hold, its noise-free dynamics are the same.
const NOTES: [&str; 94] = [
    // What it is called, who made it, when and with what.
    "author",
    "authors",
    "citation",
    "class",
    "comment",
    "comments",
    "commit",
    "created",
    "created_at",
    "date",
    "description",
    "device",
    "doi",
    "experiment",
    "experimenter",
    "file",
    "filename",
    "framework",
    "git_commit",
    "hash",
    "id",
    "label",
    "lab",
    "license",
    "meta",
    "metadata",
    "name",
    "note",
    "notes",
    "path",
    "reference",
    "references",
    "rnn_tag",
    "run",
    "run_id",
    "software",
    "software_version",
    "source",
    "tag",
    "tags",
    "task",
    "task_name",
    "taskname",
    "time",
    "timestamp",
    "title",
    "url",
    "uuid",
    "version",
    // How well it does.
    "accuracy",
    "batch_size",
    "best_iteration",
    "epoch",
    "epochs",
    "learning_rate",
    "iter",
    "iteration",
    "loss",
    "losses",
    "max_iter",
    "n_epochs",
    "optimizer",
    "mse",
    "n_iterations",
    "r2",
    "score",
    "train_losses",
    "train_loss",
    "training",
    "val_loss",
    "val_losses",
    // How its weights were drawn, constrained and trained; they are in the weights themselves.
    "bias_init",
    "bias_init_amp",
    "bias_range",
    "bias_trainable",
    "connectivity_density_rec",
    "constrained",
    "dale",
    "exc2inhr",
    "exc_to_inh_ratio",
    "lr",
    "positions",
    "random_seed",
    "seed",
    "self_connections",
    "spectral_rad",
    "weight_boundary_eps",
    "weight_decay",
    // Noise, which no noise-free run has.
    "sigma_inp",
    "sigma_out",
    "sigma_rec",
    // Which weights may differ from 0, where the weights are those that the network runs with.
    "input_connectivity_mask",
    "output_connectivity_mask",
    "recurrent_connectivity_mask",
];

/// Whether a key says nothing of the dynamics.
pub(crate) fn is_note(key: &str) -> bool {
    NOTES.contains(&key.to_ascii_lowercase().as_str())
}

/// What to do about a key that is neither read nor a note.
pub(crate) fn remedy<'a>(key: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let meant = nearest(key, known.into_iter().chain(NOTES));
    let meant = meant.map_or_else(String::new, |known| format!("did you mean `{known}`? "));
    format!(
        "{meant}if it changes the dynamics, circuitscope cannot run this network; if it does not, remove it, or keep it \
         under `notes`"
    )
}
