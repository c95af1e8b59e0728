//! What is written, hashed on its way.

use std::io::{self, BufWriter, Write};

/// A writer whose bytes are hashed as they are written.
pub struct Hashed<W: Write> {
    out: BufWriter<W>,
    hash: blake3::Hasher,
}

impl<W: Write> Hashed<W> {
    /// Nothing written yet.
    pub fn new(out: W) -> Hashed<W> {
        Hashed::after(blake3::Hasher::new(), out)
    }

    /// The same, whose hash goes on after what was hashed already.
    pub(super) fn after(hash: blake3::Hasher, out: W) -> Hashed<W> {
        Hashed { out: BufWriter::with_capacity(1 << 16, out), hash }
    }

    /// The hash of what was written so far.
    pub fn hash(&self) -> blake3::Hash {
        self.hash.finalize()
    }
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
