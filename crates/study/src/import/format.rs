//! What a file is, told by its first bytes: names lie, and an error should name what was given and how to convert it.

use std::fmt;

/// Byte order mark of UTF-8, which some editors put before a text.
const UTF8_MARK: &[u8] = b"\xEF\xBB\xBF";
/// The magic number that `torch.save` pickled before PyTorch 1.6.
const LEGACY_PYTORCH: &[u8] = b"\x80\x02\x8A\x0A\x6C\xFC\x9C\x46\xF9\x20\x6A\xA8\x50\x19";
/// Longest header that a safetensors file may have (bytes), a limit of the format.
const LONGEST_SAFETENSORS_HEADER: u64 = 100_000_000;

/// Formats that are told apart; which of them are read is for the reader to say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// No byte, or white space alone.
    Empty,
    /// JSON in UTF-8, with or without a byte order mark.
    Json,
    /// Tensors with a JSON header.
    Safetensors,
    /// Columns of Apache Parquet.
    Parquet,
    /// Arrays of `numpy.savez`.
    Npz,
    /// One array of `numpy.save`.
    Npy,
    /// MATLAB's first format.
    Mat4,
    /// MATLAB's format up to version 7.
    Mat5,
    /// MATLAB's format since version 7.3, an HDF5 file.
    Mat73,
    /// HDF5 of another program.
    Hdf5,
    /// A Python pickle.
    Pickle,
    /// A file of `torch.save`.
    PyTorch,
    /// A zip archive of something else.
    Zip,
    /// Rows of numbers or words between commas, semicolons or tabs.
    Csv,
    /// Text in UTF-16.
    Utf16,
    /// Text in UTF-32.
    Utf32,
    /// Compressed by gzip.
    Gzip,
    /// Compressed by zstd, xz, bzip2 or lz4.
    Compressed,
    /// Columns of Apache Arrow or Feather.
    Arrow,
    /// The note that Git leaves in place of a large file.
    GitLfsPointer,
    /// A web page, which a download may bring in place of a file.
    Html,
    /// Some other text.
    Text,
    /// Bytes of no known kind.
    Unknown,
}

/// What a reader looks for in a file that it cannot read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// The parameters of a network.
    Network,
    /// Responses with their inputs and outputs.
    Recording,
}

impl Wanted {
    /// The Python line that writes what is held in `s` as a file that is read.
    const fn writing(self) -> &'static str {
        match self {
            Self::Network => {
                "json.dump({\"W_rec\": s[\"W_rec\"].tolist(), \"W_inp\": s[\"W_inp\"].tolist(), \"W_out\": s[\"W_out\"].tolist(), \
                 \"bias\": numpy.ravel(s[\"bias\"]).tolist(), \"activation_args\": {\"name\": \"relu\", \"slope\": 1.0}, \
                 \"equation_type\": \"s\", \"dt\": 1.0, \"tau\": 10.0}, open(\"network.json\", \"w\"))"
            }
            Self::Recording => {
                "numpy.savez(\"recording.npz\", responses=s[\"responses\"], inputs=s[\"inputs\"], outputs=s[\"outputs\"])"
            }
        }
    }

    /// What is read, and what the names in [`Wanted::writing`] stand for.
    const fn explanation(self) -> &'static str {
        match self {
            Self::Network => {
                "with the names, activation function, equation and times (ms) of your own network; \
                 docs/networks.md says what each key means"
            }
            Self::Recording => {
                "with your own names; responses are [units, steps, trials], `circuitscope circuit --help` says more"
            }
        }
    }

    /// The formats that are read, in words.
    pub(super) const fn formats(self) -> &'static str {
        match self {
            Self::Network => {
                "a network is a circuitscope safetensors file or trainRNNbrain parameters as JSON; docs/networks.md says \
                 what they hold"
            }
            Self::Recording => {
                "a recording is an .npz or .safetensors file of arrays or a .parquet table; `circuitscope circuit --help` \
                 says what they hold"
            }
        }
    }
}

