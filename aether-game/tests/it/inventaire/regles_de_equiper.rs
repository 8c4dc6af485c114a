//! What is worn.

use aether_game::equipement::Puissance;
use aether_game::inventaire::*;
use aether_game::item::Emplacement::{self, *};
use aether_game::item::Famille;
use aether_game::joueur::Stats;
use aether_game::values::*;

use super::fixtures::*;

fn desequiper(emplacement: Emplacement) -> InventaireCommand {
    InventaireCommand::Desequiper { joueur_id: moi(), emplacement }
}

fn usure(n: u32, usee: bool) -> InventaireCommand {
    let equipement_id = EquipementId::du_slot(slot(n));
    InventaireCommand::ConstaterUsure { joueur_id: moi(), equipement_id, usee }
}

fn tenue(pieces: u8) -> Tenue {
    if pieces == 0 {
        return Tenue::default();
    }
    let ensembles = [(Nom::new("Garde royale").unwrap(), pieces)].into();
    let n = u32::from(pieces);
    let stats = Stats { force: Stat::new(4 * n).unwrap(), ..Stats::default() };
    Tenue { attaque: 10 * n, defense: 3 * n, stats, ensembles }
}

fn desequipe(n: u32, emplacement: Emplacement, motif: MotifRetrait, left: u8) -> InventaireEvent {
    InventaireEvent::ItemDesequipe {
        joueur_id: moi(),
        slot_id: slot(n),
        item_id: epee().item_id,
        equipement_id: EquipementId::du_slot(slot(n)),
        emplacement,
        motif,
        tenue_avant: tenue(left + 1),
        tenue_apres: tenue(left),
    }
}

#[test]
fn there_are_thirteen_places_on_the_body() {
    assert_eq!(Emplacement::ALL.len(), 13);
    for place in Emplacement::ALL {
        assert_eq!(serde_json::to_value(place).unwrap(), place.as_str());
    }
}

#[test]
fn each_place_holds_one_piece_and_a_new_one_takes_the_place_of_the_old() {
    let equipe = |n| InventaireEvent::ItemEquipe {
        joueur_id: moi(),
        slot_id: slot(n),
        item_id: epee().item_id,
        equipement_id: EquipementId::du_slot(slot(n)),
        emplacement: ArmePrincipale,
        puissance: puissance_neuve(),
        tenue_avant: tenue(0),
        tenue_apres: tenue(1),
    };
    apres([ajouter(&epee(), 2)])
        .when(equiper(slot(0), &epee(), ArmePrincipale))
        .then([equipe(0)])
        .when(equiper(slot(1), &epee(), ArmePrincipale))
        .then([desequipe(0, ArmePrincipale, MotifRetrait::Remplacement, 0), equipe(1)])
        .then_state(|sac| {
            assert_eq!(
                sac.places(epee().item_id),
                Places { sac: 1, porte: 1, ..Places::default() }
            );
            assert_eq!(sac.porte_en(ArmePrincipale).unwrap().slot_id, slot(1));
        });
}

#[test]
fn two_rings_are_worn_on_two_fingers() {
    apres([
        ajouter(&anneau(), 2),
        equiper(slot(0), &anneau(), Doigt1),
        equiper(slot(1), &anneau(), Doigt2),
    ])
    .then_state(|sac| assert_eq!(sac.tenue(), tenue(2)))
    .when(equiper(slot(0), &anneau(), Doigt2))
    .then_rejected(InventaireRefus::PiecePortee { slot_id: slot(0) });
}

#[test]
fn a_piece_is_worn_where_it_belongs_and_from_its_level_on() {
    let famille = Famille::ArmePrincipale;
    let debutant = InventaireCommand::Equiper {
        joueur_id: moi(),
        slot_id: slot(0),
        emplacement: ArmePrincipale,
        niveau: niveau(4),
        piece: Box::new(neuve(slot(0), &epee())),
    };
    apres([ajouter(&epee(), 1), ajouter(&potion(), 1)])
        .when(equiper(slot(0), &epee(), Tete))
        .then_rejected(InventaireRefus::EmplacementInadapte { famille, emplacement: Tete })
        .when(debutant)
        .then_rejected(InventaireRefus::NiveauRequis {
            item_id: epee().item_id,
            requis: niveau(5),
            niveau: niveau(4),
        })
        .when(equiper(slot(1), &potion(), Tete))
        .then_rejected(InventaireRefus::NonEquipable { item_id: potion().item_id });
}

#[test]
fn a_piece_is_the_one_that_the_command_describes() {
    let avec = |change: &dyn Fn(&mut PieceAPorter)| {
        let mut piece = neuve(slot(0), &epee());
        change(&mut piece);
        InventaireCommand::Equiper {
            joueur_id: moi(),
            slot_id: slot(0),
            emplacement: ArmePrincipale,
            niveau: niveau(9),
            piece: Box::new(piece),
        }
    };
    let differente = InventaireRefus::PieceDifferente { slot_id: slot(0) };
    let autre_id = avec(&|it| it.equipement_id = EquipementId::du_slot(slot(1)));
    let forte = Puissance { attaque: Stat::MAX, defense: Stat::MAX };
    let trop_forte = avec(&|it| it.puissance = forte);
    let autre_fiche = avec(&|it| it.fiche.poids = Poids::ZERO);
    for command in [&autre_id, &trop_forte, &autre_fiche] {
        assert_eq!(refus([ajouter(&epee(), 1)], command), differente);
    }
    // once it was worn its strength is that of the piece, which the same unit checks
    apres([ajouter(&epee(), 1), avec(&|_| {}), desequiper(ArmePrincipale)])
        .when(autre_id)
        .then_rejected(differente)
        .when(trop_forte)
        .then_state(|sac| assert_eq!(sac.tenue().attaque, Stat::MAX.get()));
}

#[test]
fn what_is_worn_keeps_its_slot_and_is_found_back_when_it_wears_out() {
    let portee = || apres([ajouter(&epee(), 1), equiper(slot(0), &epee(), ArmePrincipale)]);
    portee()
        .when(usure(0, false))
        .then_nothing()
        .when(usure(0, true))
        .then([desequipe(0, ArmePrincipale, MotifRetrait::Usure, 0)])
        .then_state(|sac| {
            assert_eq!(sac.places(epee().item_id).sac, 1);
            assert_eq!(sac.poids().get(), 30);
        })
        .when(usure(0, false))
        .then_rejected(InventaireRefus::NonPortee {
            equipement_id: EquipementId::du_slot(slot(0)),
        });
}

#[test]
fn only_what_is_worn_is_taken_off() {
    apres([ajouter(&epee(), 1), equiper(slot(0), &epee(), ArmePrincipale)])
        .when(desequiper(Dos))
        .then_rejected(InventaireRefus::EmplacementVide { emplacement: Dos })
        .when(desequiper(ArmePrincipale))
        .then([desequipe(0, ArmePrincipale, MotifRetrait::Choix, 0)])
        .when(desequiper(ArmePrincipale))
        .then_rejected(InventaireRefus::EmplacementVide { emplacement: ArmePrincipale });
}
