//! Definitions: created once, and checked then.

use aether_game::quete::*;
use aether_game::values::*;
use aether_testkit::scenario::Scenario;

use super::fixtures::*;

fn creer(fiche: FicheQuete) -> QueteCommand {
    QueteCommand::Creer(Box::new(fiche))
}

#[track_caller]
fn refusee(change: impl FnOnce(&mut FicheQuete), refus: QueteRefus) {
    Scenario::<Quete>::given([]).when(creer(avec(change))).then_rejected(refus);
}

#[test]
fn a_definition_says_all_that_a_quest_is() {
    Scenario::<Quete>::given([])
        .when(creer(fiche()))
        .then([QueteEvent::QueteCreee(Box::new(fiche()))])
        .then_state(|quete| assert_eq!(quete.fiche().map(|it| (**it).clone()), Some(fiche())));
}

#[test]
fn a_definition_never_changes() {
    Scenario::<Quete>::given([QueteEvent::QueteCreee(Box::new(fiche()))])
        .when(creer(avec(|it| it.recompenses.or = Or::MAX)))
        .then_rejected(QueteRefus::DejaCreee);
}

#[test]
fn what_does_not_exist_cannot_be_accepted() {
    let refused = Accepter::new(&Quete::default(), joueur(), niveau(10));
    assert_eq!(refused, Err(QueteRefus::Inconnue));
}

#[test]
fn a_quest_has_one_to_ten_objectives_each_with_its_own_id() {
    let maximum = FicheQuete::OBJECTIFS_MAX;
    refusee(|it| it.objectifs.clear(), QueteRefus::NombreObjectifs { nombre: 0, maximum });
    let many = |n| (0..n).map(|n| objectif(n, TypeObjectif::Kill, 1, 1)).collect();
    refusee(|it| it.objectifs = many(11), QueteRefus::NombreObjectifs { nombre: 11, maximum });
    refusee(
        |it| it.objectifs[1].id = objectif_id(1),
        QueteRefus::ObjectifEnDouble { objectif: objectif_id(1) },
    );
}

#[test]
fn two_objectives_of_a_stage_never_ask_for_the_same() {
    let same = |it: &mut FicheQuete, ordre| {
        it.objectifs = vec![
            objectif(1, TypeObjectif::Kill, 3, 1),
            Objectif { cible: cible(1), ..objectif(2, TypeObjectif::Kill, 5, ordre) },
        ];
    };
    refusee(|it| same(it, 1), QueteRefus::CibleEnDouble { cible: cible(1), ordre: 1 });
    Scenario::<Quete>::given([]).when(creer(avec(|it| same(it, 2)))).then_state(|_| {});
}

#[test]
fn what_all_objectives_ask_for_together_is_bounded() {
    refusee(
        |it| it.objectifs[0].requis = Quantite::MAX,
        QueteRefus::RequisTotal { total: 10_005, maximum: 10_000 },
    );
}

#[test]
fn quests_before_are_others_each_named_once() {
    let named = |ids: &[u128]| {
        let quetes = ids.iter().map(|n| quete_id(*n)).collect();
        move |it: &mut FicheQuete| it.pre_requis = PreRequis { quetes }
    };
    refusee(named(&[2, 2]), QueteRefus::PreRequisInvalide { quete: quete_id(2) });
    refusee(named(&[1]), QueteRefus::PreRequisInvalide { quete: quete_id(1) });
    let many: Vec<u128> = (2..13).collect();
    refusee(named(&many), QueteRefus::TropDePreRequis { nombre: 11, maximum: 10 });
}

#[test]
fn settings_that_contradict_each_other_are_refused() {
    refusee(
        |it| it.niveau_recommande = niveau(4),
        QueteRefus::NiveauRecommande { requis: niveau(5), recommande: niveau(4) },
    );
    refusee(
        |it| it.frequence_repetition = Some(FrequenceRepetition::Quotidien),
        QueteRefus::FrequenceSansRepetition,
    );
    let maximum = FicheQuete::DUREE_LIMITE_MAX;
    for minutes in [0, maximum + 1, u32::MAX] {
        refusee(
            |it| it.duree_limite_minutes = Some(minutes),
            QueteRefus::DureeLimite { minutes, maximum },
        );
    }
}

#[test]
fn rewards_and_texts_are_bounded_and_each_item_is_named_once() {
    let offered = |n: u128| ItemOffert { item_id: item(n), quantite: pieces(1) };
    refusee(
        |it| it.recompenses.items = vec![offered(1), offered(1)],
        QueteRefus::RecompenseEnDouble { item: item(1) },
    );
    refusee(
        |it| it.recompenses.items = (0..11).map(offered).collect(),
        QueteRefus::TropDeRecompenses { nombre: 11, maximum: 10 },
    );
    refusee(
        |it| it.dialogues = vec![it.dialogues[0].clone(); 51],
        QueteRefus::TropDeDialogues { nombre: 51, maximum: 50 },
    );
}
