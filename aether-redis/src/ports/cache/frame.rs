//! Entries as bytes. What is under an entry's key begins with its guard, which is the scripts' business (see
//! `record.lua`) but for this: an entry is there as long as the seal of its entity says so. Then comes the frame: a
//! header of 27 bytes and the value, compressed where that pays.

use aether_core::BoxError;
use aether_core::chrono::{DateTime, Utc};
use aether_realtime::cache::{CacheEntry, Codec};

/// Two letters and the number of the format.
const ENTRY: [u8; 3] = *b"AC\x02";
const SEAL: [u8; 3] = *b"AS\x02";
/// What a token is where there is none.
const NONE: [u8; 8] = [0; 8];
/// The size of a frame without its value.
const HEADER: usize = 27;
const ABSENT: u8 = 1;
const COMPRESSED: u8 = 2;

/// What is under the keys of an entry.
#[derive(Debug, Default)]
pub(super) struct Record<'b> {
    /// The token of the lease that stands.
    pub(super) lease: Option<u64>,
    frame: Option<&'b [u8]>,
}

impl<'b> Record<'b> {
    /// Reads what is under the entry's key and under that of the seal.
    ///
    /// # Errors
    ///
    /// If something else is there.
    pub(super) fn of(entry: Option<&'b [u8]>, seal: Option<&[u8]>) -> Result<Self, BoxError> {
        // without a seal nothing else counts
        let (Some(entry), Some(seal)) = (entry, seal) else { return Ok(Self::default()) };
        let seal = Seal::read(seal)?;
        let (magic, rest) = take::<3>(entry)?;
        if magic != ENTRY {
            return Err("it was not written by this code".into());
        }
        let (mark, rest) = take::<8>(rest)?;
        let (era, rest) = take::<8>(rest)?;
        let (lease, rest) = take::<8>(rest)?;
        // until when somebody leads, and what was invalidated of this entry
        let (_, frame) = take::<24>(rest)?;
        let leased = era == seal.era && lease != NONE;
        let stands = mark != NONE && seal.holds(mark, version(frame)?);
        Ok(Self {
            lease: leased.then_some(u64::from_be_bytes(lease)),
            frame: stands.then_some(frame),
        })
    }

    /// The entry, whose value has at most `limit` bytes.
    ///
    /// # Errors
    ///
    /// Says what is wrong: another schema, damage.
    pub(super) fn entry(
        &self,
        codec: &dyn Codec,
        limit: usize,
    ) -> Result<Option<CacheEntry>, BoxError> {
        self.frame.map(|frame| read(frame, codec, limit)).transpose()
    }
}

/// What guards all entries of an entity.
struct Seal {
    seal: [u8; 8],
    era: [u8; 8],
    floor: u64,
}

impl Seal {
    fn read(bytes: &[u8]) -> Result<Self, BoxError> {
        let (magic, rest) = take::<3>(bytes)?;
        if magic != SEAL {
            return Err("its seal was not written by this code".into());
        }
        let (seal, rest) = take::<8>(rest)?;
        let (era, rest) = take::<8>(rest)?;
        let (floor, _) = take::<8>(rest)?;
        Ok(Self { seal, era, floor: u64::from_be_bytes(floor) })
    }

    /// Whether an entry with this mark and version is there; as `stands` in `record.lua`.
    fn holds(&self, mark: [u8; 8], version: u64) -> bool {
        match version {
            0 => mark == self.era,
            _ => mark == self.seal && version >= self.floor,
        }
    }
}

/// The version in a frame.
fn version(frame: &[u8]) -> Result<u64, BoxError> {
    let (_, rest) = take::<3>(frame)?;
    Ok(u64::from_be_bytes(take::<8>(rest)?.0))
}

/// An entry that is ready to be sent.
pub(super) struct Frame {
    pub(super) bytes: Vec<u8>,
    /// The size of the value before it was compressed.
    pub(super) plain: usize,
}

/// Writes an entry; values above `compress_above` bytes are compressed, if that makes them smaller.
pub(super) fn write(
    entry: &CacheEntry,
    codec: &dyn Codec,
    compress_above: usize,
) -> Result<Frame, BoxError> {
    let (mut body, mut flags) = match &entry.value {
        Some(value) => (codec.encode(value)?, 0),
        None => (Vec::new(), ABSENT),
    };
    let plain = body.len();
    if plain > compress_above {
        let compressed = lz4_flex::compress_prepend_size(&body);
        if compressed.len() < plain {
            (body, flags) = (compressed, flags | COMPRESSED);
        }
    }
    let mut bytes = Vec::with_capacity(HEADER + body.len());
    bytes.push(flags);
    bytes.extend(codec.schema().to_be_bytes());
    bytes.extend(entry.version.to_be_bytes());
    bytes.extend(entry.fresh_until.timestamp_millis().to_be_bytes());
    bytes.extend(entry.stale_until.timestamp_millis().to_be_bytes());
    bytes.append(&mut body);
    Ok(Frame { bytes, plain })
}

