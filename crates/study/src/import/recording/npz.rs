//! Arrays of `numpy.savez`: a zip archive of NPY files.
//!
//! # Source
//! APPNOTE.TXT of PKWARE, 4.3 (zip); `numpy.lib.format` (NPY 1.0 to 3.0).

use super::stored::{Entries, Kind, Stored, words};
use crate::store::half::binary16;
use flate2::Crc;
use flate2::read::DeflateDecoder;
use ndarray::{ArrayD, IxDyn, ShapeBuilder};
use std::borrow::Cow;
use std::io::Read;

/// A file in an archive.
pub(super) struct Entry<'a> {
    /// Its name, without the ending `.npy`.
    pub(super) name: String,
    method: u16,
    checksum: u32,
    size: usize,
    packed: &'a [u8],
}

/// Bytes of an archive from `at` on, as a number.
fn number<const W: usize>(bytes: &[u8], at: usize) -> Option<usize> {
    let word: [u8; W] = bytes.get(at..at.checked_add(W)?)?.try_into().ok()?;
    let mut long = [0; 8];
    long[..W].copy_from_slice(&word);
    usize::try_from(u64::from_le_bytes(long)).ok()
}

/// A number of four bytes that, where it is too large for them, stands in the record for long files instead.
const ELSEWHERE: usize = 0xffff_ffff;

/// Whether an archive has the list of its files.
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    entries(bytes).is_some()
}

/// The files of an archive, by the list at its end; [`None`] where the archive is not whole.
pub(super) fn entries(bytes: &[u8]) -> Option<Vec<Entry<'_>>> {
    // The end record is 22 bytes and a comment of at most 65,535.
    let tail = bytes.len().saturating_sub(22 + 65_535);
    let end = tail + bytes[tail..].windows(4).rposition(|word| word == b"PK\x05\x06")?;
    let (mut n_entries, mut at) = (number::<2>(bytes, end + 10)?, number::<4>(bytes, end + 16)?);
    if n_entries == 0xffff || at == ELSEWHERE {
        let locator = end.checked_sub(20)?;
        let end = number::<8>(bytes, locator + 8)?;
        if !bytes[locator..].starts_with(b"PK\x06\x07") || !bytes.get(end..)?.starts_with(b"PK\x06\x06") {
            return None;
        }
        (n_entries, at) = (number::<8>(bytes, end + 32)?, number::<8>(bytes, end + 48)?);
    }
    let mut entries = Vec::new();
    for _ in 0..n_entries {
        let head = bytes.get(at..)?;
        if !head.starts_with(b"PK\x01\x02") {
            return None;
        }
        let [name, extra, comment] = [28, 30, 32].map(|field| number::<2>(head, field));
        let (name_end, extra, comment) = (46 + name?, extra?, comment?);
        let extra_end = name_end + extra;
        let sizes = [24, 20, 42].map(|field| number::<4>(head, field));
        let [size, packed, offset] =
            long_sizes([sizes[0]?, sizes[1]?, sizes[2]?], head.get(name_end..extra_end)?)?;
        let local = bytes.get(offset..)?;
        if !local.starts_with(b"PK\x03\x04") {
            return None;
        }
        let data = 30 + number::<2>(local, 26)? + number::<2>(local, 28)?;
        let name = String::from_utf8_lossy(head.get(46..name_end)?).into_owned();
        entries.push(Entry {
            name: name.strip_suffix(".npy").map_or(name.clone(), str::to_owned),
            method: u16::try_from(number::<2>(head, 10)?).ok()?,
            checksum: u32::try_from(number::<4>(head, 16)?).ok()?,
            size,
            packed: local.get(data..data.checked_add(packed)?)?,
        });
        at += extra_end + comment;
    }
    Some(entries)
}

/// Sizes of an entry (whole, packed) and its offset, those that are too large taken from the record for long files.
fn long_sizes(mut sizes: [usize; 3], mut extra: &[u8]) -> Option<[usize; 3]> {
    while extra.len() >= 4 && sizes.contains(&ELSEWHERE) {
        let (kind, length) = (number::<2>(extra, 0)?, number::<2>(extra, 2)?);
        let record = extra.get(4..4 + length)?;
        if kind == 1 {
            let missing = sizes.iter_mut().filter(|size| **size == ELSEWHERE);
            for (place, size) in missing.enumerate() {
                *size = number::<8>(record, 8 * place)?;
            }
        }
        extra = &extra[4 + length..];
    }
    Some(sizes)
}

