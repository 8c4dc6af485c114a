//! Lives of aggregates: commands that were decided, and what happened. The examples of the documentation are taken from them, and its
//! state diagrams are held against them.

pub(super) mod combat;
pub(super) mod competence;
pub(super) mod economie;
pub(super) mod equipement;
pub(super) mod inventaire;
pub(super) mod item;
pub(super) mod joueur;
pub(super) mod monde;
pub(super) mod pnj;
pub(super) mod quete;
pub(super) mod reservation;

use aether_core::{Aggregate, Event as _, Facts, Version};
use chrono::{DateTime, Utc};
use proptest::strategy::{Strategy, ValueTree as _};
use proptest::test_runner::TestRunner;

/// An event, and what it did.
pub(super) struct Pas {
    /// The command that it was decided on.
    pub(super) commande: String,
    /// The event type.
    pub(super) evenement: &'static str,
    /// The payload, as it is stored.
    pub(super) json: String,
    /// The ways in the state diagram that it took, from and to; none if the diagram is not about it.
    pub(super) passages: Vec<(String, String)>,
}

/// The life of one aggregate after another.
pub(super) struct Recit {
    /// What was told on purpose: it has an example of every event type.
    pub(super) ecrit: Vec<Pas>,
    /// What came of random commands.
    pub(super) hasard: Vec<Pas>,
}

/// Which ways of the diagram an event takes between two states.
pub(super) type Passages<A> =
    fn(&A, &<A as Aggregate>::Event, &A, DateTime<Utc>) -> Vec<(String, String)>;

/// An aggregate whose life is told.
pub(super) struct Vie<A: Aggregate> {
    pub(super) etat: A,
    version: u32,
    passages: Passages<A>,
    pas: Vec<Pas>,
}

impl<A: Aggregate> Vie<A> {
    pub(super) fn new(passages: Passages<A>) -> Self {
        Self { etat: A::default(), version: 0, passages, pas: vec![] }
    }

    /// Another aggregate of the kind.
    pub(super) fn recommence(&mut self) {
        self.etat = A::default();
        self.version = 0;
    }

    /// Decides on a command; a refusal is no event.
    pub(super) fn essaie(&mut self, command: &A::Command, now: DateTime<Utc>) -> bool
    where
        A::Command: std::fmt::Debug,
    {
        let facts = Facts::at(now).with_seed(7).with_version(Version::new(self.version));
        let Ok(events) = self.etat.decide(command, &facts) else { return false };
        let debug = format!("{command:?}");
        let end = debug.find(|c: char| !c.is_alphanumeric()).unwrap_or(debug.len());
        for event in events {
            let mut after = self.etat.clone();
            after.apply(&event);
            self.version += 1;
            self.pas.push(Pas {
                commande: debug[..end].to_owned(),
                evenement: event.event_type().name,
                json: event.encode().expect("encodes").as_str().to_owned(),
                passages: (self.passages)(&self.etat, &event, &after, now),
            });
            self.etat = after;
        }
        true
    }

    /// Carries a command out that may not be refused.
    #[track_caller]
    pub(super) fn fait(&mut self, command: A::Command, now: DateTime<Utc>)
    where
        A::Command: std::fmt::Debug,
    {
        assert!(self.essaie(&command, now), "refused: {command:?}");
    }

    /// What has happened so far.
    pub(super) fn raconte(&mut self) -> Vec<Pas> {
        std::mem::take(&mut self.pas)
    }
}

/// One way.
pub(super) fn de_a(de: &str, a: &str) -> Vec<(String, String)> {
    vec![(de.to_owned(), a.to_owned())]
}

/// Values of a strategy, the same ones each time.
pub(super) struct Hasard(TestRunner);

impl Hasard {
    pub(super) fn new() -> Self {
        Self(TestRunner::deterministic())
    }

    pub(super) fn tire<T: std::fmt::Debug>(&mut self, strategy: &impl Strategy<Value = T>) -> T {
        strategy.new_tree(&mut self.0).expect("a value").current()
    }
}