impl Format {
    /// The format of a file with this content. Only the beginning is looked at, and the list of a zip archive.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        // First: the length at the head of a safetensors file may look like the mark of any other format.
        if is_safetensors(bytes) {
            return Self::Safetensors;
        }
        let starts: [(&[u8], Self); 20] = [
            (b"PAR1", Self::Parquet),
            (b"PARE", Self::Parquet),
            (b"\x93NUMPY", Self::Npy),
            (b"\x89HDF\r\n\x1A\n", Self::Hdf5),
            (b"MATLAB 5.0 MAT-file", Self::Mat5),
            (b"MATLAB 7.3 MAT-file", Self::Mat73),
            (b"\x1F\x8B", Self::Gzip),
            (b"\x28\xB5\x2F\xFD", Self::Compressed),
            (b"\xFD7zXZ\x00", Self::Compressed),
            (b"BZh", Self::Compressed),
            (b"\x04\x22\x4D\x18", Self::Compressed),
            (b"ARROW1", Self::Arrow),
            (b"FEA1", Self::Arrow),
            (b"version https://git-lfs", Self::GitLfsPointer),
            (b"\xFF\xFE\x00\x00", Self::Utf32),
            (b"\x00\x00\xFE\xFF", Self::Utf32),
            (b"\xFF\xFE", Self::Utf16),
            (b"\xFE\xFF", Self::Utf16),
            (LEGACY_PYTORCH, Self::PyTorch),
            // An archive without any entry, as `numpy.savez` writes it when it is given nothing.
            (b"PK\x05\x06", Self::Npz),
        ];
        let known = starts.into_iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, format)| format);
        known.unwrap_or_else(|| match bytes {
            [b'P', b'K', 3, 4, ..] => zip_content(bytes),
            // Protocols 2 to 5; the dictionaries and lists of protocol 1.
            [0x80, 2..=5, ..] | [b'}' | b']', b'q', ..] => Self::Pickle,
            // Text of the Latin alphabet without a mark: every other byte is zero.
            [a, 0, b, 0, ..] | [0, a, 0, b, ..] if is_letter(*a) && is_letter(*b) => Self::Utf16,
            _ if is_mat4(bytes) => Self::Mat4,
            _ => text(bytes),
        })
    }

    /// What to do with a file of this format where something else is wanted.
    pub(crate) fn remedy(self, wanted: Wanted) -> String {
        if let Some(reading) = self.reading() {
            let writing = wanted.writing();
            let explanation = wanted.explanation();
            let recording = match (self, wanted) {
                (Self::Npz, Wanted::Network) => {
                    "recordings are for `circuitscope circuit`; if it holds a network, "
                }
                _ => "",
            };
            return format!("{recording}convert it in Python, {explanation}:\n{reading}\n{writing}");
        }
        match self {
            Self::Parquet if wanted == Wanted::Network => {
                format!("recordings are for `circuitscope circuit`; {}", wanted.formats())
            }
            Self::Gzip => "unpack it first: `gunzip FILE.gz`".to_owned(),
            Self::Compressed => "unpack it first, with the program that compressed it".to_owned(),
            Self::Utf16 | Self::Utf32 => {
                "save it as UTF-8: `iconv -f UTF-16 -t UTF-8 FILE > NEW`, or `encoding=\"utf-8\"` in Python's `open`"
                    .replace("UTF-16", if self == Self::Utf16 { "UTF-16" } else { "UTF-32" })
            }
            Self::GitLfsPointer => "fetch the file itself with `git lfs pull`".to_owned(),
            Self::Html => {
                "download the file itself: on a web site of code, the address behind \"raw\"".to_owned()
            }
            Self::Empty => format!("write the file again: nothing was written to it; {}", wanted.formats()),
            _ => wanted.formats().to_owned(),
        }
    }

    /// The Python line that brings a file of this format into a dictionary `s` of arrays.
    const fn reading(self) -> Option<&'static str> {
        Some(match self {
            Self::Npz => "import json, numpy; s = numpy.load(\"FILE\")",
            Self::Npy => "import json, numpy; s = {\"NAME\": numpy.load(\"FILE\"), …}",
            Self::Mat4 | Self::Mat5 => "import json, numpy, scipy.io; s = scipy.io.loadmat(\"FILE\")",
            Self::Mat73 => {
                "import json, numpy, h5py; s = {k: v[()].T for k, v in h5py.File(\"FILE\").items() if hasattr(v, \"shape\")}"
            }
            Self::Hdf5 => {
                "import json, numpy, h5py; s = {k: v[()] for k, v in h5py.File(\"FILE\").items() if hasattr(v, \"shape\")}"
            }
            Self::Pickle => "import json, numpy, pickle; s = pickle.load(open(\"FILE\", \"rb\"))",
            Self::PyTorch => "import json, numpy, torch; s = torch.load(\"FILE\", map_location=\"cpu\")",
            Self::Csv => "import json, numpy; s = {\"NAME\": numpy.loadtxt(\"FILE\", delimiter=\",\"), …}",
            _ => return None,
        })
    }
}

