//! What the catalogue takes.

use aether_core::Aggregate as _;
use aether_game::combat::{Ciblage, Objet, Pouvoir, TypeEffet};
use aether_game::item::*;
use aether_game::values::*;
use aether_testkit::scenario::Scenario;

use super::fixtures::presentation;
use crate::inventaire::fixtures::{
    epee, intervention, item, lettre, minerai, niveau, potion, proprietes, q,
};
use crate::refus::assert_all_reached;

fn creer(proprietes: Proprietes) -> ItemCommand {
    ItemCommand::Creer(Box::new(DefinitionItem {
        presentation: presentation("Potion"),
        proprietes,
        intervention: intervention(),
    }))
}

fn modifier(proprietes: Proprietes) -> ItemCommand {
    let proprietes = Box::new(proprietes);
    ItemCommand::ModifierProprietes { proprietes, intervention: intervention() }
}

fn renommer(nom: &str) -> ItemCommand {
    ItemCommand::Modifier { presentation: presentation(nom), intervention: intervention() }
}

fn detruire() -> ItemCommand {
    ItemCommand::Detruire { intervention: intervention() }
}

fn au_catalogue(fiche: &FicheItem) -> Scenario<Item> {
    Scenario::given([]).when(creer(proprietes(fiche))).then_state(|_| {})
}

fn avec(fiche: &FicheItem, change: impl FnOnce(&mut Proprietes)) -> Proprietes {
    let mut proprietes = proprietes(fiche);
    change(&mut proprietes);
    proprietes
}

fn usage(pouvoirs: Vec<Pouvoir>) -> impl FnOnce(&mut Proprietes) {
    |it| it.usage.as_mut().unwrap().pouvoirs = pouvoirs
}

fn effet(duree_tours: u8, chance: u8) -> Pouvoir {
    Pouvoir::Effet { type_effet: TypeEffet::Poison, puissance: 5, duree_tours, chance }
}

#[test]
fn an_item_is_created_once_and_changes_say_before_and_after() {
    let lourde = avec(&potion(), |it| it.poids = Poids::fixe::<9>());
    Scenario::<Item>::given([])
        .when(renommer("Fiole"))
        .then_rejected(ItemRefus::Inconnu)
        .when(creer(proprietes(&potion())))
        .then([ItemEvent::ItemCree {
            presentation: presentation("Potion"),
            proprietes: proprietes(&potion()),
            intervention: intervention(),
        }])
        .when(creer(proprietes(&potion())))
        .then_rejected(ItemRefus::DejaCree)
        .when(renommer("Potion"))
        .then_nothing()
        .when(renommer("Fiole"))
        .then([ItemEvent::ItemModifie {
            avant: presentation("Potion"),
            apres: presentation("Fiole"),
            intervention: intervention(),
        }])
        .when(modifier(lourde.clone()))
        .then([ItemEvent::ProprietesModifiees {
            avant: proprietes(&potion()),
            apres: lourde.clone(),
            intervention: intervention(),
        }])
        .when(modifier(lourde))
        .then_nothing();
}

#[test]
fn a_withdrawn_item_takes_no_more_changes_and_is_given_to_nobody() {
    au_catalogue(&potion())
        .then_state(|item| assert_eq!(item.verifie(&potion()), Ok(())))
        .when(detruire())
        .then([ItemEvent::ItemDetruit { intervention: intervention() }])
        .then_state(|item| {
            assert_eq!(item.verifie(&potion()), Err(ItemRefus::Detruit));
            // what there is of it can still be handed over
            assert_eq!(item.reconnait(&potion()), Ok(()));
        })
        .when(renommer("Fiole"))
        .then_rejected(ItemRefus::Detruit)
        .when(detruire())
        .then_rejected(ItemRefus::Detruit)
        .when(creer(proprietes(&potion())))
        .then_rejected(ItemRefus::DejaCree);
}

#[test]
fn a_sheet_is_the_one_of_the_catalogue_or_none() {
    let item_id = potion().item_id;
    let depassee = Err(ItemRefus::FicheDepassee { item_id });
    au_catalogue(&potion()).then_state(|item| {
        for change in [
            FicheItem { poids: Poids::ZERO, ..potion() },
            FicheItem { niveau_requis: niveau(2), ..potion() },
            FicheItem { rangement: Rangement::Pile { max: q(9_999) }, ..potion() },
            FicheItem { echangeable: false, ..potion() },
        ] {
            assert_eq!(item.verifie(&change), depassee);
        }
    });
}

