//! Local days, and the moments at which they end.

use std::time::SystemTime;

use aether_core::chrono::{
    DateTime, Days as Span, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc,
};
use chrono_tz::Tz;

/// Successive days of a time zone, as the scripts take them.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Days {
    /// When the first one begins, in unix milliseconds.
    start: i64,
    /// When each of them ends, and its name.
    days: Vec<(i64, String)>,
}

impl Days {
    /// The day that `at` lies in, some before it, and two after it.
    pub(super) fn around(zone: Tz, at: SystemTime, before: u16) -> Self {
        let today = DateTime::<Utc>::from(at).with_timezone(&zone).date_naive();
        let first = today.checked_sub_days(Span::new(before.into())).unwrap_or(today);
        let dates: Vec<NaiveDate> = first.iter_days().take(usize::from(before) + 3).collect();
        let days = dates.iter().map(|date| {
            let next = date.succ_opt().unwrap_or(*date);
            (start_of(zone, next).timestamp_millis(), date.to_string())
        });
        Self { start: start_of(zone, first).timestamp_millis(), days: days.collect() }
    }

    /// The start of the first day, then the end and the name of each.
    pub(super) fn arguments(&self) -> impl Iterator<Item = String> + '_ {
        let days = self.days.iter().flat_map(|(end, name)| [end.to_string(), name.clone()]);
        std::iter::once(self.start.to_string()).chain(days)
    }
}

/// The first moment of a local day. Where clocks skip midnight, the moment of the skip; where they show
/// it twice, the first time; where they skip the day, the start of the next one.
fn start_of(zone: Tz, date: NaiveDate) -> DateTime<Utc> {
    let midnight = date.and_time(NaiveTime::MIN);
    if let Some(start) = zone.from_local_datetime(&midnight).earliest() {
        return start.with_timezone(&Utc);
    }
    // No zone is further than 26 hours from any other: the skip lies between these two.
    let (mut before, mut after) =
        (midnight.and_utc() - TimeDelta::hours(26), midnight.and_utc() + TimeDelta::hours(50));
    while after - before > TimeDelta::seconds(1) {
        let middle = before + TimeDelta::seconds((after - before).num_seconds() / 2);
        if middle.with_timezone(&zone).date_naive() < date {
            before = middle;
        } else {
            after = middle;
        }
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    fn start(zone: Tz, date: &str) -> String {
        start_of(zone, date.parse().unwrap()).to_rfc3339()
    }

    fn hours(zone: Tz, date: &str) -> i64 {
        let date: NaiveDate = date.parse().unwrap();
        (start_of(zone, date.succ_opt().unwrap()) - start_of(zone, date)).num_hours()
    }

    #[test]
    fn a_day_has_24_hours_or_23_or_25() {
        assert_eq!(hours(Tz::UTC, "2026-11-26"), 24);
        assert_eq!(hours(Tz::Europe__Paris, "2026-03-29"), 23);
        assert_eq!(hours(Tz::Europe__Paris, "2026-10-25"), 25);
        assert_eq!(start(Tz::Europe__Paris, "2026-07-14"), "2026-07-13T22:00:00+00:00");
        assert_eq!(start(Tz::Asia__Kathmandu, "2026-07-14"), "2026-07-13T18:15:00+00:00");
    }

    #[test]
    fn a_day_without_midnight_begins_when_the_clocks_skip_it() {
        // 00:00 became 01:00
        assert_eq!(start(Tz::America__Sao_Paulo, "2018-11-04"), "2018-11-04T03:00:00+00:00");
        assert_eq!(hours(Tz::America__Sao_Paulo, "2018-11-04"), 23);
        assert_eq!(start(Tz::Asia__Beirut, "2022-03-27"), "2022-03-26T22:00:00+00:00");
        assert_eq!(hours(Tz::Asia__Beirut, "2022-03-27"), 23);
        // 23:30 became 00:30
        assert_eq!(start(Tz::America__Toronto, "1919-03-31"), "1919-03-31T04:30:00+00:00");
    }

    #[test]
    fn midnight_that_comes_twice_begins_the_day_once() {
        // midnight became 23:00: the day before has 25 hours
        assert_eq!(hours(Tz::America__Sao_Paulo, "2018-02-17"), 25);
        // 01:00 became 00:00
        assert_eq!(hours(Tz::America__Havana, "2026-11-01"), 25);
        assert_eq!(start(Tz::America__Havana, "2026-11-01"), "2026-11-01T04:00:00+00:00");
    }

    #[test]
    fn a_day_that_was_skipped_is_empty() {
        assert_eq!(start(Tz::Pacific__Apia, "2011-12-30"), start(Tz::Pacific__Apia, "2011-12-31"));
        assert_eq!(hours(Tz::Pacific__Apia, "2011-12-29"), 24);
    }

    #[test]
    fn days_follow_each_other_in_every_zone() {
        for zone in chrono_tz::TZ_VARIANTS {
            let first: NaiveDate = "2010-01-01".parse().unwrap();
            let starts: Vec<_> =
                first.iter_days().take(3000).map(|date| start_of(zone, date)).collect();
            assert!(starts.is_sorted(), "{zone}");
            let longest = starts.windows(2).map(|pair| pair[1] - pair[0]).max();
            assert!(longest <= Some(TimeDelta::hours(49)), "{zone}: {longest:?}");
        }
    }

    #[test]
    fn the_days_around_a_moment_begin_before_it_and_end_after_it() {
        let at = "2026-11-26T23:30:00Z".parse::<DateTime<Utc>>().unwrap();
        let days = Days::around(Tz::Europe__Paris, at.into(), 1);
        let names: Vec<&str> = days.days.iter().map(|(_, name)| name.as_str()).collect();
        assert_eq!(names, ["2026-11-26", "2026-11-27", "2026-11-28", "2026-11-29"]);
        assert_eq!(days.days[0].0, days.start + 86_400_000);
        assert!(days.days[0].0 <= at.timestamp_millis() && at.timestamp_millis() < days.days[1].0);
    }
}
