//! Events with a value of every kind, at random.

use super::*;

/// Holds what JSON, JSONB and serde treat each in a way of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Shape)]
pub(super) struct Parcel {
    weight: f64,
    size: f32,
    signed: i64,
    unsigned: u64,
    wide: u128,
    wide_signed: i128,
    text: String,
    list: Vec<Option<f64>>,
    sorted: BTreeMap<String, f32>,
    hashed: HashMap<i32, String>,
    pair: (u8, char),
    either: Either,
    wrapping: Wrapping,
    label: Label,
    #[shape(opaque)]
    any: Value,
}

/// What upcasting goes through, step by step.
fn history() -> Upcasters {
    Upcasters::new().upcast("Sent", 1, |payload| {
        let weight = payload["weight"].take();
        payload["weight"] = weight;
    })
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Event)]
#[event(upcasters = history)]
pub(super) enum ParcelEvent {
    #[event(version = 2)]
    Sent(Parcel),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Shape)]
#[serde(untagged)]
enum Either {
    Int(i64),
    Float(f64),
    Text(String),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Shape)]
#[serde(tag = "kind")]
enum Wrapping {
    Paper { thickness: f32, sheets: u64 },
    Nothing,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Shape)]
struct Label {
    town: String,
    #[serde(flatten)]
    #[shape(opaque)]
    more: BTreeMap<String, Value>,
}

/// Throws values.
pub(super) struct Dice<'a>(pub(super) &'a Source);

impl Dice<'_> {
    fn below(&self, count: usize) -> usize {
        (self.0.bits() % count as u128) as usize
    }

    fn pick<T: Copy>(&self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// Any finite float but −0.0.
    pub(super) fn float(&self) -> f64 {
        const ODD: [f64; 10] = [
            f64::MAX,
            f64::MIN,
            f64::MIN_POSITIVE,
            5e-324,
            1e16,
            -1e16,
            1e22,
            0.1,
            9_007_199_254_740_993.0,
            0.0,
        ];
        let float = match self.below(3) {
            0 => self.pick(&ODD),
            1 => f64::from_bits(self.0.bits() as u64),
            _ => (self.0.bits() as i64) as f64 / 1000.0,
        };
        if float.is_finite() { float + 0.0 } else { 1.5 }
    }

    fn short_float(&self) -> f32 {
        let float = match self.below(3) {
            0 => self.pick(&[f32::MAX, f32::MIN_POSITIVE, 1e-45, 1e16, 7.038_531e-26, 0.3]),
            _ => f32::from_bits(self.0.bits() as u32),
        };
        if float.is_finite() { float + 0.0 } else { 1.5 }
    }

    fn text(&self) -> String {
        const CHARS: [char; 14] = [
            'a', 'Z', '7', ' ', '"', '\\', '/', '\n', '\u{1}', '\u{7f}', 'é', '\u{2028}', '龍',
            '🎲',
        ];
        (0..self.below(6)).map(|_| self.pick(&CHARS)).collect()
    }

    fn value(&self, depth: u32) -> Value {
        match self.below(if depth == 0 { 6 } else { 8 }) {
            0 => Value::Null,
            1 => json!(self.below(2) == 0),
            2 => json!(self.0.bits() as u64),
            3 => json!(self.0.bits() as i64),
            4 => json!(self.float()),
            5 => json!(self.text()),
            6 => (0..self.below(4)).map(|_| self.value(depth - 1)).collect(),
            _ => (0..self.below(4)).map(|_| (self.text(), self.value(depth - 1))).collect(),
        }
    }

    pub(super) fn parcel(&self) -> Parcel {
        let some = |count: usize| 0..self.below(count);
        let wide = self.0.bits() >> self.below(128);
        Parcel {
            weight: self.float(),
            size: self.short_float(),
            signed: self.0.bits() as i64,
            unsigned: self.pick(&[u64::MAX, u64::from(u32::MAX), 0]),
            wide,
            wide_signed: -(wide as i128 >> 1),
            text: self.text(),
            list: some(5).map(|n| (n != 1).then(|| self.float())).collect(),
            sorted: some(5).map(|_| (self.text(), self.short_float())).collect(),
            hashed: some(5).map(|_| (self.0.bits() as i32, self.text())).collect(),
            pair: (self.0.bits() as u8, self.pick(&['a', '"', '\u{1F3B2}'])),
            either: match self.below(3) {
                0 => Either::Int(self.0.bits() as i64),
                1 => Either::Float(self.float()),
                _ => Either::Text(self.text()),
            },
            wrapping: match self.below(2) {
                0 => Wrapping::Nothing,
                _ => Wrapping::Paper { thickness: self.short_float(), sheets: u64::MAX },
            },
            label: Label {
                town: self.text(),
                more: some(4).map(|n| (format!("{n}{}", self.text()), self.value(2))).collect(),
            },
            any: self.value(3),
        }
    }

    /// JSON as somebody else may have written it.
    pub(super) fn json_text(&self, depth: u32) -> String {
        let space = || self.pick(&["", "", " ", "\n\t"]);
        match self.below(if depth == 0 { 4 } else { 6 }) {
            0 => self.pick(&["null", "true", "false"]).to_owned(),
            1 => self.number(),
            2 => serde_json::to_string(&self.text()).expect("text is JSON"),
            3 => {
                self.pick(&[r#""\u00e9\/""#, r#""\ud83c\udfb2\t""#, r#""\u001f\u007f""#]).to_owned()
            }
            4 => {
                let items = (0..self.below(4)).map(|_| self.json_text(depth - 1) + space());
                format!("[{}{}]", space(), items.collect::<Vec<_>>().join(","))
            }
            _ => {
                let entries = (0..self.below(5)).map(|n| {
                    let key = format!("{}{n}", self.text());
                    let key = serde_json::to_string(&key).expect("text is JSON");
                    format!("{key}{}:{}{}", space(), space(), self.json_text(depth - 1))
                });
                format!("{{{}{}}}", entries.collect::<Vec<_>>().join(","), space())
            }
        }
    }

    fn number(&self) -> String {
        let digits = |count: usize| -> String {
            (0..self.below(count)).map(|_| self.pick(&['0', '1', '5', '9'])).collect()
        };
        let sign = self.pick(&["", "-"]);
        let integer = self.pick(&["0", "1", "7"]);
        let integer =
            if integer == "0" { "0".to_owned() } else { integer.to_owned() + &digits(30) };
        let fraction = match self.below(2) {
            0 => String::new(),
            _ => format!(".{}{}", self.pick(&['0', '5']), digits(25)),
        };
        let exponent = match self.below(3) {
            0 => String::new(),
            1 => format!("{}{}", self.pick(&["e", "E+"]), self.below(330)),
            _ => format!("e-{}", self.below(330)),
        };
        format!("{sign}{integer}{fraction}{exponent}")
    }
}