impl<'a> Entry<'a> {
    /// The first bytes of the file, at least those of the head of an array if it has one.
    fn beginning(&self) -> Cow<'a, [u8]> {
        /// More than any head of an array without fields takes.
        const HEAD: u64 = 1 << 16;
        if self.method == 0 {
            return Cow::Borrowed(self.packed);
        }
        let mut beginning = Vec::new();
        // Whatever cannot be unpacked has no head, and is answered so.
        let _ = DeflateDecoder::new(self.packed).take(HEAD).read_to_end(&mut beginning);
        Cow::Owned(beginning)
    }

    /// The file as it was before it was packed.
    fn whole(&self) -> Result<Cow<'a, [u8]>, String> {
        let whole = match self.method {
            0 => Cow::Borrowed(self.packed),
            8 => {
                let mut whole = Vec::new();
                // One byte more than there should be: a longer file is not this one.
                let mut rest = DeflateDecoder::new(self.packed).take(self.size as u64 + 1);
                rest.read_to_end(&mut whole).map_err(|error| error.to_string())?;
                Cow::Owned(whole)
            }
            other => {
                return Err(format!("it is compressed by method {other} of zip, expected deflate or none"));
            }
        };
        let mut checksum = Crc::new();
        checksum.update(&whole);
        if whole.len() == self.size && checksum.sum() == self.checksum {
            Ok(whole)
        } else {
            Err("its checksum does not match".to_owned())
        }
    }

    /// What the array holds, without its entries; [`None`] if it is no array.
    pub(super) fn kind(&self) -> Option<Kind> {
        Some(Head::of(&self.beginning())?.kind())
    }

    /// The array.
    pub(super) fn array(&self) -> Result<Stored, String> {
        let bytes = self.whole()?;
        let head = Head::of(&bytes).ok_or("it is not an array in the NPY format")?;
        head.array(&bytes[head.length..])
    }
}

/// Stands for the type of entries that are records.
const FIELDS: &str = "[]";

/// The head of an NPY file.
struct Head {
    /// Type of the entries, such as `<f8`.
    descriptor: String,
    is_column_major: bool,
    shape: Vec<usize>,
    /// Bytes of the head.
    length: usize,
}

impl Head {
    fn of(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(b"\x93NUMPY")?;
        let (start, length) = match rest.first()? {
            1 => (10, number::<2>(bytes, 8)?),
            _ => (12, number::<4>(bytes, 8)?),
        };
        let text = std::str::from_utf8(bytes.get(start..start + length)?).ok()?;
        let value = |key: &str| {
            let after = text.split_once(&format!("'{key}'"))?.1.trim_start().strip_prefix(':')?;
            Some(after.trim_start())
        };
        let descriptor = match value("descr")?.strip_prefix('\'') {
            Some(name) => name.split_once('\'')?.0.to_owned(),
            None => FIELDS.to_owned(),
        };
        let shape = value("shape")?.strip_prefix('(')?.split_once(')')?.0.split(',').map(str::trim);
        let shape = shape.filter(|length| !length.is_empty());
        Some(Self {
            descriptor,
            is_column_major: value("fortran_order")?.starts_with("True"),
            // NumPy of Python 2 wrote long integers with an L.
            shape: shape.map(|length| length.trim_end_matches('L').parse().ok()).collect::<Option<_>>()?,
            length: start + length,
        })
    }

    /// Byte order, kind of number, and bytes of an entry.
    fn parts(&self) -> (char, char, usize) {
        let mut letters = self.descriptor.chars();
        let (order, kind) = (letters.next().unwrap_or('|'), letters.next().unwrap_or('V'));
        (order, kind, letters.as_str().parse().unwrap_or(0))
    }

    fn kind(&self) -> Kind {
        match self.parts() {
            _ if self.descriptor == FIELDS => Kind::Other("records of fields"),
            (_, 'b' | 'i' | 'u', _) | (_, 'f', 2 | 4 | 8) => Kind::Numbers,
            (_, 'U' | 'S' | 'a', _) => Kind::Text("text"),
            (_, 'M' | 'm', _) => Kind::Text("dates"),
            (_, 'O', _) => Kind::Other("Python objects"),
            (_, 'c', _) => Kind::Other("complex numbers"),
            (_, 'f', _) => Kind::Other("long doubles"),
            _ => Kind::Other("raw bytes"),
        }
    }

