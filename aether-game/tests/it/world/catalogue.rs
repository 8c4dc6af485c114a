//! What a world consists of before anybody lives in it.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use aether_core::uuid::Uuid;
use aether_game::quete::TypeObjectif;
use aether_game::world::{Catalogue, World, WorldEvent, entite};

const SEEDS: [u64; 3] = [0, 7, u64::MAX];

fn foundation(seed: u64) -> Vec<WorldEvent> {
    World::new(seed).history(0, 0).collect()
}

#[test]
fn a_world_has_what_is_promised() {
    for seed in SEEDS {
        let world = World::new(seed);
        let it = world.catalogue();
        let found = [
            it.items().len(),
            it.competences().len(),
            it.quetes().len(),
            it.zones().len(),
            it.boss().len(),
            it.pnj().len(),
        ];
        assert_eq!(found, [500, 120, 300, 40, 60, 200], "seed {seed}");
    }
}

#[test]
fn everything_of_a_catalogue_was_accepted_by_its_rule() {
    for seed in SEEDS {
        let mut history = World::new(seed).history(0, 0);
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for event in history.by_ref() {
            *counts.entry(event.event.event_type().to_string()).or_default() += 1;
        }
        assert_eq!(history.refusals(), 0, "seed {seed}");
        let expected = [
            ("BossApparu", 60),
            ("CompetenceCreee", 120),
            ("ItemCree", 500),
            ("PNJCree", 200),
            ("QueteCreee", 300),
            ("RessourcesDeclarees", 40),
        ];
        assert_eq!(counts, expected.map(|(name, n)| (name.to_owned(), n)).into(), "seed {seed}");
    }
}

fn names(it: &Catalogue) -> Vec<String> {
    let items = it.items().iter().map(|it| it.presentation.nom.to_string());
    let competences = it.competences().iter().map(|it| it.nom.to_string());
    let quetes = it.quetes().iter().map(|it| it.nom.to_string());
    let zones = it.zones().iter().map(|it| it.nom.to_string());
    let boss = it.boss().iter().map(|it| it.nom.to_string());
    let pnj = it.pnj().iter().map(|it| it.nom.to_string());
    items.chain(competences).chain(quetes).chain(zones).chain(boss).chain(pnj).collect()
}

#[test]
fn no_two_things_have_one_name() {
    for seed in SEEDS {
        let names = names(World::new(seed).catalogue());
        let mut seen = HashSet::new();
        let twice: Vec<_> = names.iter().filter(|name| !seen.insert(*name)).collect();
        assert!(twice.is_empty(), "seed {seed}: {twice:?}");
        // a name that had to be numbered or was left over
        assert!(names.iter().all(|name| name.len() > 2 && !name.ends_with(" 2")), "seed {seed}");
    }
}

#[test]
fn requirements_make_no_circles() {
    for seed in SEEDS {
        let world = World::new(seed);
        let mut before = HashSet::new();
        for fiche in world.catalogue().competences() {
            let requises = &fiche.pre_requis.competences;
            assert!(requises.iter().all(|it| before.contains(&it.competence_id)), "{}", fiche.nom);
            before.insert(fiche.competence_id);
        }
        let mut before = HashSet::new();
        for fiche in world.catalogue().quetes() {
            let requises = &fiche.pre_requis.quetes;
            assert!(requises.iter().all(|it| before.contains(it)), "{}", fiche.nom);
            before.insert(fiche.quete_id);
        }
    }
}

#[test]
fn what_is_made_of_other_items_comes_after_them() {
    let world = World::new(7);
    let mut before = HashSet::new();
    for item in world.catalogue().items() {
        assert!(item.proprietes.recette.iter().all(|it| before.contains(&it.item_id)));
        before.insert(item.id);
    }
}

/// What a quest may ask for, by kind: everything that exists and can be met, brought, visited or talked to.
fn targets(it: &Catalogue) -> BTreeMap<TypeObjectif, BTreeSet<Uuid>> {
    let creatures = it.pnj().iter().filter(|it| it.dialogues.is_empty());
    let kill = creatures.map(|it| entite(it.pnj_id).as_uuid());
    let kill = kill.chain(it.boss().iter().map(|it| it.entite().as_uuid())).collect();
    let grown = it.zones().iter().flat_map(|it| &it.gisements).map(|it| it.item.as_uuid());
    let paid = it.quetes().iter().flat_map(|it| &it.recompenses.items);
    let collect = grown.chain(paid.map(|it| it.item_id.as_uuid())).collect();
    let explore = it.zones().iter().map(|it| it.id.as_uuid()).collect();
    let talk = it.pnj().iter().filter(|it| !it.dialogues.is_empty()).map(|it| it.pnj_id.as_uuid());
    [
        (TypeObjectif::Kill, kill),
        (TypeObjectif::Collect, collect),
        (TypeObjectif::Explore, explore),
        (TypeObjectif::Dialogue, talk.collect()),
    ]
    .into()
}

#[test]
fn quests_ask_for_what_exists() {
    for seed in SEEDS {
        let world = World::new(seed);
        let catalogue = world.catalogue();
        let targets = targets(catalogue);
        let mut kinds = BTreeSet::new();
        for fiche in catalogue.quetes() {
            for it in &fiche.objectifs {
                let known = targets.get(&it.type_objectif).unwrap();
                assert!(known.contains(&it.cible.as_uuid()), "{}: {it:?}", fiche.nom);
                kinds.insert(it.type_objectif);
            }
            assert!(fiche.recompenses.items.iter().all(|it| catalogue.item(it.item_id).is_some()));
            assert!(catalogue.personnage(fiche.pnj_donneur.unwrap()).is_some());
        }
        assert_eq!(kinds.len(), 4, "seed {seed}");
    }
}

#[test]
fn merchants_sell_what_exists_and_never_at_a_loss() {
    let world = World::new(7);
    let catalogue = world.catalogue();
    let merchants: Vec<_> = catalogue.pnj().iter().filter(|it| !it.articles.is_empty()).collect();
    assert_eq!(merchants.len(), 40);
    for article in merchants.iter().flat_map(|it| &it.articles) {
        assert!(catalogue.item(article.item_id).is_some());
        assert!(article.prix_rachat.is_some_and(|rachat| rachat <= article.prix));
    }
}

#[test]
fn the_same_seed_makes_the_same_catalogue_and_another_seed_another() {
    let bytes = |seed| {
        let text = |it: WorldEvent| format!("{:?} {} {:?}", it.stream, it.version, it.event);
        foundation(seed).into_iter().map(text).collect::<Vec<_>>()
    };
    assert_eq!(bytes(7), bytes(7));
    assert!(bytes(7).iter().zip(&bytes(8)).all(|(one, other)| one != other));
}
