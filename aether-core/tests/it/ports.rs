//! How large the ports are: what backends implement, and what users do.

use std::path::Path;

/// Ports that wrappers forward: a default method would be forgotten.
const FORWARDED: [&str; 9] = [
    "EventStore",
    "LogIdentity",
    "Snapshots",
    "CommandIds",
    "Coordinator",
    "ReadModels",
    "Checkpoints",
    "Processes",
    "ProcessOperations",
];

/// The other ones.
const OTHERS: [&str; 4] = ["Cache", "Leaderboard", "Ranking", "Locks"];

/// What backends implement. Everything else is for users.
fn ports() -> impl Iterator<Item = &'static str> {
    FORWARDED.into_iter().chain(OTHERS)
}

/// A public trait, as its source has it.
#[derive(Debug)]
struct Trait {
    name: String,
    required: usize,
    provided: usize,
}

/// The public traits of all libraries, but those that only tests implement.
fn traits() -> Vec<Trait> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let crates = ["core", "realtime", "postgres", "redis", "cli", "testkit"];
    let mut found = Vec::new();
    for name in crates {
        add(&root.join(format!("aether-{name}/src")), &mut found);
    }
    found
}

fn add(folder: &Path, found: &mut Vec<Trait>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            add(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.extend(traits_in(&std::fs::read_to_string(&path).unwrap()));
        }
    }
}

fn traits_in(text: &str) -> Vec<Trait> {
    let mut found: Vec<Trait> = Vec::new();
    let mut open = false;
    let mut method = String::new();
    for line in text.lines() {
        if let Some(begin) = line.strip_prefix("pub trait ") {
            let name = begin.split(|it: char| !it.is_alphanumeric()).next().unwrap().to_owned();
            found.push(Trait { name, required: 0, provided: 0 });
            open = !line.ends_with('}');
        } else if line == "}" {
            open = false;
        } else if open {
            let begins = ["    fn ", "    async fn ", "    const fn "];
            if begins.iter().any(|begin| line.starts_with(begin)) || !method.is_empty() {
                method.push_str(line);
            }
            let last = found.last_mut().unwrap();
            match line.trim_end().chars().last() {
                Some(';') if !method.is_empty() => {
                    last.required += 1;
                    method.clear();
                }
                Some('{') if !method.is_empty() => {
                    last.provided += 1;
                    method.clear();
                }
                _ => {}
            }
        }
    }
    found
}

#[test]
fn a_port_has_at_most_nine_methods_and_none_that_a_wrapper_could_forget() {
    let all = traits();
    for name in ports() {
        assert!(all.iter().any(|it| it.name == name), "{name} is not found: {all:?}");
    }
    let large: Vec<_> = all.iter().filter(|it| it.required + it.provided > 9).collect();
    assert!(large.is_empty(), "cut them at their seams: {large:?}");
    let forwarded = all.iter().filter(|it| FORWARDED.contains(&it.name.as_str()));
    let forgettable: Vec<_> = forwarded.filter(|it| it.provided > 0).collect();
    assert!(forgettable.is_empty(), "a port has no default methods: {forgettable:?}");
}

#[test]
fn a_trait_that_users_implement_asks_for_at_most_five_methods() {
    let all = traits();
    let of_users = all.iter().filter(|it| !ports().any(|port| port == it.name));
    let large: Vec<_> = of_users.filter(|it| it.required > 5).collect();
    assert!(large.is_empty(), "these ask for too much: {large:?}");
}

#[test]
fn methods_are_counted_whole() {
    let text = "pub trait Port: Send {\n    /// Says; nothing.\n    fn one(&self);\n\n    async fn two(\n        &self,\n    ) -> u8;\n\n    \
                fn three(&self) -> u8 {\n        self.one();\n        2\n    }\n}\n\npub trait None {}\n\nfn free();\n";
    let found = traits_in(text);
    let counts: Vec<_> =
        found.iter().map(|it| (it.name.as_str(), it.required, it.provided)).collect();
    assert_eq!(counts, [("Port", 2, 1), ("None", 0, 0)]);
}
