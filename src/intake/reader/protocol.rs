//! What crosses the pipe: frames of a length (four bytes, little-endian) and a message. The reader speaks first and says
//! [`SOURCE`]; then it gets a [`Start`], and answers each [`Request`] with chunks of rows, each behind a byte [`ROWS`], and a
//! [`Reply`] behind a byte [`END`].

use crate::{
    intake::{archive::Inside, plan::Plan, workbook::Reading},
    model::SeenSheet,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::io::{self, Read, Write};

/// What a reader says first: what it was built from. A reader of another build is not listened to.
pub(super) const SOURCE: &str = env!("FOURSIGHT_SOURCE");

/// The first frame to a worker.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Start {
    pub plan: Plan,
    /// Address space, in MiB.
    pub memory_mb: u64,
}

/// One workbook to be read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(in crate::intake) struct Request {
    /// The file's path in the operating system's bytes.
    pub path: Vec<u8>,
    pub shown: String,
    pub store: String,
    /// What the file's bytes must hash to.
    pub hash: String,
    /// Largest file that is opened, in MiB.
    pub file_mb: u64,
    /// The file inside the archive, where it is one.
    pub member: Option<u32>,
    pub want: Want,
}

/// What is asked of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::intake) enum Want {
    /// Its rows under the reading plan.
    Rows,
    /// What its cells show.
    Seen,
    /// The files inside, if it is an archive of files.
    Members,
}

/// The first byte of a frame with a chunk of rows.
pub(super) const ROWS: u8 = 0;

/// The first byte of the frame that ends an answer.
pub(super) const END: u8 = 1;

/// The end of an answer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Reply {
    /// What was read besides rows.
    Read {
        rest: Reading,
        /// The rows sent before count; else the file turned out to be damaged behind them.
        whole: bool,
        /// It follows from the file's bytes, its path, the plan and the limits alone.
        lasting: bool,
    },
    /// What the cells show; nothing when it cannot be read.
    Seen(Option<Vec<SeenSheet>>),
    /// The files inside, or the code and arguments of what keeps the archive from being opened; nothing when it is none.
    Members(Inside),
    /// The machine did not let the file be read; what it said.
    Machine(String),
}

/// A message behind its first byte.
pub(super) fn marked(mark: u8, message: &impl Serialize) -> io::Result<Vec<u8>> {
    postcard::to_extend(message, vec![mark]).map_err(io::Error::other)
}

/// No message is longer: a length beyond this is a broken pipe's noise.
const LONGEST: u32 = 1 << 30;

pub(super) fn encode(message: &impl Serialize) -> io::Result<Vec<u8>> {
    postcard::to_stdvec(message).map_err(io::Error::other)
}

pub(super) fn decode<T: DeserializeOwned>(bytes: &[u8]) -> io::Result<T> {
    postcard::from_bytes(bytes).map_err(io::Error::other)
}

/// Writes one frame. The pipe is flushed by whoever waits for an answer.
pub(super) fn send(pipe: &mut impl Write, message: &[u8]) -> io::Result<()> {
    let length = u32::try_from(message.len()).ok().filter(|length| *length <= LONGEST);
    let length = length.ok_or_else(|| io::Error::other("message too long"))?;
    pipe.write_all(&length.to_le_bytes())?;
    pipe.write_all(message)
}

/// Reads one frame; `None` at the end of the stream.
pub(in crate::intake) fn receive(pipe: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0_u8; 4];
    if let Err(error) = pipe.read_exact(&mut length) {
        return if error.kind() == io::ErrorKind::UnexpectedEof { Ok(None) } else { Err(error) };
    }
    let length = u32::from_le_bytes(length);
    if length > LONGEST {
        return Err(io::Error::other("message too long"));
    }
    let mut message = vec![0; length as usize];
    pipe.read_exact(&mut message)?;
    Ok(Some(message))
}

/// A path in the operating system's bytes.
pub(super) fn path_bytes(path: &std::path::Path) -> Vec<u8> {
    #[cfg(unix)]
    {
        std::os::unix::ffi::OsStrExt::as_bytes(path.as_os_str()).to_vec()
    }
    #[cfg(not(unix))]
    {
        path.to_string_lossy().into_owned().into_bytes()
    }
}

/// The path of these bytes.
pub(super) fn path_of(bytes: Vec<u8>) -> std::path::PathBuf {
    #[cfg(unix)]
    {
        std::path::PathBuf::from(<std::ffi::OsString as std::os::unix::ffi::OsStringExt>::from_vec(bytes))
    }
    #[cfg(not(unix))]
    {
        std::path::PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())
    }
}
