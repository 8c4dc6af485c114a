//! The process of a player's quests, without a store.

use std::time::Duration;

use aether_core::{Aggregate as _, RecordedEvent};
use aether_game::joueur::{Bilan, IssueCombat, JoueurEvent};
use aether_game::monde::{Monde, MondeEvent};
use aether_game::processes::ProgressionQuete;
use aether_game::processes::progression_quete::{EtapeQuete, Tentative};
use aether_game::quete::*;
use aether_game::values::*;
use aether_testkit::process::Process;

use crate::quete::fixtures::*;

fn progres_id() -> ProgresId {
    ProgresId::du_joueur(quete_id(1), joueur())
}

const fn la(quete_id: QueteId, numero: u32) -> Tentative {
    Tentative { quete_id, numero }
}

/// What a player's progress says to these commands, of those events that the process hears.
fn dit(commandes: &[ProgresCommand]) -> Vec<ProgresEvent> {
    let mut progres = Progres::default();
    let mut events = vec![];
    for commande in commandes {
        let said = progres.decide(commande, &aether_core::Facts::at(at(0))).expect("accepted");
        said.iter().for_each(|event| progres.apply(event));
        events.extend(said);
    }
    events.retain(|it| !matches!(it, ProgresEvent::ObjectifProgresse { .. }));
    events
}

fn zone_vue(n: u128) -> MondeEvent {
    MondeEvent::ZoneDecouverte {
        zone_id: ZoneId::new(cible(n).as_uuid()),
        nom: Nom::new("Clairière").unwrap(),
        joueur_id: joueur(),
        decouverte_a: at(0),
    }
}

fn echeance() -> ProgresEvent {
    ProgresEvent::EcheanceAtteinte {
        joueur_id: joueur(),
        quete_id: quete_id(1),
        tentative: 1,
        expire_a: at(60),
        constatee_a: at(61),
    }
}

/// A visit first, then a kill; an hour.
fn visite_puis_chasse() -> FicheQuete {
    avec(|it| {
        it.objectifs = vec![
            objectif(1, TypeObjectif::Explore, 1, 1),
            objectif(2, TypeObjectif::Kill, 1, 2),
            objectif(3, TypeObjectif::Explore, 1, 2),
        ];
    })
}

/// The process has heard that the quest was accepted.
fn suivie(fiche: FicheQuete) -> Process<ProgressionQuete> {
    let [acceptee] = &dit(&[accepter(fiche)])[..] else { panic!("accepted") };
    Process::of(ProgressionQuete).at(at(0)).heard(progres_id(), acceptee.clone())
}

/// A visit of zone `n`, by the `version`th event of the world.
fn vue(n: u128, version: u32) -> Fait {
    let event = RecordedEvent::build(&zone_vue(n)).of::<Monde>(MondeId::UNIQUE).version(version);
    Fait {
        fait_id: FaitId::new(event.event_id.as_uuid()),
        type_objectif: TypeObjectif::Explore,
        cible: cible(n),
        quantite: Quantite::MIN,
        survenu_a: at(0),
    }
}

fn compter(faits: Vec<Fait>) -> EtapeQuete {
    EtapeQuete::Compter { tentatives: vec![la(quete_id(1), 1)], faits }
}

#[test]
fn what_serves_a_quest_is_counted_and_nothing_else() {
    suivie(visite_puis_chasse())
        .heard(MondeId::UNIQUE, zone_vue(99))
        .sends_nothing()
        .heard(MondeId::UNIQUE, zone_vue(1))
        .sends([compter(vec![vue(1, 2)])])
        .continues();
}

#[test]
fn a_quest_fails_at_its_time_unless_it_has_ended() {
    let expirer = || [EtapeQuete::Expirer(la(quete_id(1), 1))];
    let timer = format!("expiration {}", quete_id(1));
    suivie(visite_puis_chasse())
        .sets(&timer, Duration::from_hours(1))
        .rings(&timer)
        .sends(expirer())
        .refused("QUETE_PAS_ENCORE_EXPIREE")
        .sets(&timer, Duration::from_secs(1))
        .rings(&timer)
        .sends(expirer())
        .done()
        // what was done in time, and is heard before the log says so, counts first
        .at(at(0))
        .heard(MondeId::UNIQUE, zone_vue(1))
        .sends([compter(vec![vue(1, 1)])])
        .done()
        .heard(progres_id(), echeance())
        .sends([EtapeQuete::Echouer(la(quete_id(1), 1))])
        .done()
        .continues();
    let given_up = dit(&[accepter(fiche()), ProgresCommand::Abandonner { tentative: 1 }]);
    let process = suivie(visite_puis_chasse()).rings(&timer).sends(expirer());
    // what it hears meanwhile takes the timer back
    process
        .heard(progres_id(), given_up[1].clone())
        .refused("QUETE_PAS_EN_COURS")
        .sends_nothing()
        .continues();
}

#[test]
fn a_quest_that_is_complete_is_finished_and_paid() {
    let visiter = progresser(fait(1, TypeObjectif::Explore, 1, 1));
    let events = dit(&[accepter(visite(|_| {})), visiter, TERMINER]);
    let [acceptee, complete, terminee] = &events[..] else { panic!("{events:?}") };
    Process::of(ProgressionQuete)
        .at(at(0))
        .heard(progres_id(), acceptee.clone())
        .sends_nothing()
        .heard(progres_id(), complete.clone())
        .sends([EtapeQuete::Terminer(la(quete_id(1), 1))])
        .done()
        .heard(progres_id(), terminee.clone())
        .sends([EtapeQuete::Recompenser(la(quete_id(1), 1))])
        .done()
        .then_state(|carnet| assert_eq!(*carnet, Default::default()))
        .continues();
}

#[test]
fn foes_count_when_the_player_leaves_the_combat() {
    let combat_id = CombatId::generate();
    let left = || JoueurEvent::CombatQuitte {
        combat_id,
        issue: IssueCombat::Victoire,
        bilan: Bilan::default(),
        quitte_a: at(0),
    };
    let tentatives = vec![la(quete_id(1), 1)];
    suivie(visite_puis_chasse())
        .heard(joueur(), left())
        .sends([EtapeQuete::CompterCombat { tentatives, combat_id, quitte_a: at(0) }])
        .continues();
    suivie(visite(|_| {})).heard(joueur(), left()).sends_nothing().continues();
}

#[test]
fn what_was_so_before_counts_at_acceptance_and_again_when_a_stage_opens() {
    let visiter = progresser(fait(1, TypeObjectif::Explore, 1, 1));
    let events = dit(&[accepter(visite_puis_chasse()), visiter]);
    let [acceptee, complete] = &events[..] else { panic!("{events:?}") };
    // under the same ids each time: what has counted counts no more
    let seen = || compter(vec![vue(1, 2), vue(3, 1)]);
    Process::of(ProgressionQuete)
        .at(at(0))
        .heard(MondeId::UNIQUE, zone_vue(3))
        .sends_nothing()
        .heard(MondeId::UNIQUE, zone_vue(1))
        .sends_nothing()
        .heard(progres_id(), acceptee.clone())
        .sends([seen()])
        .done()
        .heard(progres_id(), complete.clone())
        .sends([seen()])
        .continues();
}
