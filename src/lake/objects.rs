//! An object store as the place of a shared cache. Credentials come from the environment, as the store's own tools read
//! them: `AWS_ACCESS_KEY_ID`, `AWS_REGION`, `AWS_ENDPOINT`, `GOOGLE_APPLICATION_CREDENTIALS`, `AZURE_STORAGE_ACCOUNT_NAME` …

use super::shared::{Place, SharedError};
use object_store::{Error, ObjectStore, ObjectStoreExt, PutPayload, path::Path};
use std::io;
use tokio::runtime::Runtime;

/// A bucket, and the path below which entries stand.
pub(super) struct Objects {
    store: Box<dyn ObjectStore>,
    below: Path,
    runtime: Runtime,
}

impl Objects {
    /// The store of an address such as `s3://bucket/path`.
    ///
    /// # Errors
    /// When the address names none, or the environment lacks what it takes.
    pub(super) fn open(address: &str) -> Result<Objects, SharedError> {
        let wrong = |what: &str| SharedError::Address(what.to_owned());
        let url = url::Url::parse(address).map_err(|error| wrong(&error.to_string()))?;
        for (name, value) in std::env::vars().filter(|(name, _)| name.starts_with("AWS_ENDPOINT")) {
            let endpoint = url::Url::parse(&value).ok().filter(|url| url.has_host());
            let plain = endpoint.as_ref().is_some_and(|url| url.scheme() == "http");
            if endpoint.is_none() {
                return Err(SharedError::Endpoint(name));
            } else if plain && std::env::var_os("AWS_ALLOW_HTTP").is_none() {
                return Err(SharedError::PlainHttp(name));
            }
        }
        let environment = std::env::vars().map(|(name, value)| (name.to_lowercase(), value));
        let (store, below) = object_store::parse_url_opts(&url, environment).map_err(|_| SharedError::Environment)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        let runtime = runtime.map_err(|error| wrong(&error.to_string()))?;
        Ok(Objects { store, below, runtime })
    }

    fn path(&self, name: &str) -> Path {
        name.split('/').fold(self.below.clone(), |path, part| path.join(part))
    }
}

impl Place for Objects {
    fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
        let path = self.path(name);
        let read = self.runtime.block_on(async { self.store.get(&path).await?.bytes().await });
        match read {
            Ok(bytes) => Ok(Some(bytes.to_vec())),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failure(&error)),
        }
    }

    fn write(&self, name: &str, bytes: Vec<u8>) -> io::Result<()> {
        let path = self.path(name);
        let written = self.runtime.block_on(self.store.put(&path, PutPayload::from(bytes)));
        written.map(drop).map_err(|error| failure(&error))
    }
}

/// What kind of failure it is, without what it holds: such libraries may repeat what they were given.
fn failure(error: &Error) -> io::Error {
    let kind = match error {
        Error::NotFound { .. } => io::ErrorKind::NotFound,
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => io::ErrorKind::PermissionDenied,
        _ => io::ErrorKind::NotConnected,
    };
    kind.into()
}
