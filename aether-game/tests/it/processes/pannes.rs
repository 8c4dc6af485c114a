//! A node crashes before and after each step of each process, and another one continues: gold, goods and all that happened are as if
//! it had not.

use std::sync::Arc;

use aether_core::backend::{EventStore, Processes};
use aether_core::memory::{MemoryProcesses, MemoryStore};
use aether_core::process::Backlog;
use aether_core::time::Clock as _;
use aether_core::{Engine, EngineSettings};
use aether_game::quete::EtatQuete;
use aether_postgres::{PgReadModels, PgStore};
use aether_testkit::clock::ManualClock;
use aether_testkit::crash::{Driven, Steps};
use chrono::{DateTime, Utc};

use super::scenes::*;
use super::troupe::est_entier;

type Lieu<P> = (Arc<dyn EventStore>, P);

/// The calls that each process makes in any case.
const APPELS: [&str; 7] = ["commit", "due", "append", "void_command", "take", "save", "conclude"];

/// The calls by which something is written: the ends of transactions, and the append of a step.
const ECRIT: [&str; 3] = ["append", "commit", "conclude"];

struct Theatre<'a, S, P> {
    scene: &'a S,
    lieu: Lieu<P>,
}

impl<S: Scene, P: Processes + Clone> Theatre<'_, S, P> {
    fn noeud(&self, clock: &ManualClock, steps: &Steps) -> Driven<P, S::Manager> {
        Driven::new(self.lieu.clone(), S::MANAGER, clock, steps)
    }

    /// Plays the scene, with a crash at a step.
    async fn joue(&self, crash_at: usize) -> (S::Issue, Steps) {
        let clock = ManualClock::at(midi());
        let settings = EngineSettings::default().snapshot_every(0);
        let store = self.lieu.0.clone();
        let engine = Engine::builder(store).settings(settings).clock(clock.clone()).build();
        let roles = self.scene.prepare(&engine).await;
        let steps = Steps::crashing_at(crash_at);
        self.vit(&clock, &steps).await;
        assert_eq!(steps.taken() > crash_at, crash_at != usize::MAX, "step {crash_at}");
        // whatever was left to do is done by another node
        let dernier = self.noeud(&clock, &Steps::safe());
        passe::<S, P>(&dernier, &clock).await;
        let issue = self.scene.issue(&engine, roles).await;
        clock.advance(std::time::Duration::from_hours(24));
        dernier.settle().await;
        let rien = Backlog::default();
        assert_eq!(dernier.runner().backlog().await.unwrap(), rien, "{}", steps.place(crash_at));
        assert_eq!(self.scene.issue(&engine, roles).await, issue, "something happened later");
        (issue, steps)
    }

    /// The life of a node that may crash: it settles, and time passes.
    async fn vit(&self, clock: &ManualClock, steps: &Steps) {
        let noeud = self.noeud(clock, steps);
        tokio::select! {
            () = passe::<S, P>(&noeud, clock) => {}
            () = steps.crash() => {}
        }
    }
}

/// When each scene begins.
fn midi() -> DateTime<Utc> {
    "2026-03-01T12:00:00Z".parse().unwrap()
}

/// A node settles each time that something happens by itself.
async fn passe<S: Scene, P: Processes + Clone>(noeud: &Driven<P, S::Manager>, clock: &ManualClock) {
    noeud.settle().await;
    let mut heure = midi();
    for pause in S::PAUSES {
        heure += *pause;
        // another node may have seen it
        if clock.now() < heure {
            clock.set(heure);
        }
        noeud.settle().await;
    }
}

/// Plays a scene undisturbed, then with a crash before and after each of these calls; returns what came of all of them.
async fn partout<S: Scene, P: Processes + Clone>(
    scene: S,
    lieu: impl Fn() -> Lieu<P>,
    appels: fn(&str) -> bool,
) -> S::Issue {
    let joue = async |step| {
        let theatre = Theatre { scene: &scene, lieu: lieu() };
        let played = theatre.joue(step).await;
        est_entier(&*theatre.lieu.0).await;
        played
    };
    let (calme, steps) = joue(usize::MAX).await;
    let noms = steps.names();
    for appel in APPELS {
        assert!(noms.contains(&appel), "without {appel}? {noms:?}");
    }
    for (numero, _) in noms.iter().enumerate().filter(|(_, nom)| appels(nom)) {
        for step in [2 * numero, 2 * numero + 1] {
            let (issue, steps) = joue(step).await;
            assert_eq!(issue, calme, "after a crash {}", steps.place(step));
        }
    }
    calme
}

fn memoire() -> Lieu<MemoryProcesses> {
    (Arc::new(MemoryStore::new()), MemoryProcesses::new())
}

