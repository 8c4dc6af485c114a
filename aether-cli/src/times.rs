//! Points in time and spans, as operators write and read them.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};

/// `2026-03-01`, `2026-03-01 18:30`, `2026-03-01T18:30:05.25Z`, `2026-03-01T18:30:05+01:00`. UTC if not
/// said otherwise.
pub(crate) fn parse_time(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.to_utc());
    }
    let formats =
        ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S%.f"];
    let time = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    let date = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0);
    time.or_else(date).map(|time| time.and_utc()).ok_or_else(|| {
        "not a time; write 2026-03-01, \"2026-03-01 18:30\" (both UTC) or 2026-03-01T18:30:00+01:00"
            .to_owned()
    })
}

/// `90d`, `12h`, `1y 2months`.
pub(crate) fn parse_span(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text)
        .map_err(|error| format!("not a span of time ({error}); write 365d, 12h or \"1y 6months\""))
}

/// To the millisecond, UTC.
pub(crate) fn time(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%d %H:%M:%S%.3fZ").to_string()
}

/// Seconds, in the largest unit that leaves a number to work with.
pub(crate) fn seconds(seconds: f64) -> String {
    match seconds {
        s if s < 0.0005 => "0".to_owned(),
        s if s < 1.0 => format!("{:.0}ms", s * 1000.0),
        s if s < 100.0 => format!("{s:.1}s"),
        s if s < 6000.0 => format!("{:.0}m", s / 60.0),
        s if s < 172_800.0 => format!("{:.0}h", s / 3600.0),
        s => format!("{:.0}d", s / 86_400.0),
    }
}

/// Bytes, likewise.
pub(crate) fn bytes(bytes: i64) -> String {
    indicatif::HumanBytes(u64::try_from(bytes).unwrap_or(0)).to_string()
}

/// How long ago something was.
pub(crate) fn ago(time: DateTime<Utc>) -> String {
    let span = (Utc::now() - time).to_std().unwrap_or_default();
    format!("{} ago", seconds(span.as_secs_f64()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_understood_as_people_write_them() {
        let expected = DateTime::parse_from_rfc3339("2026-03-01T18:30:00Z").map(|t| t.to_utc());
        for text in [
            "2026-03-01 18:30",
            "2026-03-01T18:30",
            "2026-03-01 18:30:00",
            "2026-03-01T18:30:00.000Z",
            "2026-03-01T19:30:00+01:00",
        ] {
            assert_eq!(parse_time(text).ok(), expected.ok(), "{text}");
        }
        assert_eq!(parse_time("2026-03-01").map(time).as_deref(), Ok("2026-03-01 00:00:00.000Z"));
        for text in ["", "yesterday", "2026-02-30", "2026-03-01 25:00", "1772389800"] {
            assert!(parse_time(text).is_err(), "{text}");
        }
    }

    #[test]
    fn spans_are_told_in_a_fitting_unit() {
        let told = [0.0, 0.0123, 4.25, 99.0, 600.0, 7200.0, 864_000.0].map(seconds);
        assert_eq!(told, ["0", "12ms", "4.2s", "99.0s", "10m", "2h", "10d"]);
    }
}
