//! JSON as a [`Value`] without a loss: for upcasters.
//!
//! A `Value` holds numbers as 64 bits, so an integer beyond 2⁶⁴ or a long decimal would come out of an upcaster as
//! another one. Such a number is handed in as a float of its own that stands for it. Where that float comes out
//! again, in whatever place, the number is written as it was.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

use super::tokens::{self, Token};
use super::{Json, JsonError, number};

/// What the floats of a [`Value`] stand for, by their digits.
#[derive(Debug, Default)]
pub(crate) struct StandIns(BTreeMap<String, String>);

impl Json {
    /// The value, and what its floats stand for.
    pub(crate) fn to_value(&self) -> Result<(Value, StandIns), serde_json::Error> {
        let numbers = || tokens::all(self.as_str()).filter_map(number_of);
        let odd: Vec<&str> = numbers().filter(|number| !number::fits_a_value(number)).collect();
        if odd.is_empty() {
            return Ok((self.decode()?, StandIns::default()));
        }
        let mut taken: HashSet<u64> = numbers()
            .filter(|number| number::fits_a_value(number))
            .filter_map(|number| number.parse().ok().map(f64::to_bits))
            .collect();
        let mut stand_ins: BTreeMap<&str, String> = BTreeMap::new();
        for number in odd {
            if !stand_ins.contains_key(number)
                && let Some(digits) = stand_in(number, &mut taken)
            {
                stand_ins.insert(number, digits);
            }
        }
        let value = serde_json::from_str(&replaced(self.as_str(), |number| {
            stand_ins.get(number).map(String::as_str)
        }))?;
        let known = stand_ins.into_iter().map(|(number, digits)| (digits, number.to_owned()));
        Ok((value, StandIns(known.collect())))
    }

    /// The text of a value, in which numbers are again what their floats stand for.
    pub(crate) fn from_value(value: &Value, stand_ins: &StandIns) -> Result<Self, JsonError> {
        let json = Self::encode(value)?;
        if stand_ins.0.is_empty() {
            return Ok(json);
        }
        let text = replaced(json.as_str(), |digits| stand_ins.0.get(digits).map(String::as_str));
        Ok(Self { text: text.into(), ..json })
    }
}

const fn number_of(token: Token<'_>) -> Option<&str> {
    match token {
        Token::Number(number) => Some(number),
        _ => None,
    }
}

/// The digits of the nearest float that no other number has. One that only ends in more zeros than its float
/// shares it: the two are equal.
fn stand_in(number: &str, taken: &mut HashSet<u64>) -> Option<String> {
    let mut float = number.parse::<f64>().ok()?.clamp(f64::MIN, f64::MAX);
    let shortened = |text: &str| text.trim_end_matches('0').trim_end_matches('.').to_owned();
    let equal = shortened(number) == shortened(&number::digits_of(float));
    while !taken.insert(float.to_bits()) {
        if equal {
            return None;
        }
        float = if float.is_sign_negative() { float.next_up() } else { float.next_down() };
    }
    Some(number::digits_of(float))
}

/// The text with other numbers in the place of some.
fn replaced<'a>(text: &str, other: impl Fn(&str) -> Option<&'a str>) -> String {
    let mut replaced = String::with_capacity(text.len() + 32);
    let mut rest = text;
    let mut copied = 0;
    while let Some(token) = tokens::split(&mut rest) {
        if let Token::Number(number) = token
            && let Some(other) = other(number)
        {
            let end = text.len() - rest.len();
            replaced.push_str(&text[copied..end - number.len()]);
            replaced.push_str(other);
            copied = end;
        }
    }
    replaced.push_str(&text[copied..]);
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBERS: [&str; 9] = [
        "18446744073709551616",
        "18446744073709551617",
        "340282366920938463463374607431768211455",
        "-170141183460469231731687303715884105728",
        "12345678901234567.25",
        "1.10",
        "0.1000000000000000055511151231257827",
        "18446744073709551615",
        "1.5",
    ];

    #[test]
    fn every_number_comes_out_as_it_went_in_wherever_it_is_moved() -> Result<(), JsonError> {
        let text = format!("[{}]", NUMBERS.join(","));
        let (mut value, stand_ins) = Json::from_stored(&text).to_value()?;
        assert_eq!(Json::from_value(&value, &stand_ins)?.as_str(), text);
        if let Value::Array(numbers) = &mut value {
            numbers.reverse();
        }
        let reversed: Vec<&str> = NUMBERS.into_iter().rev().collect();
        let reversed = format!("[{}]", reversed.join(","));
        assert_eq!(Json::from_value(&value, &stand_ins)?.as_str(), reversed);
        Ok(())
    }

    #[test]
    fn an_upcaster_sees_the_nearest_float() -> Result<(), JsonError> {
        let json = Json::from_stored(r#"{"gold": 18446744073709551616, "rate": 1.10, "huge": 1}"#);
        let (value, _) = json.to_value()?;
        assert_eq!(value["gold"].as_f64(), Some(18_446_744_073_709_551_616.0));
        assert_eq!(value["rate"].as_f64(), Some(1.1));
        Ok(())
    }
}
