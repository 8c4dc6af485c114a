//! Versions of aggregates as ETags: `"v17"`.

use aether_core::Version;
use axum::http::header::IF_MATCH;
use axum::http::{HeaderMap, HeaderValue};

use crate::problem::{Code, Problem};

/// The tag of a version.
pub(crate) fn value(version: Version) -> HeaderValue {
    // ASCII digits in quotes: always a header
    HeaderValue::try_from(format!("\"v{version}\"")).unwrap_or(HeaderValue::from_static("\"v0\""))
}

/// The version that a command expects; none where it expects none, or any (`*`).
pub(crate) fn expected(headers: &HeaderMap) -> Result<Option<Version>, Problem> {
    let Some(tag) = headers.get(IF_MATCH) else { return Ok(None) };
    let wrong = || {
        Problem::new(Code::HEADER)
            .detail("If-Match has to be one tag that this server gave, as \"v17\"")
    };
    let tag = tag.to_str().map_err(|_| wrong())?.trim();
    if tag == "*" {
        return Ok(None);
    }
    let number = tag.strip_prefix("\"v").and_then(|rest| rest.strip_suffix('"'));
    let number = number.filter(|it| it.bytes().all(|byte| byte.is_ascii_digit()));
    let number: u32 = number.and_then(|it| it.parse().ok()).ok_or_else(wrong)?;
    if number > Version::MAX.get() { Err(wrong()) } else { Ok(Some(Version::new(number))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tag: &str) -> Option<Option<Version>> {
        let mut headers = HeaderMap::new();
        headers.insert(IF_MATCH, tag.parse().unwrap());
        expected(&headers).ok()
    }

    #[test]
    fn a_tag_comes_back_as_the_version_it_was() {
        let version = Version::new(17);
        assert_eq!(value(version), "\"v17\"");
        assert_eq!(read("\"v17\""), Some(Some(version)));
        assert_eq!(read("*"), Some(None));
        for wrong in [
            "",
            "v17",
            "\"17\"",
            "\"v+1\"",
            "\"v\"",
            "W/\"v1\"",
            "\"v1\", \"v2\"",
            "\"v4294967295\"",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
