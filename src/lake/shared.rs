//! Entries that several machines keep in one place: a folder, or an object store.
//!
//! Entries never change and are named by their key, so that two machines which write the same one at once write the same.
//! Whatever goes wrong with the place costs time only: it is told once, and the rest of the build does without.

use super::{cache, forget};
use crate::model::{Message, Told};
use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, mpsc},
    time::Duration,
};

/// A place that has not answered by then is done without: long enough for a large entry over a slow line.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is written first, to see whether anything can be.
const PROBE: &str = "CACHEDIR.TAG";

/// Why a shared cache cannot be what was asked for. Nothing of it holds a credential.
#[derive(Debug, thiserror::Error)]
#[error("{}", self.told())]
pub enum SharedError {
    /// A scheme that nobody reads here.
    Scheme(String),
    /// The address holds a name, a password or a question, which belong into the environment.
    Credentials,
    /// Object stores are not built in.
    NotBuiltIn(String),
    /// No address at all.
    Address(String),
    /// The environment does not say what the store needs.
    Environment,
    /// A variable should hold the store's address and holds none.
    Endpoint(String),
    /// It holds one without encryption, which nobody allowed.
    PlainHttp(String),
    /// The folder lies inside the input, whose files are read as workbooks.
    InInput(PathBuf),
    /// It was required and does not work.
    Required(Message),
}

impl Told for SharedError {
    fn told(&self) -> Message {
        match self {
            SharedError::Scheme(scheme) => Message::new("failure.cache_scheme").with("scheme", scheme),
            SharedError::Credentials => Message::new("failure.cache_credentials"),
            SharedError::NotBuiltIn(scheme) => Message::new("failure.cache_not_built_in").with("scheme", scheme),
            SharedError::Address(what) => Message::new("failure.cache_address").with("what", what),
            SharedError::Environment => Message::new("failure.cache_environment"),
            SharedError::Endpoint(name) => Message::new("failure.cache_endpoint").with("name", name),
            SharedError::PlainHttp(name) => Message::new("failure.cache_plain_http").with("name", name),
            SharedError::InInput(path) => Message::new("failure.cache_in_input").with("path", path),
            SharedError::Required(what) => Message::new("failure.cache_required").with("what", what.clone()),
        }
    }
}

/// Where entries are kept. Names have parts between slashes.
pub(super) trait Place: Send + Sync {
    /// The bytes of a name; `None` when there are none.
    fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>>;
    /// Keeps bytes, whole or not at all.
    fn write(&self, name: &str, bytes: Vec<u8>) -> io::Result<()>;
}

/// A place that several machines keep entries in.
pub struct Shared {
    place: Arc<dyn Place>,
    /// Its address, as it was given.
    shown: String,
    folder: Option<PathBuf>,
    state: Mutex<State>,
    patience: Duration,
}

/// What no longer works, and why.
#[derive(Clone, Debug, Default)]
struct State {
    reading: Option<Message>,
    writing: Option<Message>,
}

impl Shared {
    /// The place of an address: a folder, or `s3://`, `gs://`, `az://`. `beside` is the folder that a relative path is
    /// meant from. Nothing is read or written yet, see [`Shared::probe`].
    ///
    /// # Errors
    /// When the address can be no place. One that cannot be reached is told later, see [`Shared::trouble`].
    pub fn open(address: &str, beside: &Path) -> Result<Shared, SharedError> {
        let address = address.trim();
        // `name:password@host`, whatever stands before it.
        let secret = |part: &str| part.split_once('@').is_some_and(|(before, _)| before.contains(':'));
        let (place, folder): (Arc<dyn Place>, _) = match address.split_once("://") {
            None if address.is_empty() => return Err(SharedError::Address(String::new())),
            None if address.split('/').any(secret) => return Err(SharedError::Credentials),
            // `s3:bucket` is no folder's name.
            None if ["s3:", "gs:", "az:"].iter().any(|scheme| address.to_lowercase().starts_with(scheme)) => {
                return Err(SharedError::Address(address.to_owned()));
            }
            None => {
                let folder = beside.join(address);
                (Arc::new(Folder(folder.clone())), Some(folder))
            }
            Some((scheme, rest)) => {
                if rest.contains(['@', '?', '#', '%', ';', '&']) {
                    return Err(SharedError::Credentials);
                }
                let scheme = scheme.to_lowercase();
                (objects(&scheme, &format!("{scheme}://{rest}"))?, None)
            }
        };
        Ok(Shared { folder, ..Shared::of(place, address, PATIENCE) })
    }

    /// The folder that it is; `None` for an object store.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Its address, as it was given.
    pub fn address(&self) -> &str {
        &self.shown
    }

