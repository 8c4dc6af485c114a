//! The documentation of the events: a page and a schema per aggregate, made from the types, the sources and events that were decided.
//!
//! The tests compare; `AETHER_UPDATE_DOCS=1` writes.

mod argent;
mod diagrammes;
mod flux;
mod forme;
mod joli;
mod pages;
mod recits;
mod schema;
mod textes;
mod types;
mod valide;

use std::any::type_name;
use std::fmt::Write as _;
use std::path::Path;

use aether_core::event::EventType;
use aether_core::{Aggregate, Event as _};
use aether_game::refus::{Ligne, Refus};
use serde_json::Value;

use self::forme::Forme;
use self::recits::{
    Recit, combat, competence, economie, equipement, inventaire, item, joueur, monde, pnj, quete,
    reservation,
};
use self::textes::Textes;

const AVIS: &str = "Made from the types and the sources by a test, which compares; `AETHER_UPDATE_DOCS=1` writes it anew.";

/// An aggregate of the game, as its documentation needs it.
pub(crate) struct Agregat {
    /// The name of its files.
    nom: &'static str,
    /// Its type in Rust.
    titre: &'static str,
    /// The type that it is stored under.
    stocke: &'static str,
    /// Which stream it is, in the words of ADR 0026.
    flux: &'static str,
    /// Its module, as a path.
    module: &'static str,
    /// Modules below it that have pages of their own.
    sauf: &'static [&'static str],
    commandes: &'static str,
    evenements: &'static str,
    types: Vec<(EventType, String)>,
    refus: &'static [Ligne],
    recit: fn() -> Recit,
}

/// An event type with an example.
struct Evenement {
    nom: &'static str,
    version: u16,
    texte: String,
    forme: Forme,
    exemple: String,
}

fn agregat<A: Aggregate, R: Refus>(
    [nom, module, flux]: [&'static str; 3],
    sauf: &'static [&'static str],
    recit: fn() -> Recit,
) -> Agregat {
    let last = |name: &'static str| name.rsplit("::").next().unwrap_or(name);
    let shapes = A::Event::shapes();
    Agregat {
        nom,
        titre: last(type_name::<A>()),
        stocke: A::TYPE,
        flux,
        module,
        sauf,
        commandes: last(type_name::<A::Command>()),
        evenements: last(type_name::<A::Event>()),
        types: A::Event::TYPES.iter().copied().zip(shapes).collect(),
        refus: R::lignes(),
        recit,
    }
}

/// All of them, in the order of the model.
fn agregats() -> Vec<Agregat> {
    use aether_game as g;
    vec![
        agregat::<g::joueur::Joueur, g::joueur::JoueurRefus>(
            ["joueur", "joueur", "its own"],
            &[],
            joueur::recit,
        ),
        agregat::<g::reservation::Reservation, g::reservation::ReservationRefus>(
            ["reservation", "reservation", "v5(folded name)"],
            &[],
            reservation::recit,
        ),
        agregat::<g::combat::Combat, g::combat::CombatRefus>(
            ["combat", "combat", "its own"],
            &[],
            combat::recit,
        ),
        agregat::<g::inventaire::Inventaire, g::inventaire::InventaireRefus>(
            ["inventaire", "inventaire", "v5(player, \"inventaire\")"],
            &[],
            inventaire::recit,
        ),
        agregat::<g::equipement::Equipement, g::equipement::EquipementRefus>(
            ["equipement", "equipement", "its own, one per piece"],
            &[],
            equipement::recit,
        ),
        agregat::<g::item::Item, g::item::ItemRefus>(
            ["item", "item", "that of the catalogue"],
            &[],
            item::recit,
        ),
        agregat::<g::quete::Quete, g::quete::QueteRefus>(
            ["quete", "quete", "its own"],
            &["quete/progres/"],
            quete::definition,
        ),
        agregat::<g::quete::Progres, g::quete::ProgresRefus>(
            ["progres", "quete/progres", "v5(quest, player)"],
            &[],
            quete::recit,
        ),
        agregat::<g::competence::Competence, g::competence::CompetenceRefus>(
            ["competence", "competence", "its own"],
            &["competence/apprentissage/", "competence/barre/"],
            competence::definition,
        ),
        agregat::<g::competence::Apprentissage, g::competence::ApprentissageRefus>(
            ["apprentissage", "competence/apprentissage", "v5(skill, player)"],
            &[],
            competence::apprentissage,
        ),
        agregat::<g::competence::Barre, g::competence::BarreRefus>(
            ["barre", "competence/barre", "v5(player, \"barre\")"],
            &[],
            competence::barre,
        ),
        agregat::<g::pnj::Pnj, g::pnj::PnjRefus>(["pnj", "pnj", "its own"], &[], pnj::recit),
        agregat::<g::economie::Economie, g::economie::EconomieRefus>(
            ["economie", "economie", "v5(item, \"marche\")"],
            &[],
            economie::recit,
        ),
        agregat::<g::monde::Monde, g::monde::MondeRefus>(
            ["monde", "monde", "nil"],
            &[],
            monde::recit,
        ),
    ]
}

