//! What all contract suites share: a limit on every promise, and a check that none is forgotten.

use crate::contract::TIME_LIMIT;

/// Keeps a promise within [`TIME_LIMIT`].
///
/// # Panics
///
/// With the promise's name, if it takes longer.
pub(crate) async fn within_limit(name: &str, promise: impl Future<Output = ()>) {
    if tokio::time::timeout(TIME_LIMIT, promise).await.is_err() {
        panic!("{name}: not done after {TIME_LIMIT:?}; something waits for what never comes");
    }
}

/// A promise that is written but not mounted would be kept by nobody: compares the themes of a suite, each with the
/// text of its module, with the table behind `table_macro` in the suite's own text. Returns how many promises there
/// are.
#[cfg(test)]
pub(crate) fn assert_all_mounted(suite: &str, table_macro: &str, themes: &[(&str, &str)]) -> usize {
    let (_, table) = suite.split_once(&format!("{table_macro}! {{")).unwrap();
    let (table, _) = table.split_once("/// What [`").unwrap();
    let mut count = 0;
    for (theme, source) in themes {
        let (_, mounted) = table.split_once(&format!(" {theme} {{")).unwrap();
        let mounted: Vec<_> = mounted.split_once('}').unwrap().0.split_whitespace().collect();
        let written: Vec<_> = source
            .lines()
            .filter_map(|line| line.strip_prefix("pub async fn ")?.split('(').next())
            .map(|name| name.split('<').next().unwrap())
            .collect();
        assert_eq!(written, mounted, "{theme}: written (left) and mounted (right)");
        count += written.len();
    }
    count
}
