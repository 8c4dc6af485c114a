//! What differs between two values, line by line of their debug output.

use std::fmt::{Debug, Write as _};

/// Both values in one text: `-` before the lines that only `expected` has, `+` before those that only
/// `found` has.
///
/// ```
/// let text = aether_testkit::difference::between(&["a", "b"], &["a"]);
/// assert!(text.contains("-     \"b\""), "{text}");
/// ```
#[must_use]
pub fn between<T: Debug + ?Sized, U: Debug + ?Sized>(expected: &T, found: &U) -> String {
    let (expected, found) = (format!("{expected:#?}"), format!("{found:#?}"));
    let (old, new): (Vec<_>, Vec<_>) = (expected.lines().collect(), found.lines().collect());
    let common = common_tails(&old, &new);

    let mut text = String::from("- expected\n+ found\n\n");
    let (mut i, mut j) = (0, 0);
    while i < old.len() || j < new.len() {
        let (sign, line) = if i < old.len() && j < new.len() && old[i] == new[j] {
            (i, j) = (i + 1, j + 1);
            (' ', old[i - 1])
        } else if j == new.len() || (i < old.len() && common[i + 1][j] >= common[i][j + 1]) {
            i += 1;
            ('-', old[i - 1])
        } else {
            j += 1;
            ('+', new[j - 1])
        };
        let _ = writeln!(text, "{sign} {line}");
    }
    text
}

/// For each pair of places, how many lines the longest common subsequence of what follows has.
fn common_tails(old: &[&str], new: &[&str]) -> Vec<Vec<u32>> {
    let mut common = vec![vec![0; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] = if old[i] == new[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn only_what_differs_is_marked() {
        let text = between(&["a", "b", "c"], &["a", "c", "d"]);
        assert_eq!(
            text,
            "- expected\n+ found\n\n  [\n      \"a\",\n-     \"b\",\n      \"c\",\n+     \"d\",\n  ]\n"
        );
    }

    #[test]
    fn nothing_in_common_is_all_marked() {
        assert_eq!(between(&1, &2), "- expected\n+ found\n\n- 1\n+ 2\n");
    }
}
