//! Another class, and what equipment adds.

use aether_game::joueur::*;
use aether_game::values::*;

use super::fixtures::*;

#[test]
fn a_change_of_class_keeps_the_level_and_is_paid_for() {
    let mage = Classe::Mage.stats_au_niveau(niveau(3));
    alba()
        .when(gagne(400))
        .then_state(|joueur| assert_eq!(joueur.niveau(), niveau(3)))
        .when(credite(900))
        .then_state(|_| {})
        .when(change_classe(Classe::Mage))
        .then([
            JoueurEvent::OrModifie {
                avant: or(1000),
                apres: or(700),
                raison: RaisonOr::ChangementClasse,
                transaction_id: transaction(),
                ordre_id: None,
                intervention: None,
            },
            JoueurEvent::ClasseChangee {
                ancienne_classe: Classe::Guerrier,
                nouvelle_classe: Classe::Mage,
                niveau: niveau(3),
            },
            JoueurEvent::StatsModifiees {
                base: Ecarts::entre(Classe::Guerrier.stats_au_niveau(niveau(3)), mage),
                equipement: Ecarts::entre(Stats::default(), Stats::default()),
                totales: mage,
                raison: RaisonStats::Classe,
                intervention: None,
            },
        ])
        .then_state(|joueur| {
            assert_eq!(joueur.identite().unwrap().classe, Classe::Mage);
            assert_eq!((joueur.niveau(), joueur.experience()), (niveau(3), xp(400)));
            assert_eq!(joueur.points_competence(), 2);
        });
}

#[test]
fn a_class_is_not_changed_into_itself_or_for_nothing() {
    alba().when(change_classe(Classe::Guerrier)).then_rejected(JoueurRefus::ClasseIdentique);
    alba()
        .when(debite(1))
        .then_state(|_| {})
        .when(change_classe(Classe::Clerc))
        .then_rejected(JoueurRefus::OrInsuffisant { demande: montant(100), disponible: or(99) });
}

#[test]
fn a_class_is_not_changed_in_a_combat() {
    alba()
        .when(JoueurCommand::RejoindreCombat { combat: combat(1) })
        .then_state(|_| {})
        .when(change_classe(Classe::Clerc))
        .then_rejected(JoueurRefus::DejaEnCombat { combat: combat(1) });
}

#[test]
fn what_equipment_adds_is_replaced_and_not_added_up() {
    let bonus = |n| Stats { force: Stat::new(n).unwrap(), ..Stats::default() };
    let equipe = |n: u32| JoueurCommand::AppliquerEquipement { bonus: bonus(n) };
    let base = Classe::Guerrier.stats_de_depart();
    alba()
        .when(equipe(7))
        .then([JoueurEvent::StatsModifiees {
            base: Ecarts::entre(base, base),
            equipement: Ecarts::entre(Stats::default(), bonus(7)),
            totales: base.plus(bonus(7)),
            raison: RaisonStats::Equipement,
            intervention: None,
        }])
        .when(equipe(7))
        .then_nothing()
        .when(equipe(3))
        .then_state(|joueur| assert_eq!(joueur.stats_totales(), base.plus(bonus(3))))
        .when(equipe(1_000_000))
        .then_state(|joueur| assert_eq!(joueur.stats_totales().force, Stat::MAX));
}

#[test]
fn what_equipment_adds_stays_over_a_level_and_a_class() {
    let bonus = Stats { mp: Stat::fixe::<9>(), ..Stats::default() };
    let joueur = joueur_avec(|it| {
        it.push(JoueurCommand::AppliquerEquipement { bonus });
        it.push(gagne(100));
        it.push(credite(100));
        it.push(change_classe(Classe::Voleur));
    });
    let voleur = Classe::Voleur.stats_au_niveau(niveau(2));
    assert_eq!(joueur.stats_base(), voleur);
    assert_eq!(joueur.stats_totales(), voleur.plus(bonus));
}
