//! Verdicts on disk, so that a build that is resumed does not judge again.
//!
//! One embedded store (redb: pure Rust, copy on write, checksums) that a kill at any moment leaves whole.
//! One thread writes: what has come while it wrote goes into its next transaction, so that transactions are
//! small where little comes, and few where much does.

use crate::{Infrastructure, Isolation, Plan, Tool};
use redb::{Database, DatabaseError, ReadableDatabase, TableDefinition};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs;
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, OnceLock};
use std::thread::{self, JoinHandle};

/// Changes whenever the same program may be judged differently by the same toolchain.
const FORMAT: u32 = 2;
/// Results by the hash of what they depend on; each is preceded by its own checksum.
const RESULTS: TableDefinition<'_, [u8; 32], &[u8]> = TableDefinition::new("results");
/// Bytes of the checksum before a result.
const CHECKSUM: usize = 8;
/// Results that wait for the disk before those who bring more have to wait too.
const WAITING: usize = 1024;
/// Bytes of pages that are kept in memory.
const PAGES: usize = 16 << 20;

/// A store of results.
#[derive(Debug)]
pub(crate) struct Cache {
    path: PathBuf,
    database: Arc<Database>,
    /// `None` only while it is dropped.
    sender: Option<SyncSender<Entry>>,
    writer: Option<JoinHandle<()>>,
    /// Why nothing is written any more.
    failure: Arc<OnceLock<String>>,
    notice: Option<String>,
}

/// A result, ready to be stored.
#[derive(Debug)]
pub(crate) struct Entry {
    hash: [u8; 32],
    /// The checksum, then the result.
    value: Vec<u8>,
}

impl Entry {
    /// `result` under `key`.
    pub fn new<T: Serialize, R: Serialize>(key: &Key<'_, T>, result: &R) -> Option<Entry> {
        let (hash, text) = (hash(key)?, serde_json::to_vec(result).ok()?);
        Some(Entry { hash, value: [checksum(&hash, &text).as_slice(), &text].concat() })
    }
}

/// All that a verdict depends on.
#[derive(Serialize)]
pub(crate) struct Key<'a, T> {
    judged: &'a T,
    /// The files, and the commands with their limits.
    plan: String,
    toolchain: String,
    isolation: Isolation,
}

impl<'a, T> Key<'a, T> {
    /// The key of judging `judged` by `plan`.
    pub fn new(judged: &'a T, plan: &Plan, tools: &[Tool], isolation: Isolation) -> Self {
        Key { judged, plan: format!("{plan:?}"), toolchain: Tool::versions(tools), isolation }
    }
}

/// Why a store does not open.
enum Fault {
    /// It is damaged, or no store of ours.
    Unreadable(String),
    /// The machine does not let us: permissions, no space, somebody else has it open.
    Machine(String),
}

