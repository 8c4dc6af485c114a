//! Pieces: a sword that is worn, improved, exchanged and destroyed, and others of which anything is asked.

use aether_game::equipement::*;
use aether_game::values::*;
use proptest::prelude::*;

use super::{Hasard, Recit, Vie, de_a};
use crate::equipement::proprietes::any_command;
use crate::inventaire::fixtures::*;
use crate::joueur::fixtures::at;

fn etat(piece: &Equipement) -> &'static str {
    match (piece.joueur_id(), piece.est_detruit(), piece.durabilite()) {
        (None, ..) | (_, true, _) => "[*]",
        (Some(_), false, 1..) => "Solide",
        (Some(_), false, 0) => "Usee",
    }
}

fn detruire(joueur_id: JoueurId) -> EquipementCommand {
    EquipementCommand::Detruire { joueur_id, raison: RaisonItem::Destruction }
}

pub(crate) fn recit() -> Recit {
    use EquipementCommand as C;
    let joueur_id = moi();
    let combat_id = Some(combat(1));
    let mut vie = Vie::<Equipement>::new(|avant, _, apres, _| de_a(etat(avant), etat(apres)));
    let creer = || C::Creer { joueur_id, fiche: Box::new(epee()) };
    vie.fait(creer(), at(0));
    vie.fait(C::Perdre { joueur_id, points: q(12), usee: false, combat_id }, at(1));
    let cout = vie.etat.cout_reparation(q(12)).expect("a price");
    vie.fait(C::Reparer { joueur_id, points: q(12), cout }, at(2));
    let cout = vie.etat.cout_amelioration().expect("a price");
    vie.fait(C::Ameliorer { joueur_id, cout }, at(3));
    let type_enchantement = TypeEnchantement::Tranchant;
    let enchantement = Enchantement { type_enchantement, puissance: Stat::fixe::<5>() };
    vie.fait(C::Enchanter { joueur_id, enchantement }, at(4));
    vie.fait(C::Ceder { joueur_id, a: autre(), transaction_id: transaction(1) }, at(5));
    vie.fait(detruire(autre()), at(6));
    let ecrit = vie.raconte();
    let mut hasard = Hasard::new();
    for round in 0..60 {
        vie.recommence();
        vie.fait(creer(), at(0));
        for _ in 0..30 {
            let command = any_command(&vie.etat, hasard.tire(&any::<[u16; 3]>()));
            vie.essaie(&command, at(1));
        }
        if round % 2 == 0 {
            vie.essaie(&detruire(vie.etat.joueur_id().expect("an owner")), at(2));
        }
    }
    Recit { ecrit, hasard: vie.raconte() }
}