    fn of(place: Arc<dyn Place>, address: &str, patience: Duration) -> Shared {
        Shared { place, shown: address.to_owned(), folder: None, state: Mutex::default(), patience }
    }

    /// Sees whether anything can be kept there: a folder is made where the one above it is there.
    pub fn probe(&self) {
        self.put(PROBE.to_owned(), forget::TAG_TEXT.into());
    }

    /// What does not work, as told to the user; nothing as long as all does.
    pub fn trouble(&self) -> Vec<Message> {
        let State { reading, writing } = self.state();
        let told = match (reading, writing) {
            (Some(what), _) => Message::new("build.cache_lost").with("what", what),
            (None, Some(what)) => Message::new("build.cache_unwritten").with("what", what),
            (None, None) => return Vec::new(),
        };
        vec![told.with("place", &self.shown)]
    }

    /// Why it does not work, in the system's words.
    pub fn cause(&self) -> Option<Message> {
        let State { reading, writing } = self.state();
        reading.or(writing)
    }

    /// The bytes that stand in an entry's place; whether they are that entry is told by [`cache::body`].
    pub(super) fn get(&self, kind: &str, key: &str) -> Option<Vec<u8>> {
        let name = cache::name(kind, key)?;
        if self.state().reading.is_some() {
            return None;
        }
        match self.asked(move |place| place.read(&name)) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.state.lock().unwrap_or_else(PoisonError::into_inner).reading.get_or_insert(error.told());
                None
            }
        }
    }

    /// Keeps the bytes of an entry, sum and body.
    pub(super) fn keep(&self, kind: &str, key: &str, bytes: Vec<u8>) {
        if let Some(name) = cache::name(kind, key) {
            self.put(name, bytes);
        }
    }

    fn put(&self, name: String, bytes: Vec<u8>) {
        let State { reading, writing } = self.state();
        if reading.is_some() || writing.is_some() {
            return;
        }
        if let Err(error) = self.asked(move |place| place.write(&name, bytes)) {
            let lost = matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::NotFound);
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            if lost {
                state.reading.get_or_insert(error.told());
            }
            state.writing.get_or_insert(error.told());
        }
    }

    fn state(&self) -> State {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What the place answers within its time; a share that hangs keeps a thread and nobody else.
    fn asked<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&dyn Place) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let (answer, answered) = mpsc::channel();
        let place = self.place.clone();
        std::thread::Builder::new().spawn(move || answer.send(ask(&*place)))?;
        answered.recv_timeout(self.patience).unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Shared").field(&self.shown).finish()
    }
}

#[cfg(not(feature = "cloud"))]
fn objects(scheme: &str, _: &str) -> Result<Arc<dyn Place>, SharedError> {
    match scheme {
        "s3" | "gs" | "az" => Err(SharedError::NotBuiltIn(scheme.to_owned())),
        other => Err(SharedError::Scheme(other.to_owned())),
    }
}

#[cfg(feature = "cloud")]
fn objects(scheme: &str, address: &str) -> Result<Arc<dyn Place>, SharedError> {
    match scheme {
        "s3" | "gs" | "az" => Ok(Arc::new(super::objects::Objects::open(address)?)),
        other => Err(SharedError::Scheme(other.to_owned())),
    }
}

/// A folder, most often on a share.
struct Folder(PathBuf);

impl Folder {
    fn path(&self, name: &str) -> PathBuf {
        name.split('/').fold(self.0.clone(), |path, part| path.join(part))
    }
}

/// Makes a folder for those who share it, and for nobody else.
fn made_private(folder: &Path, with_those_above: bool) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o770);
    builder.recursive(with_those_above).create(folder)
}

