//! Storage that grows onto the disk: numbers that are read back by place, and entries that are read back by part.
//!
//! The files have no name, so nothing is left of them when the process ends, however it ends.

use super::SpillError;
use std::fs::File;
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// Numbers of a block in memory; a longer run gets a block of its own.
const BLOCK: usize = 1 << 17;
/// Bytes that are collected before they are written.
const WRITE_BYTES: usize = 1 << 20;

/// A file without a name that only grows.
#[derive(Debug)]
struct Spill {
    folder: PathBuf,
    file: Option<File>,
    pending: Vec<u8>,
    written: u64,
}

impl Spill {
    fn new(folder: &Path) -> Self {
        Spill { folder: folder.to_owned(), file: None, pending: Vec::new(), written: 0 }
    }

    /// Where the next byte will stand.
    fn end(&self) -> u64 {
        self.written + self.pending.len() as u64
    }

    fn push(&mut self, bytes: impl Iterator<Item = u64>) -> Result<(), SpillError> {
        for number in bytes {
            self.pending.extend_from_slice(&number.to_le_bytes());
        }
        if self.pending.len() >= WRITE_BYTES { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), SpillError> {
        let fail = |error| SpillError::new(&self.folder, error);
        let file = match &mut self.file {
            Some(file) => file,
            none => none.insert(tempfile::tempfile_in(&self.folder).map_err(fail)?),
        };
        file.write_all(&self.pending).map_err(fail)?;
        self.written += self.pending.len() as u64;
        self.pending.clear();
        Ok(())
    }

    /// Reads `count` numbers at the byte `at` into `buffer`; what is pending must have been flushed.
    fn read(
        &self,
        at: u64,
        count: usize,
        bytes: &mut Vec<u8>,
        buffer: &mut Vec<u64>,
    ) -> Result<(), SpillError> {
        bytes.clear();
        bytes.resize(8 * count, 0);
        if let Some(file) = &self.file {
            file.read_exact_at(bytes, at).map_err(|error| SpillError::new(&self.folder, error))?;
        }
        let (numbers, _) = bytes.as_chunks::<8>();
        buffer.extend(numbers.iter().map(|number| u64::from_le_bytes(*number)));
        Ok(())
    }
}

/// Runs of numbers, in memory until that is full, then in a file.
#[derive(Debug)]
pub(crate) struct Runs {
    blocks: Vec<Vec<u64>>,
    /// Numbers that may still go into memory.
    room: usize,
    spill: Spill,
}

/// Where a run is kept.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Place {
    /// The block and the position in it, or the position in the file.
    at: u64,
    length: u32,
}

/// Marks a place in the file.
const IN_FILE: u64 = 1 << 63;

/// Buffers for reading runs.
#[derive(Debug, Default)]
pub(crate) struct Buffer {
    bytes: Vec<u8>,
    numbers: Vec<u64>,
}

impl Place {
    /// How many numbers there are.
    pub(crate) fn len(self) -> usize {
        self.length as usize
    }
}

impl Runs {
    /// At most about `memory` bytes in memory, the rest in a file in `folder`.
    pub(crate) fn new(memory: u64, folder: &Path) -> Self {
        let room = usize::try_from(memory / 8).unwrap_or(usize::MAX);
        Runs { blocks: Vec::new(), room, spill: Spill::new(folder) }
    }

    /// Keeps `run`.
    pub(crate) fn push(&mut self, run: &[u64]) -> Result<Place, SpillError> {
        let length = u32::try_from(run.len()).map_err(|_| SpillError::too_long(&self.spill.folder))?;
        if run.len() > self.room {
            self.room = 0;
            let at = self.spill.end() | IN_FILE;
            self.spill.push(run.iter().copied())?;
            return Ok(Place { at, length });
        }
        self.room -= run.len();
        let fits = |block: &&mut Vec<u64>| block.capacity() - block.len() >= run.len();
        let position = match self.blocks.last_mut().filter(fits) {
            Some(block) => {
                block.extend_from_slice(run);
                block.len() - run.len()
            }
            None => {
                let mut block = Vec::with_capacity(BLOCK.max(run.len()));
                block.extend_from_slice(run);
                self.blocks.push(block);
                0
            }
        };
        Ok(Place { at: ((self.blocks.len() - 1) as u64) << 32 | position as u64, length })
    }

    /// Writes what is pending, so that everything can be read.
    pub(crate) fn flush(&mut self) -> Result<(), SpillError> {
        if self.spill.pending.is_empty() { Ok(()) } else { self.spill.flush() }
    }

    /// The run at `place`, in `buffer` if it had to be read.
    pub(crate) fn get<'a>(&'a self, place: Place, buffer: &'a mut Buffer) -> Result<&'a [u64], SpillError> {
        if place.at & IN_FILE != 0 {
            buffer.numbers.clear();
            self.spill.read(place.at & !IN_FILE, place.len(), &mut buffer.bytes, &mut buffer.numbers)?;
            return Ok(&buffer.numbers);
        }
        let (block, position) = ((place.at >> 32) as usize, place.at as u32 as usize);
        let run = self.blocks.get(block).and_then(|block| block.get(position..position + place.len()));
        run.ok_or_else(|| SpillError::too_long(&self.spill.folder))
    }
}

