//! Orders of the market, as far as the player counts them and sets gold aside.

use super::{Suite, payer};
use crate::economie::TypeOrdre;
use crate::joueur::events::JoueurEvent;
use crate::joueur::refus::JoueurRefus;
use crate::joueur::state::{Joueur, OrdreCompte};
use crate::values::{Montant, Or, OrdreId, RaisonOr, TransactionId};

pub(super) fn reserver(
    suite: &mut Suite,
    ordre: OrdreId,
    montant: Montant,
) -> Result<(), JoueurRefus> {
    let apres = payer::moins(suite, montant)?;
    verifier_place(suite, ordre)?;
    deplacer(suite, ordre, apres, RaisonOr::OrdreAchat);
    ouvrir(suite, ordre, TypeOrdre::Achat, montant.into());
    Ok(())
}

pub(super) fn vendre(suite: &mut Suite, ordre: OrdreId) -> Result<(), JoueurRefus> {
    verifier_place(suite, ordre)?;
    ouvrir(suite, ordre, TypeOrdre::Vente, Or::ZERO);
    Ok(())
}

pub(super) fn rendre(
    suite: &mut Suite,
    ordre: OrdreId,
    montant: Montant,
) -> Result<(), JoueurRefus> {
    let OrdreCompte { reserve, .. } = compte(suite, ordre)?;
    if Or::from(montant) > reserve {
        return Err(JoueurRefus::RestitutionExcessive { montant, reserve });
    }
    let apres = payer::plus(suite, montant)?;
    deplacer(suite, ordre, apres, RaisonOr::RestitutionOrdre);
    Ok(())
}

pub(super) fn fermer(suite: &mut Suite, ordre: OrdreId) -> Result<(), JoueurRefus> {
    compte(suite, ordre)?;
    let ouverts = ouverts(suite);
    suite.emit(JoueurEvent::OrdreCompteFerme {
        ordre_id: ordre,
        ouverts_avant: ouverts,
        ouverts_apres: ouverts - 1,
    });
    Ok(())
}

fn compte(suite: &Suite, ordre: OrdreId) -> Result<OrdreCompte, JoueurRefus> {
    suite.ordres.get(&ordre).copied().ok_or(JoueurRefus::OrdreNonCompte { ordre })
}

fn verifier_place(suite: &Suite, ordre: OrdreId) -> Result<(), JoueurRefus> {
    if suite.ordres.contains_key(&ordre) {
        return Err(JoueurRefus::OrdreDejaCompte { ordre });
    }
    let maximum = Joueur::ORDRES_MAX;
    if suite.ordres.len() >= maximum {
        return Err(JoueurRefus::TropDOrdres { maximum });
    }
    Ok(())
}

fn deplacer(suite: &mut Suite, ordre: OrdreId, apres: Or, raison: RaisonOr) {
    suite.emit(JoueurEvent::OrModifie {
        avant: suite.or,
        apres,
        raison,
        transaction_id: TransactionId::new(ordre.as_uuid()),
        ordre_id: Some(ordre),
        intervention: None,
    });
}

fn ouvrir(suite: &mut Suite, ordre_id: OrdreId, type_ordre: TypeOrdre, reserve: Or) {
    let ouverts_avant = ouverts(suite);
    let ouverts_apres = ouverts_avant + 1;
    suite.emit(JoueurEvent::OrdreCompteOuvert {
        ordre_id,
        type_ordre,
        reserve,
        ouverts_avant,
        ouverts_apres,
    });
}

/// At most [`Joueur::ORDRES_MAX`].
fn ouverts(suite: &Suite) -> u32 {
    u32::try_from(suite.ordres.len()).unwrap_or(u32::MAX)
}
