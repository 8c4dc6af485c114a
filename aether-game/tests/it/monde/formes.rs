//! What was stored stays readable, and every refusal is reached.

use aether_core::{Aggregate as _, Event as _};
use aether_game::monde::*;
use aether_game::values::*;

use super::fixtures::*;
use crate::refus::assert_all_reached;

#[test]
fn stored_worlds_stay_readable() {
    aether_testkit::shape_lock::assert_event_shapes::<MondeEvent>("events/monde.lock.json");
}

#[test]
fn event_types_are_those_of_the_studio_and_more() {
    let names: Vec<_> = MondeEvent::TYPES.iter().map(|it| it.name).collect();
    for name in [
        "EvenementMondialDeclenche",
        "ZoneDecouverte",
        "BossVaincu",
        "RessourceRegeneree",
        "CycleJourNuitChange",
    ] {
        assert!(names.contains(&name), "{name} is missing");
    }
    assert_eq!(Monde::TYPE, "WorldState");
}

/// Why a command is refused, some seconds after these commands.
#[track_caller]
fn refus(
    avant: impl IntoIterator<Item = MondeCommand>,
    command: MondeCommand,
    secondes: i64,
) -> MondeRefus {
    let mut monde = Monde::default();
    for command in avant {
        joue(&mut monde, &command, a(0)).expect("accepted");
    }
    joue(&mut monde, &command, a(secondes)).expect_err("refused")
}

#[test]
fn every_refusal_of_the_world_is_reached() {
    let expire = MondeCommand::ExpirerEvenement { evenement: evenement(1) };
    let breve = DeclencherEvenement { duree_s: 0, ..evenement_de(1, 1) };
    let item = ItemAccorde { item_id: item(1), quantite: Quantite::MIN };
    let recompense = RecompenseEvenement { items: vec![item; 11], ..Default::default() };
    let longue = DeclencherEvenement { recompense, ..evenement_de(1, 1) };
    let nul = MondeCommand::ModifierFacteur {
        facteur: Facteur::Recompenses,
        valeur: 0,
        intervention: intervention(),
    };
    let ligne = |n, score| NouvelleLigne { id: uuid::Uuid::from_u128(n), nom: nom("Alba"), score };
    let desordre = MondeCommand::PublierClassement {
        classement: TypeClassement::Niveau,
        lignes: vec![ligne(1, 1), ligne(2, 2)],
    };
    let foule = (0..100).map(|lot| {
        let lot: Vec<_> = (0..100).map(|n| (100 * lot + n, 1)).collect();
        progresse(1, &lot)
    });
    let gisements = [gisement(1, 1, 1)];
    assert_all_reached([
        refus((0..1_000).map(|n| declare(n, &gisements)), declare(1_000, &gisements), 0),
        refus([], regenere(&[]), 0),
        refus([], regenere(&[1, 1]), 0),
        refus((0..1_000).map(apparait), apparait(1_000), 0),
        refus([], vainc(1, 1), 0),
        refus([apparait(1), vainc(1, 1)], apparait(1), 0),
        refus([apparait(1), vainc(1, 1)], vainc(1, 1), 0),
        refus([apparait(1)], vainc(1, 2), 0),
        refus([declenche(1, 1)], declenche(1, 1), 0),
        refus((0..20).map(|n| declenche(n, 1)), declenche(20, 1), 0),
        refus([], MondeCommand::DeclencherEvenement(breve), 0),
        refus([], MondeCommand::DeclencherEvenement(longue), 0),
        refus([], progresse(1, &[(1, 1)]), 0),
        refus([declenche(1, 1)], progresse(1, &[(1, 1)]), 3_600),
        refus([declenche(1, 1)], expire, 0),
        refus([declenche(1, u32::MAX)].into_iter().chain(foule), progresse(1, &[(10_000, 1)]), 0),
        refus([], recolte(1, &[(1, 1)]), 0),
        refus([declare(1, &gisements)], recolte(1, &[(2, 1)]), 0),
        refus([declare(1, &gisements)], recolte(1, &[(1, 2)]), 0),
        refus([], nul, 0),
        refus([], desordre, 0),
    ]);
}