    fn array(&self, bytes: &[u8]) -> Result<Stored, String> {
        let (order, kind, width) = self.parts();
        if let Kind::Text(name) | Kind::Other(name) = self.kind() {
            return Ok(Stored { shape: self.shape.clone(), entries: Entries::Other(name) });
        }
        let n_bytes = self.shape.iter().try_fold(width, |product, &length| product.checked_mul(length));
        if n_bytes != Some(bytes.len()) {
            return Err(format!(
                "it has {} bytes for the shape {:?} of {width} each",
                bytes.len(),
                self.shape
            ));
        }
        let bytes: Cow<'_, [u8]> = if order == '>' {
            Cow::Owned(bytes.chunks_exact(width).flat_map(|word| word.iter().rev().copied()).collect())
        } else {
            Cow::Borrowed(bytes)
        };
        let entries = match (kind, width) {
            ('b', _) => Entries::Flags(bytes.iter().map(|&byte| byte != 0).collect()),
            ('i', 1) => Entries::Whole(words(&bytes, |word| i64::from(i8::from_le_bytes(word)))),
            ('i', 2) => Entries::Whole(words(&bytes, |word| i64::from(i16::from_le_bytes(word)))),
            ('i', 4) => Entries::Whole(words(&bytes, |word| i64::from(i32::from_le_bytes(word)))),
            ('i', 8) => Entries::Whole(words(&bytes, i64::from_le_bytes)),
            ('u', 1) => Entries::Whole(bytes.iter().map(|&byte| i64::from(byte)).collect()),
            ('u', 2) => Entries::Whole(words(&bytes, |word| i64::from(u16::from_le_bytes(word)))),
            ('u', 4) => Entries::Whole(words(&bytes, |word| i64::from(u32::from_le_bytes(word)))),
            ('u', 8) => Entries::of_unsigned(words(&bytes, u64::from_le_bytes)),
            ('f', 2) => Entries::Numbers(words(&bytes, |word| binary16(u16::from_le_bytes(word)))),
            ('f', 4) => Entries::Numbers(words(&bytes, |word| f64::from(f32::from_le_bytes(word)))),
            ('f', 8) => Entries::Numbers(words(&bytes, f64::from_le_bytes)),
            _ => return Err(format!("its type is `{}`", self.descriptor)),
        };
        let stored = Stored { shape: self.shape.clone(), entries };
        Ok(if self.is_column_major { stored.in_row_order() } else { stored })
    }
}

impl Stored {
    /// The same array, whose entries stand column by column.
    fn in_row_order(self) -> Self {
        fn turned<T: Clone>(shape: &[usize], entries: Vec<T>) -> Vec<T> {
            match ArrayD::from_shape_vec(IxDyn(shape).f(), entries) {
                Ok(array) => array.iter().cloned().collect(),
                Err(_) => Vec::new(), // not reached: the number of entries was checked
            }
        }
        let Self { shape, entries } = self;
        let entries = match entries {
            Entries::Numbers(entries) => Entries::Numbers(turned(&shape, entries)),
            Entries::Whole(entries) => Entries::Whole(turned(&shape, entries)),
            Entries::Flags(entries) => Entries::Flags(turned(&shape, entries)),
            other @ Entries::Other(_) => other,
        };
        Self { shape, entries }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_of_every_version_of_numpy_are_read() {
        let head = |version: u8, text: &str| {
            let length: Vec<u8> = match version {
                1 => (text.len() as u16).to_le_bytes().to_vec(),
                _ => (text.len() as u32).to_le_bytes().to_vec(),
            };
            Head::of(&[b"\x93NUMPY", &[version, 0][..], &length, text.as_bytes()].concat())
        };
        let found = head(1, "{'descr': '<f8', 'fortran_order': False, 'shape': (12, 60, 11), }   \n")
            .expect("a head");
        assert_eq!((found.descriptor.as_str(), found.is_column_major), ("<f8", false));
        assert_eq!(found.shape, [12, 60, 11]);
        let found = head(2, "{'shape': (5L,), 'fortran_order': True, 'descr': '>u2'}").expect("a head");
        assert_eq!((found.parts(), found.is_column_major, found.shape), (('>', 'u', 2), true, vec![5]));
        let found =
            head(3, "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (), }").expect("a head");
        assert!(found.kind() == Kind::Other("records of fields") && found.shape.is_empty());
        assert!(head(1, "{'descr': '<f8'}").is_none() && Head::of(b"\x93NUMPY").is_none());
    }
}
