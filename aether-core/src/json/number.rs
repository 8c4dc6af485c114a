//! Numbers in the form in which JSONB gives them back: in full, without exponents.

use std::borrow::Cow;
use std::io;

use serde_json::ser::{CompactFormatter, Formatter as _};

use super::JsonError;

/// The most digits that PostgreSQL's `numeric` keeps before the point.
const INTEGER_DIGITS: usize = 131_072;
/// The most digits that it keeps after the point.
const FRACTION_DIGITS: usize = 16_383;

/// Writes the shortest digits that read as `value`, never as an exponent.
pub(super) fn write_f64<W: ?Sized + io::Write>(writer: &mut W, value: f64) -> io::Result<()> {
    let size = value.abs();
    if is_plain(size) {
        return CompactFormatter.write_f64(writer, value);
    }
    write!(writer, "{value}{}", point(size))
}

/// As [`write_f64`]. The digits also read as `value` where they are read as an `f64` first, as serde does with
/// flattened and untagged content.
pub(super) fn write_f32<W: ?Sized + io::Write>(writer: &mut W, value: f32) -> io::Result<()> {
    // of all f32 these alone have shortest digits that an f64 on the way rounds to a neighbour
    if ROUNDED_TWICE.contains(&(value.to_bits() & !(1 << 31))) {
        return write_f64(writer, f64::from(value));
    }
    let size = f64::from(value.abs());
    if is_plain(size) {
        return CompactFormatter.write_f32(writer, value);
    }
    write!(writer, "{value}{}", point(size))
}

/// Whether serde_json writes a float of this size without an exponent, and quicker than the standard library.
fn is_plain(size: f64) -> bool {
    size == 0.0 || (1e-4..1e12).contains(&size)
}

/// What makes a float of a whole number.
fn point(size: f64) -> &'static str {
    if size.fract() == 0.0 { ".0" } else { "" }
}

/// The bits of the positive ones; a test looks through all others.
const ROUNDED_TWICE: [u32; 1] = [0x15ae_43fd];

/// A JSON number as `numeric` writes it: the same digits, with the exponent worked in.
pub(super) fn plain(number: &str) -> Result<Cow<'_, str>, JsonError> {
    let (sign, size) = match number.strip_prefix('-') {
        Some(size) => ("-", size),
        None => ("", number),
    };
    let (mantissa, exponent) = match size.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse().unwrap_or(i64::MAX)),
        None => (size, 0),
    };
    // where PostgreSQL stops reading
    if exponent.unsigned_abs() >= (i32::MAX / 2) as u64 {
        return Err(JsonError::TooManyDigits);
    }
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let is_zero = mantissa.bytes().all(|digit| matches!(digit, b'0' | b'.'));
    if size.len() == mantissa.len() && (sign.is_empty() || !is_zero) {
        within_limits(integer.len() as i64, fraction.len() as i64)?;
        return Ok(Cow::Borrowed(number));
    }
    let scale = (fraction.len() as i64 - exponent).max(0);
    let point = integer.len() as i64 + exponent;
    let digits = [integer, fraction].concat();
    let significant = digits.trim_start_matches('0');
    let before = if is_zero { 1 } else { point - (digits.len() - significant.len()) as i64 };
    within_limits(before, scale)?;
    let mut text = String::with_capacity(before.max(1) as usize + scale as usize + 2);
    if !is_zero {
        text.push_str(sign);
    }
    let zeros = |text: &mut String, count: i64| (0..count).for_each(|_| text.push('0'));
    if before <= 0 || is_zero {
        text.push('0');
    } else {
        let known = significant.len().min(before as usize);
        text.push_str(&significant[..known]);
        zeros(&mut text, before - known as i64);
    }
    if scale > 0 {
        text.push('.');
        let rest = if is_zero {
            ""
        } else {
            &significant[significant.len().min(before.max(0) as usize)..]
        };
        zeros(&mut text, scale - rest.len() as i64);
        text.push_str(rest);
    }
    Ok(Cow::Owned(text))
}

const fn within_limits(integer: i64, fraction: i64) -> Result<(), JsonError> {
    if integer > INTEGER_DIGITS as i64 || fraction > FRACTION_DIGITS as i64 {
        return Err(JsonError::TooManyDigits);
    }
    Ok(())
}

/// Whether a [`serde_json::Value`] keeps every digit of a plain number.
pub(super) fn fits_a_value(number: &str) -> bool {
    if !number.contains('.') {
        return number.parse::<i64>().is_ok() || number.parse::<u64>().is_ok();
    }
    number.parse().is_ok_and(|value| digits_of(value) == number)
}

/// What [`write_f64`] writes.
pub(super) fn digits_of(value: f64) -> String {
    let mut text = Vec::with_capacity(24);
    // writing to a Vec does not fail, and digits are UTF-8
    let _ = write_f64(&mut text, value);
    String::from_utf8(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_full() -> Result<(), JsonError> {
        for (number, full) in [
            ("1e16", "10000000000000000"),
            ("1.50E+1", "15.0"),
            ("1.50e2", "150"),
            ("12e-1", "1.2"),
            ("-1e-7", "-0.0000001"),
            ("0.0012e2", "0.12"),
            ("0.0012e5", "120"),
            ("-0", "0"),
            ("-0.00", "0.00"),
            ("0e5", "0"),
            ("0.0e-2", "0.000"),
            ("1.10", "1.10"),
            ("-7", "-7"),
            ("1e0", "1"),
        ] {
            assert_eq!(plain(number)?, full, "{number}");
        }
        Ok(())
    }

    #[test]
    fn numbers_that_numeric_cannot_hold_are_refused() {
        for number in ["1e131072", "1e-16384", "0e-20000", "1e99999999999999999999"] {
            assert!(matches!(plain(number), Err(JsonError::TooManyDigits)), "{number}");
        }
        assert!(plain("1e131071").is_ok_and(|full| full.len() == 131_072));
        assert!(plain("1e-16383").is_ok_and(|full| full.len() == 16_385));
    }

    #[test]
    fn floats_are_floats_and_have_no_exponent() {
        for value in
            [f64::MAX, f64::MIN_POSITIVE, 5e-324, 1e16, 1e15, 1e15 + 0.5, 1.5e-7, 0.1, 1e22, 123.0]
        {
            for value in [value, -value] {
                let digits = digits_of(value);
                assert!(digits.contains('.') && !digits.contains(['e', 'E']), "{digits}");
                assert_eq!(digits.parse(), Ok(value), "{digits}");
            }
        }
    }

    #[test]
    #[ignore = "looks through all f32, which takes minutes"]
    fn no_other_f32_is_rounded_twice() {
        let twice = (0..f32::INFINITY.to_bits()).filter(|bits| {
            let digits = f32::from_bits(*bits).to_string();
            digits.parse::<f64>().is_ok_and(|wide| (wide as f32).to_bits() != *bits)
        });
        assert_eq!(twice.collect::<Vec<_>>(), ROUNDED_TWICE);
    }
}
