//! Files that appear whole: written beside, flushed to the disk, then renamed.

use super::WriteError;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file under construction; without [`AtomicFile::commit`] nothing appears at its path.
pub(super) struct AtomicFile {
    /// `None` once committed.
    file: Option<File>,
    beside: PathBuf,
    path: PathBuf,
}

impl AtomicFile {
    /// Opens a file beside `path`, over what a killed run may have left there.
    pub(super) fn create(path: &Path) -> Result<Self, WriteError> {
        let fail = |error| WriteError::new(path, error);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(fail)?;
        }
        let mut beside = path.as_os_str().to_owned();
        beside.push(".part");
        let beside = PathBuf::from(beside);
        let file = File::create(&beside).map_err(fail)?;
        Ok(AtomicFile { file: Some(file), beside, path: path.to_owned() })
    }

    /// Makes the file appear.
    pub(super) fn commit(mut self) -> Result<(), WriteError> {
        self.rename().map_err(|error| WriteError::new(&self.path, error))
    }

    fn rename(&mut self) -> io::Result<()> {
        self.open()?.sync_all()?;
        fs::rename(&self.beside, &self.path)?;
        self.file = None;
        sync_folder(&self.path)
    }

    fn open(&mut self) -> io::Result<&mut File> {
        self.file.as_mut().ok_or_else(|| io::Error::other("the file is closed"))
    }
}

impl Drop for AtomicFile {
    /// What was not committed leaves nothing behind.
    fn drop(&mut self) {
        if self.file.is_some() {
            // There is nobody left to tell, and the next run writes over it.
            let _ = fs::remove_file(&self.beside);
        }
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.open()?.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.open()?.flush()
    }
}

/// Makes a rename survive a power cut.
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// Writes `text` to `path`, whole or not at all.
///
/// # Errors
/// The folder or the file cannot be written.
pub fn write_text(path: &Path, text: &str) -> Result<(), WriteError> {
    let mut file = AtomicFile::create(path)?;
    file.write_all(text.as_bytes()).map_err(|error| WriteError::new(path, error))?;
    file.commit()
}
