//! Histories that a checker must condemn, one for each rule, and some that it must not.

use super::*;
use crate::history::Line;

fn id(number: u64) -> Uuid {
    Uuid::from_u128(u128::from(number))
}

/// Event `number` as version `version` of stream 1000, at position ten times its number.
fn row(number: u64, version: u32) -> Row<'static> {
    Row {
        position: number * 10,
        event: id(number),
        mark: id(number),
        stream: id(1000),
        version,
        event_type: "Deposited",
        aggregate_type: "Purse",
        amount: Some(5),
    }
}

/// Checks a history, one line a string with `@7` for event 7 and `#` for the stream, against rows.
fn check(history: &[&str], rows: &[Row<'_>], head: u32) -> Account {
    let mut book = Book::default();
    for line in history {
        let words = line.split(' ').map(|word| match word.strip_prefix('@') {
            Some(rest) => {
                let (number, position) = rest.split_once(':').unwrap_or((rest, ""));
                let colon = if position.is_empty() { "" } else { ":" };
                format!("{}{colon}{position}", id(number.parse().unwrap()))
            }
            None => word.replace('#', &id(1000).to_string()),
        });
        let line: Line = words.collect::<Vec<_>>().join(" ").parse().unwrap();
        book.enter(line);
    }
    let mut checker = Checker::new(book);
    rows.iter().for_each(|row| checker.row(*row));
    checker.finish([(id(1000), head)])
}

/// The one rule that was broken, and how often.
fn broken(account: &Account) -> Vec<(Rule, usize)> {
    account.broken.iter().map(|(rule, times)| (*rule, *times)).collect()
}

const TWO: &[&str] = &["A # 0 1 @1:10", "A # 1 2 @2:20"];

#[test]
fn an_honest_history_is_clean() {
    let folded = fold(fold(0, id(1), 5), id(2), 5);
    let state = format!("V # 2 20 {folded}");
    let sum = checksum(10, id(1)).wrapping_add(checksum(20, id(2)));
    let end = format!("E 1 {sum}");
    let mut history = TWO.to_vec();
    history.extend(["N @7", "U #:any @8 @9", "R 1 all of all", "S 1 10 10", &state, &end]);
    let account = check(&history, &[row(1, 1), row(2, 2)], 2);
    assert!(account.is_clean(), "{:?}", account.details);
    assert_eq!((account.appended, account.seen), (2, 2));
}

#[test]
fn an_empty_log_proves_nothing() {
    assert!(!check(&[], &[], 0).is_clean());
}

#[test]
fn an_acknowledged_event_that_is_gone_or_elsewhere_is_lost() {
    let gone = check(TWO, &[row(1, 1)], 1);
    assert_eq!(broken(&gone), [(Rule::AcknowledgedIsThere, 1)]);
    let moved = Row { position: 25, ..row(2, 2) };
    let elsewhere = check(TWO, &[row(1, 1), moved], 2);
    assert_eq!(broken(&elsewhere), [(Rule::AcknowledgedIsThere, 1)]);
}

#[test]
fn only_what_was_acknowledged_before_a_loss_may_be_lost() {
    let before = check(&[TWO[0], TWO[1], "L 15"], &[row(1, 1)], 1);
    assert!(before.is_clean());
    assert_eq!(before.lost_with_leave, 1);
    let after = check(&[TWO[0], "L 15", TWO[1]], &[row(1, 1)], 1);
    assert_eq!(broken(&after), [(Rule::AcknowledgedIsThere, 1)]);
    let too_much = check(&[TWO[0], TWO[1], "L 20"], &[row(1, 1)], 1);
    assert_eq!(broken(&too_much), [(Rule::AcknowledgedIsThere, 1)]);
}

#[test]
fn an_event_that_is_there_twice_is_seen() {
    let again = Row { position: 30, ..row(2, 3) };
    let account = check(TWO, &[row(1, 1), row(2, 2), again], 3);
    assert_eq!(account.count(Rule::StoredOnce), 1);
}

#[test]
fn a_refused_event_must_not_be_there() {
    let account = check(&[TWO[0], "N @2"], &[row(1, 1), row(2, 2)], 2);
    assert_eq!(broken(&account), [(Rule::RefusedIsAbsent, 1)]);
}

#[test]
fn half_of_an_append_is_torn() {
    let history = ["U #:any @1 @2"];
    assert_eq!(broken(&check(&history, &[row(1, 1)], 1)), [(Rule::WholeOrAbsent, 1)]);
    assert!(check(&history, &[row(1, 1), row(2, 2)], 2).is_clean());
}

#[test]
fn what_nobody_appended_is_a_ghost() {
    let account = check(&TWO[..1], &[row(1, 1), row(2, 2)], 2);
    assert_eq!(broken(&account), [(Rule::SomebodyAppended, 1)]);
}

#[test]
fn an_expectation_that_was_not_met_is_seen() {
    let rows = [row(1, 1), row(2, 2)];
    let answered = check(&[TWO[0], "A # 0 2 @2:20"], &rows, 2);
    assert_eq!(broken(&answered), [(Rule::ExpectationMet, 1)]);
    let in_doubt = check(&[TWO[0], "U #:0 @2"], &rows, 2);
    assert_eq!(broken(&in_doubt), [(Rule::ExpectationMet, 1)]);
    assert!(check(&[TWO[0], "U #:some @2"], &rows, 2).is_clean());
}

#[test]
fn one_event_acknowledged_at_two_places_is_seen() {
    let account = check(&[TWO[0], TWO[1], "A # 1 2 @2:30"], &[row(1, 1), row(2, 2)], 2);
    assert!(account.count(Rule::ExpectationMet) == 1);
}

#[test]
fn versions_with_gaps_and_wrong_heads_are_seen() {
    let history = ["A # 0 1 @1:10", "A # 2 3 @2:20"];
    let gap = check(&history, &[row(1, 1), row(2, 3)], 3);
    assert_eq!(broken(&gap), [(Rule::VersionsWithoutGaps, 1)]);
    let head = check(TWO, &[row(1, 1), row(2, 2)], 3);
    assert_eq!(broken(&head), [(Rule::VersionsWithoutGaps, 1)]);
}

#[test]
fn what_a_reader_did_wrong_is_counted() {
    let rows = [row(1, 1), row(2, 2)];
    let sum = checksum(10, id(1)).wrapping_add(checksum(20, id(2)));
    let end = format!("E 1 {sum}");
    let with = |lines: &[&str]| {
        let mut history = TWO.to_vec();
        history.push("R 1 all of all");
        history.extend(lines);
        check(&history, &rows, 2)
    };
    assert!(with(&["S 1 10 10", &end]).is_clean());
    assert_eq!(broken(&with(&["S 1 20", &end])), [(Rule::ReaderMissedNothing, 1)]);
    assert_eq!(broken(&with(&["S 1 10 10 0", &end])), [(Rule::ReaderSawOnce, 1)]);
    assert_eq!(broken(&with(&["S 1 20 -10", &end])), [(Rule::ReaderInOrder, 1)]);
    assert_eq!(broken(&with(&["S 1 10 10 5", &end])), [(Rule::ReaderSawTheLog, 1)]);
    assert_eq!(broken(&with(&["S 1 10 10"])), [(Rule::ReaderSawTheLog, 1)]);
    assert_eq!(broken(&with(&["S 1 10 10", "E 1 7"])), [(Rule::ReaderSawTheLog, 1)]);
}

#[test]
fn a_reader_that_says_so_may_see_again_what_it_withdraws() {
    let rows = [row(1, 1), row(2, 2)];
    let sum = checksum(10, id(1)).wrapping_add(checksum(20, id(2)));
    let end = format!("E 1 {sum}");
    let mut history = TWO.to_vec();
    history.extend(["R 1 all of all", "S 1 10 10 5", "B 1 10", "S 1 10", &end]);
    assert!(check(&history, &rows, 2).is_clean());
}

#[test]
fn a_state_that_is_not_the_fold_is_seen() {
    let rows = [row(1, 1), row(2, 2)];
    let folded = fold(0, id(1), 5);
    let other = format!("V # 1 10 {}", folded + 1);
    let account = check(&[TWO[0], TWO[1], &other], &rows, 2);
    assert_eq!(broken(&account), [(Rule::StateIsFold, 1)]);
    let never = check(&[TWO[0], TWO[1], "V # 3 30 0"], &rows, 2);
    assert_eq!(broken(&never), [(Rule::StateIsFold, 1)]);
    let lost = check(&[TWO[0], TWO[1], "V # 3 30 0", "L 25"], &rows, 2);
    assert!(lost.is_clean());
}

#[test]
fn a_purse_below_zero_breaks_its_rule() {
    let rows = [row(1, 1), Row { amount: Some(-6), ..row(2, 2) }];
    assert_eq!(broken(&check(TWO, &rows, 2)), [(Rule::RulesHold, 1)]);
}

#[test]
fn what_a_client_found_is_not_forgotten() {
    let account = check(&[TWO[0], "F it answered nonsense"], &[row(1, 1)], 1);
    assert_eq!(broken(&account), [(Rule::NothingFound, 1)]);
}
