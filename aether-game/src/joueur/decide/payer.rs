//! Gold that comes and goes.

use super::Suite;
use crate::joueur::events::JoueurEvent;
use crate::joueur::refus::JoueurRefus;
use crate::values::{Flux, Intervention, Montant, Or, RaisonOr, TransactionId};

pub(super) fn debiter(
    suite: &mut Suite,
    montant: Montant,
    raison: RaisonOr,
    transaction: TransactionId,
) -> Result<(), JoueurRefus> {
    match raison {
        // each has a command of its own, or is never paid out of a purse
        RaisonOr::OperateurDebit | RaisonOr::ChangementClasse | RaisonOr::TaxeMarche => {
            Err(JoueurRefus::RaisonInadmissible { raison })
        }
        _ if raison.flux() == Flux::Puits || raison == RaisonOr::Echange => {
            sortir(suite, montant, raison, transaction, None)
        }
        _ => Err(JoueurRefus::RaisonInadmissible { raison }),
    }
}

pub(super) fn crediter(
    suite: &mut Suite,
    montant: Montant,
    raison: RaisonOr,
    transaction: TransactionId,
) -> Result<(), JoueurRefus> {
    match raison {
        RaisonOr::OperateurCredit | RaisonOr::Creation => {
            Err(JoueurRefus::RaisonInadmissible { raison })
        }
        RaisonOr::VenteMarche | RaisonOr::Colis | RaisonOr::Echange => {
            entrer(suite, montant, raison, transaction, None)
        }
        _ if raison.flux() == Flux::Source => entrer(suite, montant, raison, transaction, None),
        _ => Err(JoueurRefus::RaisonInadmissible { raison }),
    }
}

pub(super) fn sortir(
    suite: &mut Suite,
    montant: Montant,
    raison: RaisonOr,
    transaction: TransactionId,
    intervention: Option<Intervention>,
) -> Result<(), JoueurRefus> {
    let apres = moins(suite, montant)?;
    suite.emit(modifie(suite.or, apres, raison, transaction, intervention));
    Ok(())
}

pub(super) fn entrer(
    suite: &mut Suite,
    montant: Montant,
    raison: RaisonOr,
    transaction: TransactionId,
    intervention: Option<Intervention>,
) -> Result<(), JoueurRefus> {
    let apres = plus(suite, montant)?;
    suite.emit(modifie(suite.or, apres, raison, transaction, intervention));
    Ok(())
}

/// The purse without a sum.
pub(super) fn moins(suite: &Suite, montant: Montant) -> Result<Or, JoueurRefus> {
    let disponible = suite.or;
    let manque = JoueurRefus::OrInsuffisant { demande: montant, disponible };
    disponible.moins(montant.into()).ok_or(manque)
}

/// The purse with a sum more.
pub(super) fn plus(suite: &Suite, montant: Montant) -> Result<Or, JoueurRefus> {
    let disponible = suite.or;
    disponible.plus(montant.into()).ok_or(JoueurRefus::BoursePleine { montant, disponible })
}

fn modifie(
    avant: Or,
    apres: Or,
    raison: RaisonOr,
    transaction_id: TransactionId,
    intervention: Option<Intervention>,
) -> JoueurEvent {
    JoueurEvent::OrModifie { avant, apres, raison, transaction_id, ordre_id: None, intervention }
}