impl Cache {
    /// Opens or makes the store at `path`. One that cannot be read is set aside and begun anew, which
    /// [`Cache::notice`] says.
    ///
    /// # Errors
    /// If it can be neither opened nor made.
    pub fn open(path: &Path) -> Result<Self, Infrastructure> {
        let failed = |reason: String| Infrastructure::Store { path: path.to_owned(), reason };
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|e| Infrastructure::file(folder, e))?;
        }
        let (database, notice) = match open(path) {
            Ok(database) => (database, None),
            Err(Fault::Machine(reason)) => return Err(failed(reason)),
            Err(Fault::Unreadable(reason)) => {
                let aside = set_aside(path).map_err(|e| Infrastructure::file(path, e))?;
                let notice = format!(
                    "the verdicts of earlier runs in {} cannot be read ({reason}); they were set aside as {}, and programs are judged anew",
                    path.display(),
                    aside.display()
                );
                let anew =
                    open(path).map_err(|(Fault::Unreadable(reason) | Fault::Machine(reason))| failed(reason));
                (anew?, Some(notice))
            }
        };
        let (database, failure) = (Arc::new(database), Arc::new(OnceLock::new()));
        let (sender, receiver) = sync_channel(WAITING);
        let writer = thread::spawn({
            let (database, failure) = (database.clone(), failure.clone());
            move || write_all(&database, &receiver, &failure)
        });
        Ok(Cache {
            path: path.to_owned(),
            database,
            sender: Some(sender),
            writer: Some(writer),
            failure,
            notice,
        })
    }

    /// What has to be said about the store that was found.
    pub fn notice(&self) -> Option<&str> {
        self.notice.as_deref()
    }

    /// What is stored under `key`. What cannot be read counts as nothing, so that damage costs time only.
    pub fn get<T: Serialize, R: DeserializeOwned>(&self, key: &Key<'_, T>) -> Option<R> {
        let hash = hash(key)?;
        let table = self.database.begin_read().ok()?.open_table(RESULTS).ok()?;
        let found = table.get(hash).ok()??;
        let (sum, text) = found.value().split_at_checked(CHECKSUM)?;
        (sum == checksum(&hash, text)).then(|| serde_json::from_slice(text).ok()).flatten()
    }

    /// Stores `entry`, some time soon.
    ///
    /// # Errors
    /// If the store cannot be written any more: the disk is full, the folder is gone.
    pub fn put(&self, entry: Option<Entry>) -> Result<(), Infrastructure> {
        let Some(entry) = entry else { return Ok(()) };
        let sent = self.sender.as_ref().is_some_and(|sender| sender.send(entry).is_ok());
        match self.failure.get() {
            None if sent => Ok(()),
            failure => Err(Infrastructure::Store {
                path: self.path.clone(),
                reason: failure.cloned().unwrap_or_else(|| "its writer has ended".to_owned()),
            }),
        }
    }
}

impl Drop for Cache {
    /// Waits until everything is written.
    fn drop(&mut self) {
        self.sender = None;
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has written less than it might have, which costs time only.
            let _ = writer.join();
        }
    }
}

fn hash<T: Serialize>(key: &Key<'_, T>) -> Option<[u8; 32]> {
    let text = serde_json::to_vec(&(FORMAT, key)).ok()?;
    Some(*blake3::hash(&text).as_bytes())
}

fn checksum(hash: &[u8; 32], text: &[u8]) -> [u8; CHECKSUM] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(hash).update(text);
    let mut sum = [0; CHECKSUM];
    hasher.finalize_xof().fill(&mut sum);
    sum
}

/// Opens the store and looks through all of it.
fn open(path: &Path) -> Result<Database, Fault> {
    // The library is not known to panic over a damaged file, and must not stop a build if it does.
    let opened = catch_unwind(AssertUnwindSafe(|| {
        let mut builder = Database::builder();
        let database = builder.set_cache_size(PAGES).set_check_integrity_on_open(true).create(path)?;
        let writing = database.begin_write().map_err(redb::Error::from)?;
        writing.open_table(RESULTS).map_err(redb::Error::from)?;
        writing.commit().map_err(redb::Error::from)?;
        Ok(database)
    }));
    opened.unwrap_or_else(|_| Err(Fault::Unreadable("it is damaged".to_owned())))
}

impl From<DatabaseError> for Fault {
    fn from(error: DatabaseError) -> Self {
        redb::Error::from(error).into()
    }
}

impl From<redb::Error> for Fault {
    fn from(error: redb::Error) -> Self {
        let reason = error.to_string();
        let damaged = [ErrorKind::InvalidData, ErrorKind::UnexpectedEof, ErrorKind::InvalidInput];
        match error {
            redb::Error::Io(error) if !damaged.contains(&error.kind()) => Fault::Machine(reason),
            redb::Error::DatabaseAlreadyOpen | redb::Error::LockProtocolMismatch => Fault::Machine(reason),
            _ => Fault::Unreadable(reason),
        }
    }
}