/// The event types of an aggregate, each with the first example that was told.
fn evenements(textes: &Textes, agregat: &Agregat, recit: &Recit) -> Vec<Evenement> {
    let of = |(kind, shape): &(EventType, String)| {
        let pas = recit.ecrit.iter().find(|pas| pas.evenement == kind.name);
        let pas = pas.unwrap_or_else(|| panic!("nobody tells of {}", kind.name));
        let decrit = textes.type_de(agregat.module, agregat.evenements, &[kind.name]);
        Evenement {
            nom: kind.name,
            version: kind.version,
            texte: decrit.membre(kind.name).map(|it| it.texte.clone()).unwrap_or_default(),
            forme: forme::lire(shape),
            exemple: pas.json.clone(),
        }
    };
    agregat.types.iter().map(of).collect()
}

/// Fails unless the file is this text; with `AETHER_UPDATE_DOCS` it is written. The path is below the repository.
#[track_caller]
pub(crate) fn assert_page(path: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    if std::env::var_os("AETHER_UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, text).unwrap();
    }
    let stored = std::fs::read_to_string(&file).unwrap_or_default();
    let first = || {
        stored.lines().zip(text.lines()).position(|(old, new)| old != new).unwrap_or_default() + 1
    };
    assert!(
        stored == text,
        "{path} is old from line {} on; AETHER_UPDATE_DOCS=1 writes it",
        first()
    );
}

#[test]
fn each_aggregate_has_a_page_and_a_schema_that_are_those_of_its_types() {
    let textes = Textes::lire();
    let mut index = format!(
        "# Events of the game\n\n{AVIS}\n\nWhich stream holds what, and which appends change several of them, is in [streams](../streams.md); gold and goods are in \
         [money](../money.md), and how stored events change in [the guide](../guides/events.md).\n\n\
         | aggregate | stored as | stream | event types | schema |\n|---|---|---|---|---|\n"
    );
    for agregat in agregats() {
        let recit = (agregat.recit)();
        let evenements = evenements(&textes, &agregat, &recit);
        let Agregat { nom, titre, stocke, flux, .. } = agregat;
        let count = evenements.len();
        writeln!(index, "| [{titre}]({nom}.md) | `{stocke}` | {flux} | {count} | [{nom}.json](../schema/{nom}.json) |").unwrap();
        assert_page(&format!("docs/events/{nom}.md"), &pages::page(&textes, &agregat, &evenements));
        let schema = schema::schema(&textes, &agregat, &evenements);
        let schema = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        assert_page(&format!("docs/schema/{nom}.json"), &schema);
    }
    assert_page("docs/events/README.md", &index);
}

#[test]
fn the_page_of_the_streams_is_that_of_the_types_and_the_units() {
    let agregats = agregats();
    assert_page("docs/streams.md", &flux::page(&Textes::lire(), &agregats));
    let adr = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/adr/0026-streams-of-the-game.md");
    let adr = std::fs::read_to_string(adr).unwrap();
    for Agregat { nom, flux, .. } in agregats {
        assert!(adr.contains(&format!("| {flux} |")), "ADR 0026 says otherwise about {nom}");
    }
}

#[test]
fn the_page_of_gold_and_goods_is_that_of_the_reasons_and_limits() {
    assert_page("docs/money.md", &argent::page(&Textes::lire()));
}

fn stored_schema(nom: &str) -> Value {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../docs/schema/{nom}.json"));
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

#[test]
fn every_event_that_was_decided_fits_its_schema() {
    for agregat in agregats() {
        let schema = stored_schema(agregat.nom);
        let recit = (agregat.recit)();
        for pas in recit.ecrit.iter().chain(recit.hasard.iter().step_by(7)) {
            let payload: Value = serde_json::from_str(&pas.json).unwrap();
            let event = serde_json::json!({ "eventType": pas.evenement, "payload": payload });
            assert_eq!(valide::faute(&schema, &schema, &event), None, "{event}");
        }
    }
}

#[test]
fn an_event_with_a_field_less_or_more_or_of_another_type_does_not_fit_its_schema() {
    for agregat in agregats() {
        let schema = stored_schema(agregat.nom);
        let alternatives = schema["oneOf"].as_array().unwrap();
        assert_eq!(alternatives.len(), agregat.types.len());
        for example in alternatives.iter().map(|it| &it["examples"][0]) {
            let fits = |event: &Value| valide::faute(&schema, &schema, event).is_none();
            assert!(fits(example));
            let mut other = example.clone();
            other["payload"]["autre"] = 1.into();
            assert!(!fits(&other), "{other}");
            for key in example["payload"].as_object().unwrap().keys() {
                let mut other = example.clone();
                other["payload"][key] = serde_json::json!({ "autre": [] });
                assert!(!fits(&other), "{other}");
            }
        }
    }
}

#[test]
fn state_diagrams_say_what_aggregates_do_and_nothing_else() {
    let textes = Textes::lire();
    let mut found = vec![];
    for agregat in agregats() {
        let module = &textes.fichier(&format!("{}.rs", agregat.module)).module;
        let lies = diagrammes::mensonges(module, &(agregat.recit)());
        found.extend(lies.into_iter().map(|it| format!("{}: {it}", agregat.nom)));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}
