//! The calls of the crate `zstd` that `parquet` makes, on the pure Rust `ruzstd`.
//!
//! `zstd` compiles the C library: half a minute of the build, and a C compiler on machines that otherwise need none.
//! Tables of polars are compressed with Zstandard by default, so reading them is not to be given up. `Cargo.toml` at
//! the root puts this crate in the place of `zstd`.

/// Whole buffers at once.
pub mod bulk {
    use ruzstd::decoding::StreamingDecoder;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};
    use std::io::{Cursor, Error, ErrorKind, Read, Result};

    /// Compresses buffers.
    pub struct Compressor<'a>(std::marker::PhantomData<&'a ()>);

    impl Compressor<'static> {
        /// A compressor; `ruzstd` has one level for all.
        pub fn new(_level: i32) -> Result<Self> {
            Ok(Self(std::marker::PhantomData))
        }

        /// Appends the compressed source at the position of the target; returns the bytes written.
        pub fn compress_to_buffer(&mut self, source: &[u8], target: &mut Cursor<&mut Vec<u8>>) -> Result<usize> {
            let compressed = compress_to_vec(source, CompressionLevel::Fastest);
            append(target, &compressed);
            Ok(compressed.len())
        }
    }

    /// Decompresses buffers.
    pub struct Decompressor<'a>(std::marker::PhantomData<&'a ()>);

    impl Decompressor<'static> {
        /// A decompressor.
        pub fn new() -> Result<Self> {
            Ok(Self(std::marker::PhantomData))
        }

        /// Appends the decompressed source at the position of the target; returns the bytes written.
        ///
        /// # Errors
        /// If the source is damaged, or holds more than the room that the target has reserved: a length is never taken
        /// from the source.
        pub fn decompress_to_buffer(&mut self, source: &[u8], target: &mut Cursor<&mut Vec<u8>>) -> Result<usize> {
            let room = target.get_ref().capacity().saturating_sub(target.position() as usize);
            let decoder = StreamingDecoder::new(source).map_err(|error| Error::new(ErrorKind::InvalidData, error.to_string()))?;
            let mut bytes = Vec::with_capacity(room);
            decoder.take(room as u64 + 1).read_to_end(&mut bytes)?;
            if bytes.len() > room {
                return Err(Error::new(ErrorKind::InvalidData, "a page is larger than its header says"));
            }
            append(target, &bytes);
            Ok(bytes.len())
        }
    }

    fn append(target: &mut Cursor<&mut Vec<u8>>, bytes: &[u8]) {
        let position = target.position() as usize;
        let buffer = target.get_mut();
        buffer.truncate(position);
        buffer.extend_from_slice(bytes);
        target.set_position((position + bytes.len()) as u64);
    }
}

/// Calls of the C library that need no context.
pub mod zstd_safe {
    /// A frame whose header cannot be read.
    #[derive(Debug)]
    pub struct ContentSizeError;

    /// The size that a frame's header gives; unknown here, so that the caller takes its own estimate.
    ///
    /// # Errors
    /// Never.
    pub fn get_frame_content_size(_source: &[u8]) -> Result<Option<u64>, ContentSizeError> {
        Ok(None)
    }

    /// Upper bound of the compressed size of so many bytes.
    pub fn compress_bound(size: usize) -> usize {
        size + (size >> 7) + 128
    }
}