impl fmt::Display for Format {
    /// The format with its article, as in "net.pt is …".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "empty",
            Self::Json => "a JSON text",
            Self::Safetensors => "a safetensors file",
            Self::Parquet => "a Parquet table",
            Self::Npz => "a NumPy archive (NPZ)",
            Self::Npy => "a single NumPy array (NPY)",
            Self::Mat4 => "a MATLAB file (MAT, version 4)",
            Self::Mat5 => "a MATLAB file (MAT, version 5 to 7)",
            Self::Mat73 => "a MATLAB file (MAT, version 7.3, which is HDF5)",
            Self::Hdf5 => "an HDF5 file",
            Self::Pickle => "a Python pickle",
            Self::PyTorch => "a PyTorch file (torch.save)",
            Self::Zip => "a zip archive",
            Self::Csv => "a table as text (CSV)",
            Self::Utf16 => "a text in UTF-16",
            Self::Utf32 => "a text in UTF-32",
            Self::Gzip => "compressed by gzip",
            Self::Compressed => "compressed by zstd, xz, bzip2 or lz4",
            Self::Arrow => "an Arrow or Feather file",
            Self::GitLfsPointer => "a pointer of Git LFS, not the file itself",
            Self::Html => "a web page (HTML)",
            Self::Text => "a text that is not JSON",
            Self::Unknown => "a binary file of unknown format",
        })
    }
}

/// A text without the byte order mark of UTF-8.
pub(crate) fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(UTF8_MARK).unwrap_or(bytes)
}

/// A length that a header may have, and the brace that opens it. No text has the zero bytes of such a length.
fn is_safetensors(bytes: &[u8]) -> bool {
    let Some((length, [b'{', ..])) = bytes.split_first_chunk::<8>() else { return false };
    u64::from_le_bytes(*length) <= LONGEST_SAFETENSORS_HEADER
}

/// What an archive holds by the names in it: arrays of NumPy, a pickle of PyTorch, or something else.
fn zip_content(bytes: &[u8]) -> Format {
    let names = zip_names(bytes);
    let any = |ending: &str| names.iter().any(|name| name.ends_with(ending.as_bytes()));
    if any("data.pkl") {
        Format::PyTorch
    } else if any(".npy") {
        Format::Npz
    } else {
        Format::Zip
    }
}

