//! Another class, and what equipment adds.

use super::{Suite, payer};
use crate::joueur::events::JoueurEvent;
use crate::joueur::mots::{Classe, RaisonStats};
use crate::joueur::refus::JoueurRefus;
use crate::joueur::stats::{Ecarts, Stats};
use crate::values::{Intervention, RaisonOr, TransactionId};

/// The level stays; the stats become those of the class at that level.
pub(super) fn changer(
    suite: &mut Suite,
    nouvelle_classe: Classe,
    transaction: TransactionId,
) -> Result<(), JoueurRefus> {
    if let Some(combat) = suite.combat {
        return Err(JoueurRefus::DejaEnCombat { combat });
    }
    let identite = suite.identite.as_ref().ok_or(JoueurRefus::JoueurInconnu)?;
    let ancienne_classe = identite.classe;
    if ancienne_classe == nouvelle_classe {
        return Err(JoueurRefus::ClasseIdentique);
    }
    let niveau = suite.niveau;
    let prix = suite.prix_changement_classe();
    payer::sortir(suite, prix, RaisonOr::ChangementClasse, transaction, None)?;
    suite.emit(JoueurEvent::ClasseChangee { ancienne_classe, nouvelle_classe, niveau });
    let stats = nouvelle_classe.stats_au_niveau(niveau);
    modifier(suite, stats, suite.stats_equipement, RaisonStats::Classe, None);
    Ok(())
}

/// Nothing happens when it adds what it added before.
pub(super) fn equiper(suite: &mut Suite, bonus: Stats) {
    if bonus != suite.stats_equipement {
        modifier(suite, suite.stats_base, bonus, RaisonStats::Equipement, None);
    }
}

pub(super) fn modifier(
    suite: &mut Suite,
    base: Stats,
    equipement: Stats,
    raison: RaisonStats,
    intervention: Option<Intervention>,
) {
    suite.emit(JoueurEvent::StatsModifiees {
        base: Ecarts::entre(suite.stats_base, base),
        equipement: Ecarts::entre(suite.stats_equipement, equipement),
        totales: base.plus(equipement),
        raison,
        intervention,
    });
}
