//! Players: one who earns, spends and fights, and others of whom anything is asked.

use aether_game::economie::TypeOrdre;
use aether_game::joueur::*;
use aether_game::values::*;

use super::{Hasard, Recit, Vie, de_a};
use crate::joueur::fixtures::*;
use crate::joueur::proprietes::commands;

fn etat(joueur: &Joueur) -> &'static str {
    match (joueur.identite(), joueur.combat()) {
        (None, _) => "[*]",
        (Some(_), None) => "Libre",
        (Some(_), Some(_)) => "EnCombat",
    }
}

fn vie() -> Vie<Joueur> {
    Vie::new(|avant, _, apres, _| de_a(etat(avant), etat(apres)))
}

pub(crate) fn recit() -> Recit {
    use JoueurCommand as C;
    let mut vie = vie();
    vie.fait(demande_creation("Alba"), at(0));
    vie.fait(C::Connecter, at(10));
    vie.fait(gagne(120), at(60));
    vie.fait(C::DepenserPoints { nombre: 1, competence: competence(1) }, at(70));
    let bonus = Stats { force: Stat::fixe::<4>(), ..Stats::default() };
    vie.fait(C::AppliquerEquipement { bonus }, at(80));
    let raison = RaisonOr::RecompenseQuete;
    let recompense = C::Crediter { montant: montant(500), raison, transaction: transaction() };
    vie.fait(recompense, at(90));
    vie.fait(change_classe(Classe::Mage), at(100));
    vie.fait(reserve(1, 60), at(110));
    vie.fait(C::CompterVente { ordre: ordre(2) }, at(111));
    vie.fait(C::RendreOr { ordre: ordre(1), montant: montant(60) }, at(120));
    vie.fait(C::FermerOrdre { ordre: ordre(1) }, at(120));
    vie.fait(C::RejoindreCombat { combat: combat(1) }, at(130));
    let combat = combat(1);
    let issue = IssueCombat::Defaite;
    vie.fait(C::QuitterCombat { combat, issue, mort: true }, at(200));
    assert_eq!(vie.etat.ordres().next().map(|(_, it)| it.type_ordre), Some(TypeOrdre::Vente));
    let ecrit = vie.raconte();
    Recit { ecrit, hasard: hasard() }
}

fn hasard() -> Vec<super::Pas> {
    let mut vie = vie();
    let mut hasard = Hasard::new();
    let commands = commands();
    for _ in 0..60 {
        vie.recommence();
        vie.fait(demande_creation("Alba"), at(0));
        for second in 1..60 {
            vie.essaie(&hasard.tire(&commands), at(second));
        }
    }
    vie.raconte()
}