/// Names of an archive's entries by the list at its end; where the file is cut short, the name of the first.
fn zip_names(bytes: &[u8]) -> Vec<&[u8]> {
    let number = |at: usize| Some(usize::from(u16::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?])));
    let long = |at: usize| Some(number(at)? | number(at + 2)? << 16);
    let first = number(26).and_then(|length| bytes.get(30..30 + length));
    let mut names: Vec<&[u8]> = first.into_iter().collect();
    // The end record is 22 bytes and a comment of at most 65,535.
    let tail = bytes.len().saturating_sub(22 + 65_535);
    let end = bytes[tail..].windows(4).rposition(|word| word == b"PK\x05\x06").map(|at| tail + at);
    let mut entry = end.and_then(|end| long(end + 16));
    while let Some(at) =
        entry.filter(|&at| bytes.get(at..).is_some_and(|rest| rest.starts_with(b"PK\x01\x02")))
    {
        let lengths = (number(at + 28), number(at + 30), number(at + 32));
        let (Some(name), Some(extra), Some(comment)) = lengths else { break };
        names.extend(bytes.get(at + 46..at + 46 + name));
        entry = Some(at + 46 + name + extra + comment);
    }
    names
}

/// The head of a matrix of MATLAB 4: type MOPT with O = 0, rows, columns, whether imaginary, length of the name.
///
/// # Source
/// `MATLAB`, MAT-File Format, "Version 4 MAT-File Format".
fn is_mat4(bytes: &[u8]) -> bool {
    let Some(head) = bytes.first_chunk::<20>() else { return false };
    let field = |i: usize| std::array::from_fn::<u8, 4, _>(|byte| head[4 * i + byte]);
    [u32::from_le_bytes, u32::from_be_bytes].into_iter().any(|read| {
        let [kind, rows, columns, imaginary, name] = std::array::from_fn(|i| read(field(i)));
        let (machine, zero, precision, class) = (kind / 1000, kind / 100 % 10, kind / 10 % 10, kind % 10);
        let right = machine <= 4 && zero == 0 && precision <= 5 && class <= 2 && imaginary <= 1;
        let named = (2..=64).contains(&name) && bytes.get(20 + name as usize - 1) == Some(&0);
        right && named && rows.max(columns) > 0
    })
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_graphic() || byte.is_ascii_whitespace()
}

/// The kind of a text; text is UTF-8 without a zero byte.
fn text(bytes: &[u8]) -> Format {
    let bytes = without_mark(bytes);
    let Some(first) = bytes.iter().position(|byte| !byte.is_ascii_whitespace()) else { return Format::Empty };
    let bytes = &bytes[first..];
    let head = &bytes[..bytes.len().min(4096)];
    if head.contains(&0) {
        return Format::Unknown;
    }
    match head[0] {
        // JSON in another encoding is refused where it is read, with the place.
        b'{' => return Format::Json,
        // `[name]` and `[[name]]` head the tables of TOML.
        b'[' if !head.iter().find(|&&byte| byte != b'[').is_some_and(u8::is_ascii_alphabetic) => {
            return Format::Json;
        }
        b'<' => return Format::Html,
        _ => {}
    }
    // A character may be cut at the end of what is looked at.
    if std::str::from_utf8(head).is_err_and(|error| error.error_len().is_some()) {
        return Format::Unknown;
    }
    // The memoised dictionaries, lists and classes that protocol 0 of Python's pickle starts with.
    if [&b"(dp"[..], b"(lp", b"(i", b"ccopy_reg", b"cnumpy"].iter().any(|start| bytes.starts_with(start)) {
        return Format::Pickle;
    }
    if is_table(head) { Format::Csv } else { Format::Text }
}

/// Whether the first two lines have as many separators, or the first consists of numbers.
fn is_table(head: &[u8]) -> bool {
    let mut lines = head.split(|&byte| byte == b'\n');
    let first = lines.next().unwrap_or_default();
    let second = lines.next().filter(|line| !line.is_empty());
    let separated = [b',', b';', b'\t'].into_iter().any(|separator| {
        let n_fields = |line: &[u8]| line.split(|&byte| byte == separator).count();
        n_fields(first) > 1 && second.is_none_or(|second| n_fields(second) == n_fields(first))
    });
    let is_number = |word: &str| word.parse::<f64>().is_ok();
    separated || std::str::from_utf8(first).is_ok_and(|line| line.split_whitespace().all(is_number))
}

#[cfg(test)]
mod tests;
