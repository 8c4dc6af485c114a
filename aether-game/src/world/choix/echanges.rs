//! What to offer to another player, and for what.

use crate::inventaire::{Inventaire, LigneEchange, Termes};
use crate::joueur::Joueur;
use crate::values::{JoueurId, Or, Quantite};
use crate::world::bornes;
use crate::world::catalogue::Catalogue;
use crate::world::choix::sac;
use crate::world::hasard::Hasard;

/// The terms of an offer: something of one's own for gold, now and then also for something of the other player's.
pub fn termes(
    catalogue: &Catalogue,
    le_sien: &Inventaire,
    (contrepartie, autre, son_sac): (JoueurId, &Joueur, &Inventaire),
    hasard: &mut Hasard,
) -> Option<Termes> {
    let donne = ligne(le_sien, hasard)?;
    let demande = ligne(son_sac, hasard).filter(|it| it.fiche.item_id != donne.fiche.item_id);
    let demande: Vec<_> = demande.filter(|_| hasard.chance(40)).into_iter().collect();
    let valeur = catalogue.item(donne.fiche.item_id)?.presentation.valeur_or.get();
    let prix = u64::from(valeur) * u64::from(donne.quantite.get());
    let or_demande = bornes::or(prix * u64::from(hasard.between(60, 110)) / 100);
    Some(Termes {
        contrepartie,
        donne: vec![donne],
        demande,
        or_donne: Or::ZERO,
        or_demande: or_demande.min(autre.or()),
    })
}

/// The same terms, for a tenth less.
#[must_use]
pub fn rabais(termes: &Termes) -> Termes {
    let or_demande = bornes::or(u64::from(termes.or_demande.get()) * 9 / 10);
    Termes { or_demande, ..termes.clone() }
}

/// What becomes of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suite {
    /// The other player accepts.
    Accepter,
    /// The one who made it asks for less.
    Rabattre,
    /// The one who made it takes it back.
    Reprendre,
}

/// In most cases an offer is accepted.
pub const fn suite(hasard: &mut Hasard) -> Suite {
    match hasard.below(10) {
        0 => Suite::Rabattre,
        1 => Suite::Reprendre,
        _ => Suite::Accepter,
    }
}

/// Something that a player can give away: a piece that he has worn and needs no more, or part of a stack.
fn ligne(sac: &Inventaire, hasard: &mut Hasard) -> Option<LigneEchange> {
    let piece = sac::a_jeter(sac, hasard).filter(|slot| slot.fiche.echangeable);
    if let Some(slot) = piece.filter(|_| hasard.chance(50)) {
        let fiche = slot.fiche;
        let equipement_id = slot.equipement_id;
        return Some(LigneEchange { fiche, quantite: Quantite::MIN, equipement_id });
    }
    let (fiche, libres) = sac::a_ceder(sac, hasard)?;
    let quantite = bornes::quantite(hasard.between(1, u32::from(libres.get()).min(10)));
    Some(LigneEchange { fiche: fiche.clone(), quantite, equipement_id: None })
}
