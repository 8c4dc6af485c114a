//! The file of an export: written beside its name, and put in its place when it is whole.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, BufWriter, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};

use aether_core::backend::EventStore as _;
use aether_core::log::Read;
use aether_core::{EventId, Position};
use serde::Deserialize;

use crate::error::Error;
use crate::host::Host;

/// `FILE.part`, until it is whole.
pub(super) struct Partial {
    path: PathBuf,
    beside: PathBuf,
    file: BufWriter<File>,
    last: Option<Last>,
}

/// The last event that an interrupted export has written.
#[derive(Deserialize)]
pub(super) struct Last {
    #[serde(rename = "sequence")]
    pub(super) position: Position,
    #[serde(rename = "eventId")]
    event_id: EventId,
}

impl Partial {
    /// Begins a file, or continues one whose export was interrupted. What is left of a line at its end is cut off.
    pub(super) fn open(path: &Path, resume: bool) -> Result<Self, Error> {
        if fs::exists(path).map_err(|source| failed(path, source))? {
            let there = io::Error::from(io::ErrorKind::AlreadyExists);
            return Err(failed(path, there));
        }
        let mut beside = path.as_os_str().to_owned();
        beside.push(".part");
        let beside = PathBuf::from(beside);
        let begun = fs::exists(&beside).map_err(|source| failed(&beside, source))?;
        if begun && !resume {
            let beside = beside.display();
            return Err(Error::Request(format!(
                "{beside} is there: an export was interrupted, or is still running; continue it with --resume, \
                 or delete it"
            )));
        }
        let mut options = File::options();
        options.read(true).write(true).create_new(!begun);
        let mut file = options.open(&beside).map_err(|source| failed(&beside, source))?;
        if let Err(fs::TryLockError::WouldBlock) = file.try_lock() {
            let beside = beside.display();
            return Err(Error::Request(format!("another export is writing {beside}; wait for it")));
        }
        let last = match begun {
            true => whole_lines(&mut file, &beside)?,
            false => None,
        };
        Ok(Self { path: path.to_owned(), beside, file: BufWriter::new(file), last })
    }

    pub(super) const fn last(&self) -> Option<&Last> {
        self.last.as_ref()
    }

    /// What was written, and kept for `--resume` where it was not all.
    pub(super) fn keep(&mut self, written: Result<u64, Error>) -> Result<u64, Error> {
        let kept = self.file.flush().map_err(|source| failed(&self.beside, source));
        let events = written.map_err(|error| match error {
            Error::Io { source, .. } => failed(&self.beside, source),
            error => error,
        })?;
        kept.map(|()| events)
    }

    /// Puts the file in its place, for good.
    pub(super) fn finish(self) -> Result<(), Error> {
        let Self { path, beside, file, .. } = self;
        let failed = |source| failed(&path, source);
        let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
        file.sync_all().map_err(failed)?;
        // a link does not take the place of a file that has come up meanwhile
        match fs::hard_link(&beside, &path) {
            Ok(()) => fs::remove_file(&beside).map_err(failed)?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(failed(error));
            }
            // not every file system has links
            Err(_) => fs::rename(&beside, &path).map_err(failed)?,
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        // where folders cannot be opened, the file system sees to it
        if let Ok(folder) = File::open(folder.unwrap_or(Path::new("."))) {
            drop(folder.sync_all());
        }
        Ok(())
    }
}

impl Write for Partial {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Last {
    /// Makes sure that the file and the log are of one history.
    pub(super) async fn check(&self, host: &Host, path: &Path) -> Result<(), Error> {
        let before = Position::new(self.position.get().saturating_sub(1));
        let read = Read::all().after(before).until(self.position).limit(1);
        let found = host.store.read(read).await?.events.pop();
        match found {
            Some(found) if found.event_id == self.event_id => Ok(()),
            found => {
                let at = self.position;
                let known = self.event_id;
                let found = found.map_or_else(|| "none".to_owned(), |it| it.event_id.to_string());
                Err(Error::Request(format!(
                    "{}.part was written from another log: its last event, at position {at}, is {known}, and \
                     in this log it is {found}; delete the file and export anew",
                    path.display()
                )))
            }
        }
    }
}

/// Cuts the file after its last whole line, and says which event that is.
fn whole_lines(file: &mut File, path: &Path) -> Result<Option<Last>, Error> {
    let failed = |source| failed(path, source);
    let mut reader = BufReader::with_capacity(1 << 16, &*file);
    let mut length = 0;
    let mut line = Vec::new();
    let mut last = Vec::new();
    while reader.read_until(b'\n', &mut line).map_err(failed)? > 0 && line.ends_with(b"\n") {
        length += line.len() as u64;
        std::mem::swap(&mut line, &mut last);
        line.clear();
    }
    file.set_len(length).map_err(failed)?;
    file.seek(SeekFrom::Start(length)).map_err(failed)?;
    if last.is_empty() {
        return Ok(None);
    }
    serde_json::from_slice(&last).map(Some).map_err(|error| {
        let path = path.display();
        Error::Request(format!("{path} is no export: its last line is no event ({error})"))
    })
}

fn failed(path: &Path, source: io::Error) -> Error {
    Error::Io { what: format!("{} could not be written", path.display()), source }
}
