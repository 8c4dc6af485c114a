//! Rebuilds that end in the middle of whatever they do.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aether_core::backend::RebuildReport;
use aether_postgres::{Error, PgReadModels, PgStore, Rebuild};
use tokio::sync::Notify;

use super::ledger::{Ledger, Setting};
use super::together::{Hook, Watched};
use crate::census::number;
use crate::proxy::{Cut, Proxy};

/// Runs a rebuild in a runtime that dies as soon as it hangs: nothing is ended in an orderly way. Whether it
/// came to its end before.
async fn crash(url: &str, read: Option<usize>, call: Option<usize>) -> bool {
    let url = url.to_owned();
    let hanging = Arc::<Notify>::default();
    tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let done = runtime.block_on(async {
            let store = PgStore::builder().max_connections(4).connect(&url).await.unwrap();
            let hang = call.map(|call| (call, hanging.clone()));
            let ledger = Ledger { batch: 40, hang, ..Ledger::default() };
            let log = Watched::hanging(&store, read.unwrap_or(usize::MAX), &hanging);
            let rebuild = Rebuild::new(&store)
                .projection(ledger)
                .log(log)
                .lease(Duration::from_millis(300))
                .start();
            let rebuild = rebuild.await.unwrap();
            tokio::select! {
                () = hanging.notified() => false,
                report = rebuild.finish() => report.is_ok(),
            }
        });
        runtime.shutdown_background();
        done
    })
    .await
    .unwrap()
}

/// As soon as the one that crashed is not heard of any more.
async fn resume(setting: &Setting) -> RebuildReport {
    loop {
        match setting.rebuild(Ledger::default()).start().await {
            Ok(rebuild) => return rebuild.finish().await.unwrap(),
            Err(Error::RebuildRunning { .. }) => {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            Err(error) => panic!("{error}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_at_any_read_or_batch_leaves_the_old_tables_and_is_resumed() {
    let setting = Setting::open().await;
    setting.earn(120, 3).await;
    let node = setting.node(&Ledger::default());
    let (mut crashes, mut resumed) = (0, 0);
    for reads in [true, false] {
        for step in 0.. {
            let (read, call) = if reads { (Some(step), None) } else { (None, Some(step)) };
            let done = crash(setting.url(), read, call).await;
            node.wait_for("ledger", setting.end().await).await.unwrap();
            setting.assert_fold().await;
            if done {
                assert!(step > 3, "there is more to crash in");
                break;
            }
            crashes += 1;
            let last = setting.earn(20, 1).await;
            let report = resume(&setting).await;
            assert!(report.position >= last);
            resumed += usize::from(report.events < last.get());
            setting.assert_fold().await;
            setting.assert_nothing_left().await;
        }
    }
    assert!(crashes > 10, "{crashes}");
    assert!(resumed > 5, "what was done before counts: {resumed}");
    node.stop().await.unwrap();
    setting.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_swap_whose_commit_is_lost_is_recognised_or_done_again() {
    for (cut, postponed) in [(Cut::Reply, 0), (Cut::Request, 1)] {
        let setting = Setting::open().await;
        setting.earn(200, 3).await;
        let proxy = Arc::new(Proxy::start(setting.url()).await);
        // the read models alone are behind the proxy
        let pool = sqlx::PgPool::connect(&proxy.url(setting.url())).await.unwrap();
        let (url, wire, cut) = (setting.url().to_owned(), proxy.clone(), Mutex::new(Some(cut)));
        let cut = Arc::new(cut);
        let hook: Hook = Arc::new(move |_| {
            let (url, wire, cut) = (url.clone(), wire.clone(), cut.clone());
            Box::pin(async move {
                // in the swap: the next commit is its own
                let locked = "SELECT count(*) FROM pg_locks WHERE granted
                    AND mode = 'AccessExclusiveLock' AND relation = 'ledger'::regclass";
                if number(&url, locked).await > 0
                    && let Some(cut) = cut.lock().unwrap().take()
                {
                    wire.cut_commit(cut);
                }
            })
        });
        let log = Watched { before_read: Some(hook), ..Watched::of(&setting.store) };
        let rebuild = setting
            .rebuild(Ledger::default())
            .read_models(PgReadModels::new(pool.clone()))
            .log(log)
            .start();
        let report = rebuild.await.unwrap().finish().await.unwrap();
        assert!(proxy.has_cut());
        assert_eq!((report.position, report.postponed), (setting.end().await, postponed));
        setting.assert_fold().await;
        setting.assert_nothing_left().await;
        assert_eq!(number(setting.url(), "SELECT count(*) FROM aether_checkpoints").await, 1);
        pool.close().await;
        setting.close().await;
    }
}
