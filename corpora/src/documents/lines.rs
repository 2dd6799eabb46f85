//! Lines of JSON files, compressed or not.

use super::MAX_DOCUMENT;
use super::shard::Compression;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::path::Path;

/// Bytes read at a time.
const BUFFER: usize = 1 << 18;
/// Levels that keep up with the reading.
const ZSTD_LEVEL: i32 = 3;

/// The lines of a file with their ends; each is an error of its own where it is too long.
pub(super) struct Lines {
    reader: Box<dyn BufRead + Send>,
}

impl Lines {
    pub(super) fn open(path: &Path, compression: Compression) -> io::Result<Self> {
        let file = File::open(path)?;
        let reader: Box<dyn BufRead + Send> = match compression {
            Compression::None => Box::new(BufReader::with_capacity(BUFFER, file)),
            Compression::Gzip => {
                let plain = flate2::read::MultiGzDecoder::new(BufReader::with_capacity(BUFFER, file));
                Box::new(BufReader::with_capacity(BUFFER, plain))
            }
            Compression::Zstd => {
                Box::new(BufReader::with_capacity(BUFFER, zstd::stream::read::Decoder::new(file)?))
            }
        };
        Ok(Lines { reader })
    }

    /// The next line; `None` in place of one that is too long.
    ///
    /// # Errors
    /// The file cannot be read on: a damaged disk or a truncated stream.
    pub(super) fn next(&mut self) -> io::Result<Option<Option<Vec<u8>>>> {
        let mut line = Vec::new();
        let mut bounded = (&mut self.reader).take(MAX_DOCUMENT + 1);
        if bounded.read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        if line.len() as u64 > MAX_DOCUMENT {
            self.reader.skip_until(b'\n')?;
            return Ok(Some(None));
        }
        Ok(Some(Some(line)))
    }
}

/// A file of lines under construction.
pub(super) enum LineWriter {
    Plain(BufWriter<File>),
    Gzip(flate2::write::GzEncoder<BufWriter<File>>),
    Zstd(zstd::stream::write::Encoder<'static, BufWriter<File>>),
}

impl LineWriter {
    pub(super) fn create(path: &Path, compression: Compression) -> io::Result<Self> {
        let file = BufWriter::with_capacity(BUFFER, File::create(path)?);
        Ok(match compression {
            Compression::None => LineWriter::Plain(file),
            Compression::Gzip => {
                LineWriter::Gzip(flate2::write::GzEncoder::new(file, flate2::Compression::default()))
            }
            Compression::Zstd => LineWriter::Zstd(zstd::stream::write::Encoder::new(file, ZSTD_LEVEL)?),
        })
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self {
            LineWriter::Plain(file) => file.write_all(bytes),
            LineWriter::Gzip(file) => file.write_all(bytes),
            LineWriter::Zstd(file) => file.write_all(bytes),
        }
    }

    /// Writes what is pending and has it on the disk.
    pub(super) fn finish(self) -> io::Result<()> {
        let file = match self {
            LineWriter::Plain(file) => file,
            LineWriter::Gzip(file) => file.finish()?,
            LineWriter::Zstd(file) => file.finish()?,
        };
        file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
    }
}
