//! Arrays as `numpy.savez_compressed` writes them: a zip archive of NPY files.
//!
//! # Source
//! APPNOTE.TXT of PKWARE, 4.3 (zip); `numpy.lib.format` (NPY 1.0).

use flate2::{Compression, Crc, write::DeflateEncoder};
use ndarray::{ArrayBase, Data, Dimension};
use std::io::Write;

/// A number as NumPy names its type and stores it.
pub trait Entry: Copy {
    /// The type in an NPY header, such as `<f8`.
    const TYPE: &str;
    /// Appends its bytes.
    fn append(self, bytes: &mut Vec<u8>);
}

macro_rules! entries {
    ($($number:ty: $name:literal),*) => {
        $(impl Entry for $number {
            const TYPE: &str = $name;
            fn append(self, bytes: &mut Vec<u8>) {
                bytes.extend(self.to_le_bytes());
            }
        })*
    };
}

entries!(u8: "|u1", u16: "<u2", u32: "<u4", i32: "<i4", i64: "<i8", f32: "<f4", f64: "<f8");

impl Entry for bool {
    const TYPE: &str = "|b1";
    fn append(self, bytes: &mut Vec<u8>) {
        bytes.push(u8::from(self));
    }
}

/// The archive is larger than the four bytes that a zip file has for a size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an array of more than 4 GiB does not fit an NPZ file")]
pub struct TooLarge;

/// The arrays of an NPZ file.
#[derive(Debug, Default)]
pub struct Npz {
    files: Vec<u8>,
    list: Vec<u8>,
    n_files: u16,
}

impl Npz {
    /// Adds an array under a name, entries in the order of its axes, the last axis fastest.
    ///
    /// # Errors
    /// [`TooLarge`]
    pub fn add<A: Entry>(
        &mut self,
        name: &str,
        array: &ArrayBase<impl Data<Elem = A>, impl Dimension>,
    ) -> Result<(), TooLarge> {
        let shape: String = array.shape().iter().map(|length| length.to_string() + ", ").collect();
        let head = format!("{{'descr': '{}', 'fortran_order': False, 'shape': ({shape}), }}\n", A::TYPE);
        let mut file: Vec<u8> = b"\x93NUMPY\x01\x00".to_vec();
        file.extend((head.len() as u16).to_le_bytes());
        file.extend(head.bytes());
        for &entry in array {
            entry.append(&mut file);
        }
        let mut checksum = Crc::new();
        checksum.update(&file);
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
        // Memory takes whatever is written to it.
        let packed = encoder.write_all(&file).and_then(|()| encoder.finish()).map_err(|_| TooLarge)?;
        let size = |length: usize| u32::try_from(length).map(u32::to_le_bytes).map_err(|_| TooLarge);
        let name = format!("{name}.npy");
        // Version, flags, method (deflate), time and date; checksum, sizes; lengths of the name and of what is extra.
        let fields = [
            &[20, 0, 0, 0, 8, 0, 0, 0, 33, 0][..],
            &checksum.sum().to_le_bytes(),
            &size(packed.len())?,
            &size(file.len())?,
            &(name.len() as u16).to_le_bytes(),
            &[0, 0],
        ]
        .concat();
        let offset = size(self.files.len())?;
        self.list.extend([b"PK\x01\x02\x14\x00", &fields[..], &[0; 10], &offset, name.as_bytes()].concat());
        self.files.extend([b"PK\x03\x04", &fields[..], name.as_bytes()].concat());
        self.files.extend(packed);
        self.n_files += 1;
        Ok(())
    }

    /// The whole file.
    ///
    /// # Errors
    /// [`TooLarge`]
    pub fn bytes(&self) -> Result<Vec<u8>, TooLarge> {
        let size = |length: usize| u32::try_from(length).map(u32::to_le_bytes).map_err(|_| TooLarge);
        let n_files = self.n_files.to_le_bytes();
        let (n_bytes, offset) = (size(self.list.len())?, size(self.files.len())?);
        let end = [b"PK\x05\x06\0\0\0\0", &n_files[..], &n_files, &n_bytes, &offset, &[0, 0]].concat();
        Ok([&self.files[..], &self.list, &end].concat())
    }
}
