//! State diagrams of the module documentation, held against what aggregates did.
//!
//! A way is `From --> To: Command, Command / Event, Event`: each of the commands leads to each of the events. A remark in brackets may
//! follow. A way without a slash is no command's work: time passes, or the diagram begins.

use std::collections::BTreeSet;

use super::recits::Recit;

/// A way from one state to another.
#[derive(Debug)]
struct Passage {
    de: String,
    a: String,
    commandes: BTreeSet<String>,
    evenements: BTreeSet<String>,
}

/// The lines of the diagram in a module's documentation.
fn lignes(module: &[String]) -> Vec<&str> {
    let after = module.iter().skip_while(|line| *line != "```mermaid").skip(1);
    after.take_while(|line| *line != "```").map(|line| line.trim()).collect()
}

fn lire(ligne: &str) -> Option<Passage> {
    let (de, rest) = ligne.split_once(" --> ")?;
    let (a, label) = rest.split_once(": ")?;
    let label = label.split(" (").next().unwrap_or(label);
    let (commandes, evenements) = label.split_once(" / ")?;
    let set = |names: &str| names.split(", ").map(str::to_owned).collect();
    Some(Passage {
        de: de.into(),
        a: a.into(),
        commandes: set(commandes),
        evenements: set(evenements),
    })
}

/// What the diagram of a module says that never happened, and what happened that it does not say.
pub(super) fn mensonges(module: &[String], recit: &Recit) -> Vec<String> {
    let passages: Vec<_> = lignes(module).into_iter().filter_map(lire).collect();
    let all = recit.ecrit.iter().chain(&recit.hasard);
    let vus: BTreeSet<_> = all
        .flat_map(|pas| {
            pas.passages
                .iter()
                .map(move |(de, a)| (de.as_str(), a.as_str(), pas.commande.as_str(), pas.evenement))
        })
        .collect();
    let mut found = vec![];
    for (de, a, commande, evenement) in &vus {
        let told = passages.iter().any(|it| {
            it.de == *de
                && it.a == *a
                && it.commandes.contains(*commande)
                && it.evenements.contains(*evenement)
        });
        if !told {
            found.push(format!(
                "{de} --> {a}: {commande} / {evenement} happened and is not in the diagram"
            ));
        }
    }
    for it in &passages {
        for commande in &it.commandes {
            for evenement in &it.evenements {
                let pair = (it.de.as_str(), it.a.as_str(), commande.as_str(), evenement.as_str());
                if !vus.contains(&pair) {
                    let Passage { de, a, .. } = it;
                    found.push(format!("{de} --> {a}: {commande} / {evenement} never happened"));
                }
            }
        }
    }
    found
}
