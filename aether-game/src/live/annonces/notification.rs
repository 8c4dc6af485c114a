//! What a player is told of himself.

use aether_core::{EventSet, Recorded};
use serde::{Deserialize, Serialize};

use crate::inventaire::{Inventaire, InventaireEvent, MotifRetrait};
use crate::item::Emplacement;
use crate::joueur::{IssueCombat, Joueur, JoueurEvent};
use crate::values::{
    CombatId, ItemId, JoueurId, Niveau, Or, OrdreId, Quantite, RaisonItem, RaisonOr, TransactionId,
};

/// A message for one player: `{"type": "NiveauAtteint", "donnees": {…}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "donnees", rename_all_fields = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub enum Notification {
    /// A level was reached.
    NiveauAtteint {
        /// Which.
        niveau: Niveau,
        /// Skill points to spend.
        points_competence: u32,
    },
    /// The purse changed.
    OrModifie {
        /// Before.
        avant: Or,
        /// After.
        apres: Or,
        /// Why.
        raison: RaisonOr,
        /// What it is a part of.
        transaction_id: TransactionId,
    },
    /// An order counts as closed: all of it was traded, or it was withdrawn, or its time is over.
    OrdreFerme {
        /// Which.
        ordre_id: OrdreId,
    },
    /// A combat began.
    CombatRejoint {
        /// Which.
        combat_id: CombatId,
    },
    /// It is over for the player.
    CombatQuitte {
        /// Which.
        combat_id: CombatId,
        /// How it ended.
        issue: IssueCombat,
    },
    /// Items have come into the bag.
    ItemAjoute {
        /// Which.
        item_id: ItemId,
        /// How many.
        quantite: Quantite,
        /// Where they come from.
        source: RaisonItem,
    },
    /// A piece is worn out, and was taken off.
    PieceUsee {
        /// Its item.
        item_id: ItemId,
        /// Where it was worn.
        emplacement: Emplacement,
    },
}

/// The events that players are told of.
#[derive(Debug, Clone, EventSet)]
pub(super) enum Faits {
    #[event(of = Joueur)]
    Joueur(JoueurEvent),
    #[event(of = Inventaire)]
    Sac(InventaireEvent),
}

/// Whom an event concerns, and what is told of it.
pub(super) fn de(recorded: &Recorded<Faits>) -> Option<(JoueurId, Notification)> {
    match &recorded.event {
        Faits::Joueur(event) => Some((recorded.aggregate_id.into(), joueur(event)?)),
        Faits::Sac(event) => sac(event),
    }
}

fn joueur(event: &JoueurEvent) -> Option<Notification> {
    Some(match event {
        JoueurEvent::NiveauAtteint { nouveau_niveau, points_competence, .. } => {
            let (niveau, points_competence) = (*nouveau_niveau, *points_competence);
            Notification::NiveauAtteint { niveau, points_competence }
        }
        JoueurEvent::OrModifie { avant, apres, raison, transaction_id, .. } => {
            Notification::OrModifie {
                avant: *avant,
                apres: *apres,
                raison: *raison,
                transaction_id: *transaction_id,
            }
        }
        JoueurEvent::OrdreCompteFerme { ordre_id, .. } => {
            Notification::OrdreFerme { ordre_id: *ordre_id }
        }
        JoueurEvent::CombatRejoint { combat_id, .. } => {
            Notification::CombatRejoint { combat_id: *combat_id }
        }
        JoueurEvent::CombatQuitte { combat_id, issue, .. } => {
            Notification::CombatQuitte { combat_id: *combat_id, issue: *issue }
        }
        _ => return None,
    })
}

fn sac(event: &InventaireEvent) -> Option<(JoueurId, Notification)> {
    match event {
        InventaireEvent::ItemAjoute(it) => {
            let (item_id, quantite, source) = (it.item_id, it.quantite, it.source);
            Some((it.joueur_id, Notification::ItemAjoute { item_id, quantite, source }))
        }
        InventaireEvent::ItemDesequipe {
            joueur_id,
            item_id,
            emplacement,
            motif: MotifRetrait::Usure,
            ..
        } => {
            let (item_id, emplacement) = (*item_id, *emplacement);
            Some((*joueur_id, Notification::PieceUsee { item_id, emplacement }))
        }
        _ => None,
    }
}