/// Pairs of a key and a number, each in one of [`Parts::COUNT`] parts; a part is read back whole and sorted.
#[derive(Debug)]
pub(crate) struct Parts {
    parts: Vec<Part>,
    /// Pairs in memory, and how many there may be.
    pending: usize,
    room: usize,
    spill: Spill,
}

#[derive(Debug, Default)]
struct Part {
    pending: Vec<(u64, u32)>,
    /// The bytes where a piece starts, and its pairs.
    pieces: Vec<(u64, usize)>,
}

impl Parts {
    /// Parts are the unit of memory when they are read back.
    pub(crate) const COUNT: usize = 64;

    /// At most about `memory` bytes in memory, the rest in a file in `folder`.
    pub(crate) fn new(memory: u64, folder: &Path) -> Self {
        // A vector may be twice as large as what is in it.
        let pair = 2 * size_of::<(u64, u32)>() as u64;
        let room = usize::try_from(memory / pair).unwrap_or(usize::MAX).max(1024);
        let parts = std::iter::repeat_with(Part::default).take(Self::COUNT).collect();
        Parts { parts, pending: 0, room, spill: Spill::new(folder) }
    }

    /// Adds a pair to `part`.
    pub(crate) fn push(&mut self, part: usize, key: u64, number: u32) -> Result<(), SpillError> {
        if let Some(part) = self.parts.get_mut(part) {
            part.pending.push((key, number));
            self.pending += 1;
        }
        if self.pending >= self.room { self.spill() } else { Ok(()) }
    }

    /// Moves everything that is in memory to the file.
    fn spill(&mut self) -> Result<(), SpillError> {
        for part in &mut self.parts {
            let pairs = std::mem::take(&mut part.pending);
            part.pieces.push((self.spill.end(), pairs.len()));
            // Twelve bytes a pair would do; sixteen keep one way of writing numbers.
            self.spill.push(pairs.iter().flat_map(|&(key, number)| [key, u64::from(number)]))?;
        }
        self.pending = 0;
        self.spill.flush()
    }

    /// Takes the pairs of `part`, sorted.
    pub(crate) fn take(&mut self, part: usize) -> Result<Vec<(u64, u32)>, SpillError> {
        let Some(part) = self.parts.get_mut(part).map(std::mem::take) else { return Ok(Vec::new()) };
        let mut pairs = part.pending;
        let (mut bytes, mut numbers) = (Vec::new(), Vec::new());
        for (at, count) in part.pieces {
            numbers.clear();
            self.spill.read(at, 2 * count, &mut bytes, &mut numbers)?;
            let (found, _) = numbers.as_chunks::<2>();
            pairs.extend(found.iter().map(|&[key, number]| (key, number as u32)));
        }
        pairs.sort_unstable();
        Ok(pairs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_come_back_from_memory_and_from_the_file() {
        for memory in [0, 800, 1 << 20] {
            let folder = tempfile::tempdir().unwrap();
            let mut runs = Runs::new(memory, folder.path());
            let of = |n: u64| (0..n % 37).map(|k| n * k).collect::<Vec<u64>>();
            let places: Vec<Place> = (0..500).map(|n| runs.push(&of(n)).unwrap()).collect();
            runs.flush().unwrap();
            let mut buffer = Buffer::default();
            for (n, place) in places.iter().enumerate().rev() {
                assert_eq!(runs.get(*place, &mut buffer).unwrap(), of(n as u64));
            }
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "the file has no name");
        }
    }

    #[test]
    fn a_run_longer_than_a_block_fits() {
        let folder = tempfile::tempdir().unwrap();
        let mut runs = Runs::new(u64::MAX, folder.path());
        let long: Vec<u64> = (0..2 * BLOCK as u64).collect();
        let (short, place) = (runs.push(&[1]).unwrap(), runs.push(&long).unwrap());
        let mut buffer = Buffer::default();
        assert_eq!(runs.get(place, &mut buffer).unwrap(), long);
        assert_eq!(runs.get(short, &mut buffer).unwrap(), [1]);
    }

    #[test]
    fn parts_come_back_sorted_whatever_was_spilled() {
        let folder = tempfile::tempdir().unwrap();
        for memory in [0, u64::MAX] {
            let mut parts = Parts::new(memory, folder.path());
            for n in 0..5000_u64 {
                parts
                    .push(n as usize % Parts::COUNT, n.wrapping_mul(0x9E37_79B9_7F4A_7C15), n as u32)
                    .unwrap();
            }
            let mut count = 0;
            for part in 0..Parts::COUNT {
                let pairs = parts.take(part).unwrap();
                assert!(pairs.is_sorted());
                assert!(pairs.iter().all(|(_, n)| *n as usize % Parts::COUNT == part));
                count += pairs.len();
            }
            assert_eq!(count, 5000);
        }
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        let mut runs = Runs::new(0, Path::new("/nowhere/at/all"));
        let error = runs.push(&[1]).and_then(|_| runs.flush()).unwrap_err();
        assert!(error.to_string().contains("/nowhere/at/all"), "{error}");
    }
}
