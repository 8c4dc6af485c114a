//! The lock holds: what would make stored events unreadable is refused, what would not is accepted.

use std::path::PathBuf;

use tempfile::TempDir;

use super::{Difference, Entry, ShapeLockError, Update, check_event_shapes};

/// The events as they were first stored.
mod first {
    #[derive(serde::Serialize, serde::Deserialize, aether_core::Event)]
    pub(super) enum Guilde {
        Fondee { nom: String },
        Dissoute,
        MembreAjoute { nom: String, rang: u8 },
    }
}

/// A field was renamed, and nobody thought of the version.
mod careless {
    #[derive(serde::Serialize, serde::Deserialize, aether_core::Event)]
    pub(super) enum Guilde {
        Fondee { titre: String },
        Dissoute,
        MembreAjoute { nom: String, rang: u8 },
    }
}

/// The same with a version, an event type that is new, and one that has another name.
mod careful {
    #[derive(serde::Serialize, serde::Deserialize, aether_core::Event)]
    #[event(upcasters = history)]
    pub(super) enum Guilde {
        MembreAdmis {
            nom: String,
            rang: u8,
        },
        #[event(version = 2)]
        Fondee {
            titre: String,
        },
        Dissoute,
        Agrandie,
    }

    fn history() -> aether_core::Upcasters {
        aether_core::Upcasters::new().rename("MembreAjoute", "MembreAdmis").upcast(
            "Fondee",
            1,
            |payload| {
                payload["titre"] = payload["nom"].take();
            },
        )
    }
}

/// Without `MembreAjoute`, which means nothing any more.
mod cleared {
    #[derive(serde::Serialize, serde::Deserialize, aether_core::Event)]
    #[event(upcasters = history)]
    pub(super) enum Guilde {
        Fondee { nom: String },
        Dissoute,
    }

    fn history() -> aether_core::Upcasters {
        aether_core::Upcasters::new().obsolete("MembreAjoute")
    }
}

struct Lock {
    _folder: TempDir,
    path: PathBuf,
}

impl Lock {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        Self { path: folder.path().join("shapes/guilde.json"), _folder: folder }
    }

    /// A lock file with the first shapes.
    fn of_first() -> Self {
        let lock = Self::new();
        check_event_shapes::<first::Guilde>(&lock.path, Update::Compatible).unwrap();
        lock
    }

    fn check<E: aether_core::Event>(&self, update: Update) -> Vec<Difference> {
        let before = std::fs::read_to_string(&self.path).ok();
        match check_event_shapes::<E>(&self.path, update) {
            Ok(()) => Vec::new(),
            Err(ShapeLockError::Differs { differences, .. }) => {
                let after = std::fs::read_to_string(&self.path).ok();
                assert_eq!(before, after, "a refused difference changes nothing");
                differences
            }
            Err(other) => panic!("{other}"),
        }
    }

    fn entries(&self) -> Vec<(String, u16)> {
        let entries = super::file::read(&self.path).unwrap();
        entries.into_iter().map(|entry| (entry.name, entry.version)).collect()
    }
}

fn owned(entries: &[(&str, u16)]) -> Vec<(String, u16)> {
    entries.iter().map(|(name, version)| ((*name).to_owned(), *version)).collect()
}

#[test]
fn a_new_event_type_is_noticed_and_can_be_accepted() {
    let lock = Lock::new();
    let found = lock.check::<first::Guilde>(Update::Never);
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|difference| matches!(difference, Difference::New { .. })));
    assert!(!lock.path.exists());

    assert_eq!(lock.check::<first::Guilde>(Update::Compatible), []);
    assert_eq!(lock.check::<first::Guilde>(Update::Never), []);
    assert_eq!(lock.entries(), owned(&[("Dissoute", 1), ("Fondee", 1), ("MembreAjoute", 1)]));
}

#[test]
fn a_changed_shape_under_the_same_version_is_refused() {
    let lock = Lock::of_first();
    for update in [Update::Never, Update::Compatible] {
        let found = lock.check::<careless::Guilde>(update);
        let [Difference::Changed { locked, now }] = &found[..] else { panic!("{found:?}") };
        assert!(locked.shape.contains("nom: String"), "{}", locked.shape);
        assert!(now.shape.contains("titre: String"), "{}", now.shape);
    }
    assert_eq!(lock.check::<careless::Guilde>(Update::Force), []);
    assert_eq!(lock.check::<careless::Guilde>(Update::Never), []);
    assert_eq!(lock.entries().len(), 3);
}