/// Moves a store out of the way and says where to.
fn set_aside(path: &Path) -> std::io::Result<PathBuf> {
    let aside = |number: u32| {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".damaged-{number}"));
        PathBuf::from(name)
    };
    let free = (1..).map(aside).find(|path| !path.exists()).unwrap_or_else(|| aside(0));
    fs::rename(path, &free)?;
    Ok(free)
}

/// Writes what comes until nothing more can come.
fn write_all(database: &Database, receiver: &Receiver<Entry>, failure: &OnceLock<String>) {
    while let Ok(first) = receiver.recv() {
        let entries = std::iter::once(first).chain(receiver.try_iter().take(WAITING));
        if let Err(error) = write(database, entries) {
            // Nobody else sets it.
            let _ = failure.set(error.to_string());
            return;
        }
    }
}

/// Writes `entries` in one transaction; afterwards they are on the disk.
fn write(database: &Database, entries: impl Iterator<Item = Entry>) -> Result<(), redb::Error> {
    let writing = database.begin_write()?;
    {
        let mut table = writing.open_table(RESULTS)?;
        for Entry { hash, value } in entries {
            table.insert(hash, value.as_slice())?;
        }
    }
    Ok(writing.commit()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &String) -> Key<'_, String> {
        Key::new(text, &Plan { files: Vec::new(), steps: Vec::new() }, &[], Isolation::None)
    }

    fn texts() -> Vec<String> {
        (0..40).map(|n| format!("program {n}")).collect()
    }

    /// A store with a result for each text.
    fn filled(path: &Path) {
        let cache = Cache::open(path).expect("a cache");
        for (number, text) in texts().iter().enumerate() {
            cache.put(Entry::new(&key(text), &vec![number; 100])).expect("a writable folder");
        }
    }

    #[test]
    fn gives_back_what_was_put_under_the_same_key() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("state/verdicts.redb");
        filled(&path);
        let cache = Cache::open(&path).expect("a cache");
        assert_eq!(cache.notice(), None);
        for (number, text) in texts().iter().enumerate() {
            assert_eq!(cache.get(&key(text)), Some(vec![number; 100]));
        }
        assert_eq!(cache.get::<_, Vec<usize>>(&key(&"another".to_owned())), None);
    }

    #[test]
    fn what_is_no_store_is_said_and_set_aside() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("verdicts.redb");
        for foreign in ["no store at all\n".repeat(1000), "x".to_owned()] {
            fs::write(&path, &foreign).expect("written");
            filled(&path);
        }
        for number in 1..=2 {
            assert!(folder.path().join(format!("verdicts.redb.damaged-{number}")).is_file());
        }
        fs::write(&path, "no store").expect("written");
        let cache = Cache::open(&path).expect("a cache");
        let notice = cache.notice().expect("a notice");
        assert!(notice.contains("judged anew") && notice.contains("damaged-3"), "{notice}");
    }

    #[test]
    fn damage_anywhere_never_gives_a_wrong_result() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("verdicts.redb");
        filled(&path);
        let whole = fs::read(&path).expect("readable");
        let mut seen_aside = false;
        for step in 0..60 {
            let mut damaged = whole.clone();
            let at = step * damaged.len() / 60;
            match step % 3 {
                0 => damaged.truncate(at),
                1 => damaged[at] ^= 1,
                _ => damaged[at..].iter_mut().take(4096).for_each(|byte| *byte = 0xff),
            }
            fs::write(&path, &damaged).expect("written");
            let cache = Cache::open(&path).expect("a cache");
            seen_aside |= cache.notice().is_some();
            for (number, text) in texts().iter().enumerate() {
                let found = cache.get::<_, Vec<usize>>(&key(text));
                assert!(found.is_none() || found == Some(vec![number; 100]), "{step}: {found:?}");
            }
        }
        assert!(seen_aside);
    }

    #[test]
    fn somebody_elses_store_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("verdicts.redb");
        let _first = Cache::open(&path).expect("a cache");
        let second = Cache::open(&path).expect_err("it is open already");
        assert!(second.to_string().contains("already open"), "{second}");
    }
}