/// Reads an entry whose value has at most `limit` bytes.
fn read(frame: &[u8], codec: &dyn Codec, limit: usize) -> Result<CacheEntry, BoxError> {
    let ([flags], rest) = take::<1>(frame)?;
    let (schema, rest) = take::<2>(rest)?;
    if schema != codec.schema().to_be_bytes() {
        return Err("it was written with another schema".into());
    }
    let (version, rest) = take::<8>(rest)?;
    let (fresh_until, rest) = take::<8>(rest)?;
    let (stale_until, body) = take::<8>(rest)?;
    let value = match flags {
        ABSENT if body.is_empty() => None,
        0 => Some(codec.decode(body)?),
        COMPRESSED => {
            // the size comes first: look at it before making room
            let (size, _) = take::<4>(body)?;
            if usize::try_from(u32::from_le_bytes(size))? > limit {
                return Err("its value is larger than allowed".into());
            }
            Some(codec.decode(&lz4_flex::decompress_size_prepended(body)?)?)
        }
        _ => return Err("its flags are unknown".into()),
    };
    Ok(CacheEntry {
        value,
        version: u64::from_be_bytes(version),
        fresh_until: time(fresh_until)?,
        stale_until: time(stale_until)?,
    })
}

fn take<const N: usize>(bytes: &[u8]) -> Result<([u8; N], &[u8]), BoxError> {
    let (head, rest) = bytes.split_first_chunk().ok_or("it is cut off")?;
    Ok((*head, rest))
}

fn time(millis: [u8; 8]) -> Result<DateTime<Utc>, BoxError> {
    let time = DateTime::from_timestamp_millis(i64::from_be_bytes(millis));
    Ok(time.ok_or("its time is out of range")?)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use aether_realtime::cache::JsonCodec;

    use super::*;

    const CODEC: JsonCodec<String> = JsonCodec::new(3);

    fn entry(value: Option<&str>) -> CacheEntry {
        let time = |millis| DateTime::from_timestamp_millis(millis).unwrap();
        CacheEntry {
            value: value.map(|value| Arc::new(value.to_owned()) as _),
            version: u64::MAX,
            fresh_until: time(1_700_000_000_123),
            stale_until: time(1_700_000_060_456),
        }
    }

    fn read_again(entry: &CacheEntry, above: usize) -> (Frame, CacheEntry) {
        let frame = write(entry, &CODEC, above).unwrap();
        let again = read(&frame.bytes, &CODEC, 10_000).unwrap();
        (frame, again)
    }

    #[test]
    fn what_was_written_is_read_again() {
        let long = "na ".repeat(1000);
        for value in [None, Some(""), Some("é"), Some(&*long)] {
            let written = entry(value);
            let (_, read) = read_again(&written, 100);
            let text = read.value.map(|value| value.downcast::<String>().unwrap());
            assert_eq!(text.as_ref().map(|text| &***text), value);
            assert_eq!(
                (read.version, read.fresh_until, read.stale_until),
                (written.version, written.fresh_until, written.stale_until)
            );
        }
    }

    #[test]
    fn an_entry_is_there_as_long_as_its_seal_says_so() {
        let seal = Seal { seal: [1; 8], era: [2; 8], floor: 7 };
        for (mark, version, there) in [
            (1, 7, true),
            (1, 8, true),
            (1, 6, false),
            (2, 8, false),
            (2, 0, true),
            (1, 0, false),
            (3, 9, false),
        ] {
            assert_eq!(seal.holds([mark; 8], version), there, "{mark} {version}");
        }
    }

    #[test]
    fn large_values_are_compressed_and_small_ones_are_not() {
        let long = "na ".repeat(1000);
        assert!(read_again(&entry(Some(&long)), 1024).0.bytes.len() < 200);
        assert!(read_again(&entry(Some(&long)), 10_000).0.bytes.len() > 3000);
    }

    #[test]
    fn whatever_is_damaged_is_an_error_and_no_panic() {
        let good = write(&entry(Some(&"na ".repeat(1000))), &CODEC, 100).unwrap().bytes;
        for length in 0..good.len() {
            assert!(read(&good[..length], &CODEC, 10_000).is_err(), "cut at {length}");
        }
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 0x55;
            // a changed version or time is not noticed; the rest may be, and nothing panics
            drop(read(&bad, &CODEC, 10_000));
        }
        let (record, seal) = ([&ENTRY[..], &[7; 48]].concat(), [&SEAL[..], &[7; 32]].concat());
        for length in 0..record.len() {
            assert!(Record::of(Some(&record[..length]), Some(&seal)).is_err(), "cut at {length}");
        }
        for length in 0..27 {
            assert!(Record::of(Some(&record), Some(&seal[..length])).is_err(), "cut at {length}");
        }
        let mut bomb = good.clone();
        bomb[HEADER..HEADER + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(read(&bomb, &CODEC, 10_000).is_err());
        assert!(read(&good, &JsonCodec::<String>::new(4), 10_000).is_err(), "another schema");
    }
}
