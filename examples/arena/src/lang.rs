//! The language of an answer: French, or English for those who prefer it.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;

/// A language that the server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lang {
    French,
    English,
}

impl Lang {
    /// What the client prefers; French where it does not say, or speaks neither.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let text = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let ranges = text.into_iter().flat_map(|text| text.split(',')).filter_map(range);
        // the first of those that are wanted most
        let best = ranges.fold(None, |best: Option<(Self, u16)>, range| match best {
            Some(best) if best.1 >= range.1 => Some(best),
            _ => Some(range),
        });
        best.map_or(Self::French, |(lang, _)| lang)
    }

    /// Its name in headers.
    pub(crate) const fn tag(self) -> &'static str {
        match self {
            Self::French => "fr",
            Self::English => "en",
        }
    }
}

/// A range such as `en-GB;q=0.7`, with its weight in thousandths; none for other languages, and for what is not wanted.
fn range(text: &str) -> Option<(Lang, u16)> {
    let mut parts = text.split(';').map(str::trim);
    let tag = parts.next()?;
    let quality = parts.find_map(|part| part.strip_prefix("q=")).unwrap_or("1");
    let quality: f32 = quality.parse().ok()?;
    let weight = (quality.clamp(0.0, 1.0) * 1000.0) as u16;
    let primary = tag.split('-').next()?.to_ascii_lowercase();
    let lang = match primary.as_str() {
        "fr" | "*" => Lang::French,
        "en" => Lang::English,
        _ => return None,
    };
    (weight > 0).then_some((lang, weight))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_wanted_most_is_spoken() {
        for (asked, spoken) in [
            ("", Lang::French),
            ("en", Lang::English),
            ("EN-gb", Lang::English),
            ("de, en;q=0.5", Lang::English),
            ("fr;q=0.4, en;q=0.5", Lang::English),
            ("fr, en", Lang::French),
            ("en;q=0", Lang::French),
            ("en;q=often, *", Lang::French),
            ("de", Lang::French),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, asked.parse().unwrap());
            assert_eq!(Lang::of(&headers), spoken, "{asked}");
        }
    }
}