impl Place for Folder {
    fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        let path = self.path(name);
        match fs::read(&path) {
            Ok(bytes) => {
                forget::used(&path);
                Ok(Some(bytes))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            // What is wrong with one entry costs that one only.
            Err(_) if fs::read_dir(&self.0).is_ok() => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn write(&self, name: &str, bytes: Vec<u8>) -> io::Result<()> {
        let path = self.path(name);
        let folder = path.parent().unwrap_or(&self.0);
        // Where a share is not there, nothing is made in its place.
        if !self.0.is_dir() {
            made_private(&self.0, false)?;
        }
        made_private(folder, true)?;
        if path.exists() && name == PROBE {
            // That something can be written here is seen by writing, not by what another machine left.
            tempfile::tempfile_in(folder)?.write_all(&bytes)?;
            return Ok(());
        }
        let mut builder = tempfile::Builder::new();
        // Readable by those who share it, and by nobody else: entries hold personal data.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o660));
        let mut staged = builder.prefix(".").tempfile_in(folder)?;
        staged.write_all(&bytes)?;
        staged.persist(&path).map_err(|error| error.error)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A place that does as told.
    struct Troubled {
        reads: fn() -> io::Result<Option<Vec<u8>>>,
        writes: fn() -> io::Result<()>,
    }

    impl Place for Troubled {
        fn read(&self, _: &str) -> io::Result<Option<Vec<u8>>> {
            (self.reads)()
        }

        fn write(&self, _: &str, _: Vec<u8>) -> io::Result<()> {
            (self.writes)()
        }
    }

    fn told(shared: &Shared) -> Vec<String> {
        let words = crate::messages::Messages::of(crate::model::Lang::En);
        shared.trouble().iter().map(|message| words.say(message)).collect()
    }

    #[test]
    fn a_place_in_trouble_is_told_once_and_done_without() {
        let key = "ab".repeat(32);
        let of = |place: Troubled| {
            let shared = Shared::of(Arc::new(place), "share", Duration::from_millis(50));
            shared.probe();
            shared
        };
        let full = of(Troubled { reads: || Ok(None), writes: || Err(io::ErrorKind::StorageFull.into()) });
        assert!(full.get("rows", &key).is_none());
        assert!(
            matches!(&told(&full)[..], [one] if one.contains("share") && one.contains("not kept")),
            "{:?}",
            told(&full)
        );
        let gone = of(Troubled { reads: || Err(io::ErrorKind::NotConnected.into()), writes: || Ok(()) });
        assert!(told(&gone).is_empty());
        assert!(gone.get("rows", &key).is_none() && gone.get("rows", &key).is_none());
        assert!(matches!(&told(&gone)[..], [one] if one.contains("does without")), "{:?}", told(&gone));
        fn slow<T>() -> io::Result<T> {
            std::thread::sleep(Duration::from_millis(400));
            Err(io::ErrorKind::Other.into())
        }
        let slow = of(Troubled { reads: slow, writes: slow });
        assert!(matches!(&told(&slow)[..], [one] if one.contains("does without")), "{:?}", told(&slow));
    }

    #[test]
    fn addresses_that_are_no_place() {
        let open = |address: &str| Shared::open(address, Path::new("/nowhere")).map(drop);
        assert!(matches!(open("ftp://a/b"), Err(SharedError::Scheme(scheme)) if scheme == "ftp"));
        for secret in
            ["s3://key:secret@bucket/x", "https://a/b?sig=secret", "//u:secret@host/x", "s3://u%3Asecret%40b/x"]
        {
            let error = open(secret).expect_err("a secret");
            assert!(!format!("{error:?} {error}").contains("secret"), "{error}");
        }
        for none in ["", " ", "s3:bucket", "S3:/bucket"] {
            assert!(matches!(open(none), Err(SharedError::Address(_))), "{none}");
        }
        assert!(open("a folder").is_ok(), "a share that is not there is told, not refused");
    }

    #[test]
    fn what_one_machine_keeps_another_finds_unless_it_is_damaged_or_another_entry() {
        let root = tempfile::tempdir().expect("a folder");
        let share = root.path().join("share");
        let machine = |name: &str| {
            let shared = Shared::open("share", root.path()).expect("a place");
            shared.probe();
            assert!(shared.trouble().is_empty());
            cache::Cache::at(Some(&root.path().join(name))).sharing(Some(Arc::new(shared)))
        };
        let [one, other] =
            ["aa11", "bb22"].map(|key| cache::KeyParts::new("rows", cache::stage::READ).with(key).finish());
        machine("one").put("rows", &one, &vec![1u32]).expect("kept");
        machine("one").put("rows", &other, &vec![2u32]).expect("kept");
        // What is true of one machine stays on it.
        machine("one").put("memo", &one, &vec![3u32]).expect("kept");
        assert_eq!(machine("two").get::<Vec<u32>>("rows", &one), Some(vec![1]));
        assert_eq!(machine("two").get::<Vec<u32>>("memo", &one), None);
        let path = |key: &str| share.join(cache::name("rows", key).expect("a name"));
        fs::copy(path(&other), path(&one)).expect("another entry under this name");
        assert_eq!(machine("three").get::<Vec<u32>>("rows", &one), None);
        let mut bytes = fs::read(path(&other)).expect("an entry");
        *bytes.last_mut().expect("not empty") ^= 1;
        fs::write(path(&other), bytes).expect("damaged");
        assert_eq!(machine("three").get::<Vec<u32>>("rows", &other), None);
        // What a machine has itself it does not ask for.
        assert_eq!(machine("two").get::<Vec<u32>>("rows", &one), Some(vec![1]));
    }
}
