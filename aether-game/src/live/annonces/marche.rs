//! What everybody is told of a book: prices and quantities, and nobody whose orders they are.

use serde::{Deserialize, Serialize};

use crate::economie::{EconomieEvent, OrdreCree, TypeOrdre};
use crate::values::{ItemId, OrdreId, Prix, Quantite, TransactionId};

/// A message for those who watch the market of an item: `{"type": "PrixMisAJour", "donnees": {…}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "donnees", rename_all_fields = "camelCase", deny_unknown_fields)]
#[non_exhaustive]
pub enum NouvelleDuMarche {
    /// Something is offered or asked for.
    OrdrePlace {
        /// The order.
        ordre_id: OrdreId,
        /// Which side.
        cote: TypeOrdre,
        /// How many pieces.
        quantite: Quantite,
        /// For how much a piece.
        prix: Prix,
    },
    /// An order does not stand any more: it was withdrawn, or its time is over.
    OrdreRetire {
        /// The order.
        ordre_id: OrdreId,
        /// Which side.
        cote: TypeOrdre,
        /// How many pieces of it were left.
        reste: Quantite,
        /// For how much a piece.
        prix: Prix,
    },
    /// Two orders met.
    TransactionExecutee {
        /// The trade.
        transaction_id: TransactionId,
        /// The order that sold.
        ordre_vente_id: OrdreId,
        /// The order that bought.
        ordre_achat_id: OrdreId,
        /// How many pieces.
        quantite: Quantite,
        /// For how much a piece.
        prix: Prix,
    },
    /// The price of a piece changed.
    PrixMisAJour {
        /// Before; none if it was never traded.
        ancien_prix: Option<Prix>,
        /// After.
        nouveau_prix: Prix,
        /// How many pieces were traded at it.
        volume: Quantite,
    },
}

/// Which item an event concerns, and what is told of it. Parcels and settlements are their players' own.
pub(super) fn nouvelle(event: &EconomieEvent) -> Option<(ItemId, NouvelleDuMarche)> {
    Some(match event {
        EconomieEvent::OrdreVenteCree(ordre) => place(TypeOrdre::Vente, ordre),
        EconomieEvent::OrdreAchatCree(ordre) => place(TypeOrdre::Achat, ordre),
        EconomieEvent::OrdreAnnule(it) => {
            let told = NouvelleDuMarche::OrdreRetire {
                ordre_id: it.ordre_id,
                cote: it.type_ordre,
                reste: it.reste,
                prix: it.prix_unitaire,
            };
            (it.item_id, told)
        }
        EconomieEvent::TransactionExecutee(it) => {
            let told = NouvelleDuMarche::TransactionExecutee {
                transaction_id: it.transaction_id,
                ordre_vente_id: it.ordre_vente_id,
                ordre_achat_id: it.ordre_achat_id,
                quantite: it.quantite,
                prix: it.prix_unitaire,
            };
            (it.item_id, told)
        }
        EconomieEvent::PrixMisAJour { item_id, ancien_prix, nouveau_prix, volume } => {
            let told = NouvelleDuMarche::PrixMisAJour {
                ancien_prix: *ancien_prix,
                nouveau_prix: *nouveau_prix,
                volume: *volume,
            };
            (*item_id, told)
        }
        EconomieEvent::TransactionReglee(_)
        | EconomieEvent::ColisDepose(_)
        | EconomieEvent::RecompenseDeposee(_)
        | EconomieEvent::ColisRetire(_) => return None,
    })
}

fn place(cote: TypeOrdre, ordre: &OrdreCree) -> (ItemId, NouvelleDuMarche) {
    let told = NouvelleDuMarche::OrdrePlace {
        ordre_id: ordre.ordre_id,
        cote,
        quantite: ordre.quantite,
        prix: ordre.prix_unitaire,
    };
    (ordre.item_id, told)
}
