//! What an operator does; the event names actor and reason.

use super::{Suite, changer_classe, payer};
use crate::joueur::commands::Acte;
use crate::joueur::mots::RaisonStats;
use crate::joueur::refus::JoueurRefus;
use crate::values::{Intervention, RaisonOr, TransactionId};

pub(super) fn intervenir(
    suite: &mut Suite,
    acte: Acte,
    intervention: &Intervention,
    transaction: TransactionId,
) -> Result<(), JoueurRefus> {
    let par = Some(intervention.clone());
    match acte {
        Acte::CrediterOr(montant) => {
            payer::entrer(suite, montant, RaisonOr::OperateurCredit, transaction, par)
        }
        Acte::DebiterOr(montant) => {
            payer::sortir(suite, montant, RaisonOr::OperateurDebit, transaction, par)
        }
        Acte::FixerStats(base) => {
            let equipement = suite.stats_equipement;
            changer_classe::modifier(suite, base, equipement, RaisonStats::Operateur, par);
            Ok(())
        }
    }
}