#[test]
fn the_kind_of_an_item_and_its_place_on_the_body_stay() {
    let immuable = |type_item| ItemRefus::NatureImmuable { type_item };
    let bouclier = avec(&epee(), |it| {
        if let Rangement::Piece(nature) = &mut it.rangement {
            nature.famille = Famille::ArmeSecondaire;
        }
    });
    au_catalogue(&epee()).when(modifier(bouclier)).then_rejected(immuable(TypeItem::Arme));
    au_catalogue(&potion())
        .when(modifier(proprietes(&minerai())))
        .then_rejected(immuable(TypeItem::Consommable));
}

#[test]
fn weapons_and_armour_are_pieces_and_nothing_else_is() {
    let pile = Rangement::Pile { max: q(5) };
    for (type_item, rangement) in [
        (TypeItem::Arme, pile.clone()),
        (TypeItem::Armure, pile),
        (TypeItem::Materiau, epee().rangement),
        // what strikes is no armour
        (TypeItem::Armure, epee().rangement),
    ] {
        let faux = avec(&minerai(), |it| {
            it.type_item = type_item;
            it.rangement = rangement;
        });
        Scenario::<Item>::given([])
            .when(creer(faux))
            .then_rejected(ItemRefus::RangementIncoherent { type_item });
    }
}

#[test]
fn a_use_has_powers_that_a_combat_takes() {
    let pouvoirs = |nombre| ItemRefus::Pouvoirs { nombre, maximum: 5 };
    let borne =
        |champ, valeur, minimum, maximum| ItemRefus::Borne { champ, valeur, minimum, maximum };
    let soin = |puissance| Pouvoir::Soin { puissance };
    for (with, refusal) in [
        (vec![], pouvoirs(0)),
        (vec![soin(1); 9], pouvoirs(9)),
        (vec![soin(0)], borne("puissance", 0, 1, 1_000_000)),
        (vec![soin(1_000_001)], borne("puissance", 1_000_001, 1, 1_000_000)),
        (vec![effet(0, 50)], borne("dureeTours", 0, 1, 20)),
        (vec![effet(21, 50)], borne("dureeTours", 21, 1, 20)),
        (vec![effet(3, 0)], borne("chance", 0, 1, 100)),
        (vec![effet(3, 101)], borne("chance", 101, 1, 100)),
    ] {
        let faux = avec(&potion(), usage(with));
        Scenario::<Item>::given([]).when(creer(faux)).then_rejected(refusal);
    }
}

#[test]
fn every_refusal_of_the_catalogue_is_reached() {
    let ingredient = |n, quantite| Ingredient { item_id: item(n), quantite: q(quantite) };
    let facts = crate::inventaire::fixtures::facts(0);
    let state = |past: Option<&FicheItem>| {
        let past = past.map(|fiche| creer(proprietes(fiche)));
        let past = past.map(|command| Item::default().decide(&command, &facts).unwrap());
        Item::fold(&past.unwrap_or_default())
    };
    let refused = |past, command| state(past).decide(&command, &facts).expect_err("a refusal");
    let actuel = state(Some(&potion()));
    let autre_fiche = FicheItem { echangeable: false, ..potion() };
    let objet = Objet {
        item_id: potion().item_id,
        nom: "Potion".into(),
        quantite: 1,
        ciblage: Ciblage::Allie,
        portee: 5,
        pouvoirs: vec![Pouvoir::Soin { puissance: 41 }],
    };
    let mut retire = actuel.clone();
    retire.apply(&ItemEvent::ItemDetruit { intervention: intervention() });
    let recette = vec![ingredient(1, 2), ingredient(1, 3)];
    assert_all_reached([
        refused(None, detruire()),
        refused(Some(&potion()), creer(proprietes(&potion()))),
        retire.verifie(&potion()).unwrap_err(),
        actuel.verifie_objet(&objet).unwrap_err(),
        actuel.verifie(&autre_fiche).unwrap_err(),
        refused(Some(&potion()), modifier(proprietes(&minerai()))),
        refused(None, creer(avec(&potion(), |it| it.rangement = epee().rangement))),
        refused(None, creer(avec(&potion(), |it| it.usage = None))),
        refused(None, creer(avec(&lettre(), |it| it.echangeable = true))),
        refused(None, creer(avec(&potion(), usage(vec![])))),
        refused(None, creer(avec(&potion(), usage(vec![effet(0, 1)])))),
        refused(None, creer(avec(&minerai(), |it| it.recette = recette))),
    ]);
}
