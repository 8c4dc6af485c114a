//! What the encoder refuses, and what comes back of what it takes.

use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

#[test]
fn nothing_that_jsonb_refuses_is_encoded() {
    assert!(matches!(Json::encode("a\0b"), Err(JsonError::Nul)));
    assert!(matches!(Json::encode(&Some(f64::NAN)), Err(JsonError::NotFinite)));
    assert!(matches!(Json::encode(&vec![(1, f32::INFINITY)]), Err(JsonError::NotFinite)));
    let key = BTreeMap::from([("a\0", 1)]);
    assert!(matches!(Json::encode(&key), Err(JsonError::Nul)));
    let raw = |text: &str| RawValue::from_string(text.to_owned()).map_err(JsonError::Format);
    let nul = raw(r#"{"a":["\u0000"]}"#).and_then(|raw| Json::encode(&raw));
    assert!(matches!(nul, Err(JsonError::Nul)), "{nul:?}");
    let long = raw("1e200000").and_then(|raw| Json::encode(&raw));
    assert!(matches!(long, Err(JsonError::TooManyDigits)), "{long:?}");
}

#[test]
fn an_honest_null_is_no_error() -> Result<(), JsonError> {
    assert_eq!(Json::encode(&(None::<i32>, 1.5))?.as_str(), "[null,1.5]");
    Ok(())
}

#[test]
fn what_is_encoded_can_be_decoded_again() -> Result<(), Box<dyn std::error::Error>> {
    let nested = |depth: u32| (0..depth).fold(Value::Null, |inner, _| json!([inner]));
    let deepest = nested(Json::MAX_DEPTH);
    assert_eq!(Json::encode(&deepest)?.decode::<Value>()?, deepest);
    assert!(matches!(Json::encode(&nested(Json::MAX_DEPTH + 1)), Err(JsonError::TooDeep)));
    Ok(())
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Chest {
    gold: u32,
    #[serde(flatten)]
    rest: HashMap<String, Value>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind")]
enum Tagged {
    Item(Item),
}

#[derive(Debug, Serialize, Deserialize)]
struct Item {
    kind: String,
}

#[test]
fn a_key_that_would_be_lost_is_refused() {
    let chest = |key: &str| Chest { gold: 1, rest: HashMap::from([(key.to_owned(), json!(2))]) };
    let refused = Json::encode(&chest("gold"));
    assert!(matches!(refused, Err(JsonError::DuplicateKey { key }) if key == "gold"));
    assert!(Json::encode(&chest("silver")).is_ok());
    let tagged = Tagged::Item(Item { kind: "sword".to_owned() });
    let refused = Json::encode(&tagged);
    assert!(matches!(refused, Err(JsonError::DuplicateKey { key }) if key == "kind"));
    assert!(matches!(Json::parse(r#"{"a":1,"a":2}"#), Err(JsonError::DuplicateKey { .. })));
}

#[test]
fn numbers_are_written_as_jsonb_gives_them_back() -> Result<(), JsonError> {
    let text = |value: f64| Json::encode(&value).map(|json| json.to_string());
    assert_eq!(text(1e16)?, "10000000000000000.0");
    assert_eq!(text(-0.0)?, "0.0");
    assert_eq!(text(2.5e-7)?, "0.00000025");
    assert_eq!(text(f64::MAX)?.len(), 311);
    assert_eq!(
        Json::parse("[1E2,1.10,12345678901234567.25]")?.as_str(),
        "[100, 1.10, 12345678901234567.25]"
    );
    Ok(())
}

#[test]
fn equal_values_are_equal_whatever_their_text() -> Result<(), JsonError> {
    let stored = Json::from_stored(r#"{"a": 1.50, "bb": [1, 2]}"#);
    assert_eq!(stored, Json::parse(r#"{"bb":[1,2],"a":1.50}"#)?);
    assert_ne!(stored, Json::parse(r#"{"bb":[1,2],"a":1.5}"#)?);
    assert_ne!(stored, Json::parse(r#"{"bb":[2,1],"a":1.50}"#)?);
    Ok(())
}

#[test]
fn json_keeps_its_digits_in_whatever_it_travels() -> Result<(), Box<dyn std::error::Error>> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Buffered {
        Json { inside: Json },
    }
    const TEXT: &str = r#"{"inside":{"a":[18446744073709551617,12345678901234567.25]}}"#;
    let direct: BTreeMap<String, Json> = serde_json::from_str(TEXT)?;
    assert_eq!(serde_json::to_string(&direct)?, TEXT.replace(":[", ": [").replace(",12", ", 12"));
    // buffered content has lost its text, and keeps what a `Value` does
    let Buffered::Json { inside } = serde_json::from_str(r#"{"inside":{"a":1.5}}"#)?;
    assert_eq!(inside.as_str(), r#"{"a": 1.5}"#);
    let value: Json = serde_json::from_value(json!({ "a": 1 }))?;
    assert_eq!(value.as_str(), r#"{"a": 1}"#);
    Ok(())
}

#[test]
fn what_would_come_back_as_another_value_is_not_encoded_exactly() -> Result<(), JsonError> {
    #[derive(Serialize, Deserialize)]
    struct Wide {
        #[serde(flatten)]
        rest: BTreeMap<String, u128>,
    }
    let wide = Wide { rest: BTreeMap::from([("a".to_owned(), 1)]) };
    assert!(matches!(Json::encode_exact(&wide), Err(JsonError::Unreadable(_))));
    assert!(matches!(Json::encode_exact(&Some(None::<u8>)), Err(JsonError::Ambiguous)));
    assert!(matches!(Json::encode_exact(&Some(())), Err(JsonError::Ambiguous)));
    assert!(matches!(Json::encode_exact(&-0.0), Err(JsonError::Ambiguous)));
    assert!(matches!(encode_text(&Some(None::<u8>)), Err(JsonError::Ambiguous)));
    assert_eq!(Json::encode_exact(&u128::MAX)?.decode::<u128>().ok(), Some(u128::MAX));
    assert_eq!(encode_text(&-0.0)?, b"-0.0");
    Ok(())
}

proptest! {
    #[test]
    fn every_float_comes_back_to_the_bit(bits: u64) {
        let value = f64::from_bits(bits);
        prop_assume!(value.is_finite());
        let json = Json::encode(&value)?;
        let back: f64 = json.decode()?;
        prop_assert_eq!((back + 0.0).to_bits(), (value + 0.0).to_bits());
        prop_assert!(!json.as_str().contains(['e', 'E']));
        let Value::Number(number) = json.decode()? else { panic!("{json}") };
        prop_assert!(number.is_f64(), "{}", json);
    }

    #[test]
    fn every_short_float_comes_back_also_from_buffered_content(bits: u32) {
        let value = f32::from_bits(bits);
        prop_assume!(value.is_finite());
        let json = Json::encode(&value)?;
        let back: f32 = json.decode()?;
        prop_assert_eq!((back + 0.0).to_bits(), (value + 0.0).to_bits());
        prop_assert!(!json.as_str().contains(['e', 'E']));
        prop_assert!(json.as_str().contains('.'));
        let buffered = json.decode::<f64>()? as f32;
        prop_assert_eq!((buffered + 0.0).to_bits(), (value + 0.0).to_bits());
    }
}

#[test]
fn no_float_of_any_size_is_written_with_an_exponent() -> Result<(), JsonError> {
    for exponent in -45..38 {
        for digits in ["1", "8.420373", "9.999999", "1.2345678"] {
            let text = format!("{digits}e{exponent}");
            let (Ok(short), Ok(long)) = (text.parse::<f32>(), text.parse::<f64>()) else {
                continue;
            };
            for json in [Json::encode(&short)?, Json::encode(&long)?] {
                assert!(json.as_str().contains('.') && !json.as_str().contains('e'), "{json}");
            }
        }
    }
    Ok(())
}

#[test]
fn the_float_that_is_rounded_twice_comes_back() -> Result<(), Box<dyn std::error::Error>> {
    let json = Json::encode(&7.038_531e-26_f32)?;
    assert_eq!(json.decode::<f32>()?.to_bits(), 0x15ae_43fd);
    assert_eq!((json.decode::<f64>()? as f32).to_bits(), 0x15ae_43fd);
    Ok(())
}