#[test]
fn the_message_shows_both_shapes_and_says_what_to_do() {
    let lock = Lock::of_first();
    let error = check_event_shapes::<careless::Guilde>(&lock.path, Update::Never).unwrap_err();
    let text = error.to_string();
    for part in [
        "guilde.json",
        "Fondee has another shape under the same version 1",
        "locked: ",
        "nom: String",
        "titre: String",
        "#[event(version = 2)]",
        "upcaster",
        "AETHER_UPDATE_SHAPES=force",
    ] {
        assert!(text.contains(part), "{part} is missing in\n{text}");
    }
}

#[test]
fn a_raised_version_and_a_known_rename_can_be_accepted_and_history_is_kept() {
    let lock = Lock::of_first();
    let found = lock.check::<careful::Guilde>(Update::Never);
    let kinds: Vec<_> = found
        .iter()
        .map(|difference| match difference {
            Difference::New { now } => ("new", &*now.name),
            Difference::Raised { locked, now } if (locked.version, now.version) == (1, 2) => {
                ("raised", &*now.name)
            }
            other => panic!("{other}"),
        })
        .collect();
    assert_eq!(kinds, [("new", "Agrandie"), ("raised", "Fondee"), ("new", "MembreAdmis")]);

    assert_eq!(lock.check::<careful::Guilde>(Update::Compatible), []);
    assert_eq!(lock.check::<careful::Guilde>(Update::Never), []);
    let all = [
        ("Agrandie", 1),
        ("Dissoute", 1),
        ("Fondee", 1),
        ("Fondee", 2),
        ("MembreAdmis", 1),
        ("MembreAjoute", 1),
    ];
    assert_eq!(lock.entries(), owned(&all));
}

#[test]
fn a_lower_version_and_a_lost_event_type_are_refused() {
    let lock = Lock::new();
    assert_eq!(lock.check::<careful::Guilde>(Update::Compatible), []);
    for update in [Update::Never, Update::Compatible] {
        let found = lock.check::<first::Guilde>(update);
        let breaking: Vec<_> = found
            .iter()
            .filter(|difference| difference.is_breaking())
            .map(|difference| (difference.name(), matches!(difference, Difference::Gone { .. })))
            .collect();
        assert_eq!(breaking, [("Agrandie", true), ("Fondee", false), ("MembreAdmis", true)]);
    }
    assert_eq!(lock.check::<first::Guilde>(Update::Force), []);
    assert_eq!(lock.check::<first::Guilde>(Update::Never), []);
    assert_eq!(lock.entries(), owned(&[("Dissoute", 1), ("Fondee", 1), ("MembreAjoute", 1)]));
}

#[test]
fn an_event_type_that_is_obsolete_is_not_lost_and_its_shape_stays_in_the_file() {
    let lock = Lock::of_first();
    assert_eq!(lock.check::<cleared::Guilde>(Update::Never), []);
    assert_eq!(lock.entries(), owned(&[("Dissoute", 1), ("Fondee", 1), ("MembreAjoute", 1)]));
}

#[test]
fn a_damaged_file_is_not_taken_for_an_empty_one() {
    let lock = Lock::of_first();
    std::fs::write(&lock.path, "[{]").unwrap();
    let error = check_event_shapes::<first::Guilde>(&lock.path, Update::Force).unwrap_err();
    assert!(matches!(error, ShapeLockError::Malformed { .. }), "{error}");
    assert_eq!(std::fs::read_to_string(&lock.path).unwrap(), "[{]");
}

#[test]
#[should_panic(expected = "accept it with AETHER_UPDATE_SHAPES=1")]
fn the_assertion_fails_the_test() {
    let lock = Lock::new();
    super::assert_event_shapes::<first::Guilde>(&lock.path);
}

#[test]
fn the_file_is_pretty_and_sorted() {
    let lock = Lock::of_first();
    let text = std::fs::read_to_string(&lock.path).unwrap();
    assert!(
        text.starts_with("[\n  {\n    \"type\": \"Dissoute\",\n    \"version\": 1,\n"),
        "{text}"
    );
    assert!(text.ends_with("]\n"));
    let entries: Vec<Entry> = serde_json::from_str(&text).unwrap();
    assert!(entries.is_sorted());
}