async fn postgres() -> (aether_servers::Database, Lieu<PgReadModels>) {
    let server = aether_servers::shared_postgres().await.unwrap();
    let database = server.database().await.unwrap();
    let store = PgStore::builder().max_connections(4).connect(database.url()).await.unwrap();
    store.migrate().await.unwrap();
    let processes = store.read_models();
    (database, (Arc::new(store), processes))
}

/// Plays each scene on a memory store and on PostgreSQL, and looks at what came of it.
macro_rules! scenes {
    ($($promise:ident: $scene:expr => |$it:pat_param| $check:block)*) => {
        $(
            #[tokio::test]
            async fn $promise() {
                let $it = partout($scene, memoire, |_| true).await;
                $check
            }
        )*

        mod postgres {
            use super::*;

            $(
                #[tokio::test]
                async fn $promise() {
                    let (_database, lieu) = postgres().await;
                    let $it = partout($scene, || lieu.clone(), |appel| ECRIT.contains(&appel)).await;
                    $check
                }
            )*
        }
    };
}

scenes! {
    a_trade_is_settled_and_its_order_expires_whatever_crashes: Marche { plein: false } => |it| {
        // 40 coins less 2 of tax; both began with 100, and the rest of 15 potions came back
        assert_eq!((it.vendeur, it.acheteur, it.carnet), ((138, 20), (60, 10), (0, 0, 0)));
    }
    what_a_trade_owes_waits_in_parcels_when_all_is_full_whatever_crashes: Marche { plein: true } => |it| {
        let vendeur = (aether_game::values::Or::MAX.get(), 5);
        assert_eq!((it.vendeur, it.acheteur, it.carnet), (vendeur, (60, 0), (38, 25, 0)));
    }
    who_has_won_a_combat_leaves_it_once_with_his_share_whatever_crashes: Butin { plein: false } => |it| {
        // 26 and 25 coins, 2 potions and 1; one potion of 5 was drunk
        assert_eq!(it.avoirs, [(126, 6, 4), (125, 1, 3)]);
        assert_eq!((it.colis, it.durabilite, it.en_combat), (0, 0, false));
        assert!(it.histoires["first bag"].contains(&"ItemDesequipe".to_owned()), "the sword broke");
    }
    a_share_that_does_not_fit_waits_in_parcels_whatever_crashes: Butin { plein: true } => |it| {
        let or = aether_game::values::Or::MAX.get();
        assert_eq!(it.avoirs, [(or, 4, 4), (125, 0, 3)]);
        assert_eq!((it.colis, it.durabilite, it.en_combat), (3, 0, false));
    }
    turns_and_a_combat_in_which_nobody_acts_end_in_time_whatever_crashes: Defection => |(or, histoires)| {
        assert_eq!(or, 100);
        let turns = histoires["combat"].iter().filter(|it| *it == "TourTermine").count();
        assert_eq!(turns, 3, "two turns ran out, and the third with the combat");
        assert_eq!(histoires["player"].last().unwrap(), "CombatQuitte");
    }
    a_boss_that_two_parties_fight_is_beaten_once_whatever_crashes: Hydre => |(issues, apparition, vaincu)| {
        let or: Vec<_> = issues.iter().map(|(or, _)| *or).collect();
        assert_eq!((or, apparition, vaincu), (vec![100, 150], 1, true));
    }
    a_quest_counts_what_was_so_before_and_is_paid_once_whatever_crashes: Loups { plein: false } => |it| {
        assert_eq!((it.avoir, it.experience, it.colis, it.due), ((150, 2), 100, 0, false));
        assert_eq!(it.etats, [Some(EtatQuete::Complete), Some(EtatQuete::Echouee)]);
    }
    the_reward_of_a_quest_that_does_not_fit_waits_whatever_crashes: Loups { plein: true } => |it| {
        let or = aether_game::values::Or::MAX.get();
        assert_eq!((it.avoir, it.experience, it.colis, it.due), ((or, 0), 100, 2, false));
    }
    who_takes_part_in_a_world_event_is_rewarded_once_whatever_crashes: Moisson { plein: false } => |it| {
        assert_eq!(it.avoirs, [(130, 2, 40), (130, 2, 40)]);
        assert_eq!((it.colis, it.en_cours, it.boss), (0, 0, (2, false)));
    }
    the_reward_of_a_world_event_that_does_not_fit_waits_whatever_crashes: Moisson { plein: true } => |it| {
        let or = aether_game::values::Or::MAX.get();
        assert_eq!(it.avoirs, [(or, 0, 40), (130, 2, 40)]);
        assert_eq!(it.colis, 2);
    }
}
