//! Every refusal of quests is reached by a command.

use aether_core::{Aggregate as _, Facts};
use aether_game::quete::*;
use aether_game::values::*;
use aether_testkit::scenario::Scenario;

use super::fixtures::*;
use crate::refus::assert_all_reached;

fn creation(change: impl FnOnce(&mut FicheQuete)) -> QueteRefus {
    let command = QueteCommand::Creer(Box::new(avec(change)));
    Quete::default().decide(&command, &Facts::at(at(0))).unwrap_err()
}

#[test]
fn every_refusal_of_a_definition_is_reached() {
    let offered = |n: u128| ItemOffert { item_id: item(n), quantite: pieces(1) };
    let again = QueteCommand::Creer(Box::new(fiche()));
    assert_all_reached([
        creee(fiche()).decide(&again, &Facts::at(at(0))).unwrap_err(),
        Accepter::new(&Quete::default(), joueur(), niveau(1)).unwrap_err(),
        creation(|it| it.objectifs.clear()),
        creation(|it| it.objectifs[1].id = objectif_id(1)),
        creation(|it| it.objectifs[1] = Objectif { id: objectif_id(9), ..it.objectifs[0] }),
        creation(|it| it.objectifs[0].requis = Quantite::MAX),
        creation(|it| it.pre_requis.quetes = (2..13).map(quete_id).collect()),
        creation(|it| it.pre_requis.quetes = vec![quete_id(1)]),
        creation(|it| it.niveau_recommande = niveau(1)),
        creation(|it| it.frequence_repetition = Some(FrequenceRepetition::Quotidien)),
        creation(|it| it.duree_limite_minutes = Some(0)),
        creation(|it| it.recompenses.items = (0..11).map(offered).collect()),
        creation(|it| it.recompenses.items = vec![offered(1), offered(1)]),
        creation(|it| it.dialogues = vec![it.dialogues[0].clone(); 51]),
    ]);
}

/// What a command meets after `past`, at a minute after noon.
fn meets(past: Scenario<Progres>, minute: i64, command: ProgresCommand) -> ProgresRefus {
    let mut refused = None;
    let facts = Facts::at(at(minute));
    let _ = past.then_state(|progres| refused = progres.decide(&command, &facts).err());
    refused.unwrap_or_else(|| panic!("{command:?} was carried out"))
}

fn acceptance(change: impl FnOnce(&mut Accepter)) -> ProgresCommand {
    let mut demande = demande(avec(|it| it.pre_requis.quetes = vec![quete_id(2)]));
    change(&mut demande);
    ProgresCommand::Accepter(Box::new(demande))
}

fn delivery(objectif: u128, of: u128, quantite: u16) -> ProgresCommand {
    ProgresCommand::Livrer(Livraison {
        tentative: 1,
        objectif_id: objectif_id(objectif),
        item_id: item(of),
        quantite: pieces(quantite),
        transaction: transaction(1),
    })
}

#[test]
fn every_refusal_of_a_players_progress_is_reached() {
    let running = || en_cours(fiche());
    let pelts = || apres(running(), (1..=3).map(tue));
    let daily = |it: &mut FicheQuete| {
        it.repete = true;
        it.frequence_repetition = Some(FrequenceRepetition::Quotidien);
    };
    let given_up = || apres(running(), [ProgresCommand::Abandonner { tentative: 1 }]);
    let other = avec(|it| it.quete_id = quete_id(5));
    let known = (0..101).map(|n| fait(n, TypeObjectif::Kill, 1, 1)).collect();
    assert_all_reached([
        meets(nouveau(), 0, TERMINER),
        meets(running(), 1, accepter(fiche())),
        meets(given_up(), 1, accepter(other)),
        meets(running(), 1, ProgresCommand::Terminer { tentative: 2 }),
        meets(given_up(), 1, TERMINER),
        meets(running(), 60, TERMINER),
        meets(running(), 59, EXPIRER),
        meets(nouveau(), 0, acceptance(|it| it.niveau = niveau(1))),
        meets(nouveau(), 0, acceptance(|_| {})),
        meets(
            nouveau(),
            0,
            acceptance(|it| {
                it.quetes_terminees.insert(quete_id(2));
                it.acquis = known;
            }),
        ),
        meets(apres(terminee(|_| {}), [recompenser(1)]), 1, accepter(visite(|_| {}))),
        meets(apres(terminee(daily), [recompenser(1)]), 1, accepter(visite(daily))),
        meets(terminee(|_| {}), 1, accepter(visite(|_| {}))),
        meets(pelts(), 1, delivery(9, 2, 1)),
        meets(pelts(), 1, delivery(1, 1, 1)),
        meets(pelts(), 1, delivery(2, 7, 1)),
        meets(apres(pelts(), [livre(1, 5)]), 1, delivery(2, 2, 1)),
        meets(running(), 1, delivery(2, 2, 1)),
        meets(pelts(), 1, delivery(2, 2, 6)),
        meets(apres(pelts(), [livre(1, 1)]), 1, delivery(2, 2, 1)),
        meets(running(), 1, TERMINER),
        meets(running(), 1, recompenser(1)),
        meets(apres(terminee(|_| {}), [recompenser(1)]), 1, recompenser(1)),
    ]);
}
