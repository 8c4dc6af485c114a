//! What all contract suites share: how promises become tests, a limit on every promise, and a check that none is
//! forgotten.

use std::sync::Arc;
use std::time::Duration;

use crate::Backend;

/// How long a promise may take to be kept.
pub const TIME_LIMIT: Duration = Duration::from_secs(200);

/// Keeps a promise on a fresh backend, within [`TIME_LIMIT`].
///
/// # Panics
///
/// With the promise's name, if it takes longer.
pub(crate) async fn keep<B: Backend, F: Future<Output = ()>>(
    name: &str,
    promise: impl FnOnce(Arc<B>) -> F,
) {
    let kept = async {
        let backend = Arc::new(B::open().await);
        promise(backend.clone()).await;
        if let Some(backend) = Arc::into_inner(backend) {
            backend.finish().await;
        }
    };
    if tokio::time::timeout(TIME_LIMIT, kept).await.is_err() {
        panic!("{name}: not done after {TIME_LIMIT:?}; something waits for what never comes");
    }
}

/// Mounts the promises of one of the suites that keep theirs alike, `{suite}::keep(backend, name, {suite}::{theme}::{promise})`.
#[doc(hidden)]
#[macro_export]
macro_rules! suite_tests {
    ($suite:ident, $backend:ty; $($theme:ident { $($promise:ident)* })*) => {
        $(mod $theme {
            #[allow(unused_imports, reason = "the backend may be named by a full path")]
            use super::*;

            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                $crate::$suite::keep(
                    ::std::marker::PhantomData::<$backend>,
                    concat!(stringify!($theme), "::", stringify!($promise)),
                    $crate::$suite::$theme::$promise,
                )
                .await;
            })*
        })*
    };
}

/// A promise that is written but not mounted would be kept by nobody: compares the themes of a suite, each with the
/// text of its module, with the table behind `table_macro` in the suite's own text. Returns how many promises there
/// are.
#[cfg(test)]
pub(crate) fn assert_all_mounted(suite: &str, table_macro: &str, themes: &[(&str, &str)]) -> usize {
    let (_, table) = suite.split_once(&format!("{table_macro}! {{")).unwrap();
    let (table, _) = table.split_once("\n    };\n}").unwrap();
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
