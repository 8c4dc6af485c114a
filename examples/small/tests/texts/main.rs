//! Runs the examples and compares what they print with what the text at their top says.

#![allow(clippy::unwrap_used, reason = "tests")]

mod http;
mod sources;

use std::process::Command;

use sources::{Source, program};

/// Runs an example to its end.
fn prints_what_its_text_says(name: &str) {
    let ran = Command::new(program(name)).output().unwrap();
    let errors = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{name} has failed: {errors}");
    assert_eq!(String::from_utf8_lossy(&ran.stdout), Source::of(name).said(), "{errors}");
}

#[test]
fn a_caller_reads_its_own_write_in_the_table() {
    prints_what_its_text_says("read_your_writes");
}

#[test]
fn a_process_takes_back_what_its_next_step_refuses() {
    prints_what_its_text_says("process_manager");
}

#[test]
fn a_unit_over_two_aggregates_happens_whole_or_not_at_all() {
    prints_what_its_text_says("atomic_unit");
}

#[test]
fn events_of_earlier_releases_are_read_by_todays_code() {
    prints_what_its_text_says("upcasting");
}

#[test]
fn a_cached_value_is_loaded_once_and_again_after_an_event() {
    prints_what_its_text_says("cache_aside");
}

#[test]
fn a_holder_that_comes_too_late_is_refused_by_its_fence() {
    prints_what_its_text_says("fenced_lock");
}

#[test]
fn a_leaderboard_counts_what_comes_twice_once() {
    prints_what_its_text_says("leaderboard");
}

#[test]
fn a_feed_misses_nothing_while_the_bus_is_cut() {
    prints_what_its_text_says("live_feed");
}

#[test]
fn each_example_is_40_to_90_lines() {
    for source in Source::all() {
        let lines = source.lines();
        let name = source.name();
        assert!(
            (40..=90).contains(&lines),
            "{name} has {lines} lines of code, without imports; make it 40 to 90"
        );
    }
}
