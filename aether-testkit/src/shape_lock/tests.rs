//! The lock holds: what would make stored events unreadable is refused, what would not is accepted.

use std::path::PathBuf;

use tempfile::TempDir;

use super::{Difference, Entry, ShapeLockError, Update, check_event_shapes};

/// The events as they were first stored.
mod first {
    #[derive(serde::Serialize, serde::Deserialize, aether_core::Event)]
    pub(super) enum League {
        Founded { name: String },
        Dissolved,
        MemberAdded { name: String, rank: u8 },
    }
}

/// A field was renamed, and nobody thought of the version.
mod careless {
    #[derive(serde::Serialize, serde::Deserialize, aether_core::Event)]
    pub(super) enum League {
        Founded { title: String },
        Dissolved,
        MemberAdded { name: String, rank: u8 },
    }
}

/// The same with a version, an event type that is new, and one that has another name.
mod careful {
    #[derive(serde::Serialize, serde::Deserialize, aether_core::Event)]
    #[event(upcasters = history)]
    pub(super) enum League {
        MemberAdmitted {
            name: String,
            rank: u8,
        },
        #[event(version = 2)]
        Founded {
            title: String,
        },
        Dissolved,
        Augmented,
    }

    fn history() -> aether_core::Upcasters {
        aether_core::Upcasters::new().rename("MemberAdded", "MemberAdmitted").upcast(
            "Founded",
            1,
            |payload| {
                payload["title"] = payload["name"].take();
            },
        )
    }
}

/// Without `MemberAdded`, which means nothing any more.
mod cleared {
    #[derive(serde::Serialize, serde::Deserialize, aether_core::Event)]
    #[event(upcasters = history)]
    pub(super) enum League {
        Founded { name: String },
        Dissolved,
    }

    fn history() -> aether_core::Upcasters {
        aether_core::Upcasters::new().obsolete("MemberAdded")
    }
}

struct Lock {
    _folder: TempDir,
    path: PathBuf,
}

impl Lock {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        Self { path: folder.path().join("shapes/league.json"), _folder: folder }
    }

    /// A lock file with the first shapes.
    fn of_first() -> Self {
        let lock = Self::new();
        check_event_shapes::<first::League>(&lock.path, Update::Compatible).unwrap();
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
    let found = lock.check::<first::League>(Update::Never);
    assert_eq!(found.len(), 3);
    assert!(found.iter().all(|difference| matches!(difference, Difference::New { .. })));
    assert!(!lock.path.exists());

    assert_eq!(lock.check::<first::League>(Update::Compatible), []);
    assert_eq!(lock.check::<first::League>(Update::Never), []);
    assert_eq!(lock.entries(), owned(&[("Dissolved", 1), ("Founded", 1), ("MemberAdded", 1)]));
}

#[test]
fn a_changed_shape_under_the_same_version_is_refused() {
    let lock = Lock::of_first();
    for update in [Update::Never, Update::Compatible] {
        let found = lock.check::<careless::League>(update);
        let [Difference::Changed { locked, now }] = &found[..] else { panic!("{found:?}") };
        assert!(locked.shape.contains("name: String"), "{}", locked.shape);
        assert!(now.shape.contains("title: String"), "{}", now.shape);
    }
    assert_eq!(lock.check::<careless::League>(Update::Force), []);
    assert_eq!(lock.check::<careless::League>(Update::Never), []);
    assert_eq!(lock.entries().len(), 3);
}

#[test]
fn the_message_shows_both_shapes_and_says_what_to_do() {
    let lock = Lock::of_first();
    let error = check_event_shapes::<careless::League>(&lock.path, Update::Never).unwrap_err();
    let text = error.to_string();
    for part in [
        "league.json",
        "Founded has another shape under the same version 1",
        "locked: ",
        "name: String",
        "title: String",
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
    let found = lock.check::<careful::League>(Update::Never);
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
    assert_eq!(kinds, [("new", "Augmented"), ("raised", "Founded"), ("new", "MemberAdmitted")]);

    assert_eq!(lock.check::<careful::League>(Update::Compatible), []);
    assert_eq!(lock.check::<careful::League>(Update::Never), []);
    let all = [
        ("Augmented", 1),
        ("Dissolved", 1),
        ("Founded", 1),
        ("Founded", 2),
        ("MemberAdded", 1),
        ("MemberAdmitted", 1),
    ];
    assert_eq!(lock.entries(), owned(&all));
}

#[test]
fn a_lower_version_and_a_lost_event_type_are_refused() {
    let lock = Lock::new();
    assert_eq!(lock.check::<careful::League>(Update::Compatible), []);
    for update in [Update::Never, Update::Compatible] {
        let found = lock.check::<first::League>(update);
        let breaking: Vec<_> = found
            .iter()
            .filter(|difference| difference.is_breaking())
            .map(|difference| (difference.name(), matches!(difference, Difference::Gone { .. })))
            .collect();
        assert_eq!(breaking, [("Augmented", true), ("Founded", false), ("MemberAdmitted", true)]);
    }
    assert_eq!(lock.check::<first::League>(Update::Force), []);
    assert_eq!(lock.check::<first::League>(Update::Never), []);
    assert_eq!(lock.entries(), owned(&[("Dissolved", 1), ("Founded", 1), ("MemberAdded", 1)]));
}

#[test]
fn an_event_type_that_is_obsolete_is_not_lost_and_its_shape_stays_in_the_file() {
    let lock = Lock::of_first();
    assert_eq!(lock.check::<cleared::League>(Update::Never), []);
    assert_eq!(lock.entries(), owned(&[("Dissolved", 1), ("Founded", 1), ("MemberAdded", 1)]));
}

#[test]
fn a_damaged_file_is_not_taken_for_an_empty_one() {
    let lock = Lock::of_first();
    std::fs::write(&lock.path, "[{]").unwrap();
    let error = check_event_shapes::<first::League>(&lock.path, Update::Force).unwrap_err();
    assert!(matches!(error, ShapeLockError::Malformed { .. }), "{error}");
    assert_eq!(std::fs::read_to_string(&lock.path).unwrap(), "[{]");
}

#[test]
#[should_panic(expected = "accept it with AETHER_UPDATE_SHAPES=1")]
fn the_assertion_fails_the_test() {
    let lock = Lock::new();
    super::assert_event_shapes::<first::League>(&lock.path);
}

#[test]
fn the_file_is_pretty_and_sorted() {
    let lock = Lock::of_first();
    let text = std::fs::read_to_string(&lock.path).unwrap();
    assert!(
        text.starts_with("[\n  {\n    \"type\": \"Dissolved\",\n    \"version\": 1,\n"),
        "{text}"
    );
    assert!(text.ends_with("]\n"));
    let entries: Vec<Entry> = serde_json::from_str(&text).unwrap();
    assert!(entries.is_sorted());
}
