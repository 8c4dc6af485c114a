//! What a book remembers, and what can be read from it.

use aether_core::Shape;
use aether_core::uuid::Uuid;
use serde::{Deserialize, Serialize};

use super::carnet::Carnet;
use super::commands::Fermetures;
use super::mots::{RaisonColis, TypeContenu, TypeOrdre};
use super::ordre::Ordre;
use super::refus::EconomieRefus;
use super::registre::{Inscrit, Registre};
use crate::values::{
    ColisId, ItemId, JoueurId, Or, OrdreId, Pourcent, Prix, Quantite, TransactionId,
};

/// The order book of one item: its open orders, what trades owe, and the parcels that wait.
///
/// A copy takes microseconds, however many orders there are; a command that trades with few of them does too.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Shape)]
pub struct Economie {
    /// What is traded here; the first order says it.
    pub(super) item: Option<ItemId>,
    pub(super) carnet: Carnet,
    pub(super) dues: Registre<Due>,
    pub(super) colis: Registre<Colis>,
    /// How many orders there have been.
    pub(super) ordres_places: u64,
    /// How many trades there have been.
    pub(super) executions: u64,
    pub(super) dernier_prix: Option<Prix>,
}

/// A trade that is not settled: what it owes to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Due {
    /// The trade.
    pub transaction_id: TransactionId,
    /// The seller's order.
    pub ordre_vente_id: OrdreId,
    /// The buyer's order.
    pub ordre_achat_id: OrdreId,
    /// The seller.
    pub vendeur: JoueurId,
    /// The gold that is owed to the seller.
    pub produit: Or,
    /// The price of a piece.
    pub prix: Prix,
    /// The buyer.
    pub acheteur: JoueurId,
    /// The pieces that are owed to the buyer.
    pub quantite: Quantite,
    /// The gold that is owed to the buyer.
    pub rendu: Or,
}

/// A parcel that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
#[serde(rename_all = "camelCase")]
pub struct Colis {
    /// For whom.
    pub joueur_id: JoueurId,
    /// Its id.
    pub colis_id: ColisId,
    /// What it holds.
    pub type_contenu: TypeContenu,
    /// How much of it: coins or pieces.
    pub quantite: u32,
    /// What it comes from; none for a reward.
    pub raison: Option<RaisonColis>,
}

/// Everything that a book holds for players, by place: its part of the ledger.
///
/// It changes only by what enters (an order's goods or gold), what leaves (a rest, a settlement, a parcel) and the tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bilan {
    /// Gold that open orders to buy have set aside.
    pub or_ordres: u64,
    /// Gold that trades owe.
    pub or_du: u64,
    /// Gold in parcels.
    pub or_colis: u64,
    /// Pieces that open orders to sell have set aside.
    pub items_ordres: u64,
    /// Pieces that trades owe.
    pub items_dus: u64,
    /// Pieces in parcels.
    pub items_colis: u64,
}

impl Economie {
    /// The part of a sale that is taken out of the game, rounded down: 5 %.
    pub const TAXE: Pourcent = Pourcent::fixe::<5>();
    /// Most open orders of a book. A further one is refused; none makes room for it.
    pub const ORDRES_MAX: usize = 10_000;
    /// Most trades of one arriving order, so that one append stays small. A larger one is refused.
    pub const EXECUTIONS_MAX: usize = 1_000;
    /// Most parcels that a player may leave in a book and still place orders.
    pub const COLIS_MAX: usize = 100;
    /// The shortest life of an order, in seconds: an hour.
    pub const DUREE_MIN_S: u32 = 3_600;
    /// The longest life of an order, in seconds: 30 days.
    pub const DUREE_MAX_S: u32 = 30 * 24 * 3_600;

    /// What is traded here; none before the first order.
    #[must_use]
    pub const fn item(&self) -> Option<ItemId> {
        self.item
    }

    /// The price of the last trade.
    #[must_use]
    pub const fn dernier_prix(&self) -> Option<Prix> {
        self.dernier_prix
    }

    /// An open order.
    #[must_use]
    pub fn ordre(&self, ordre_id: OrdreId) -> Option<&Ordre> {
        self.carnet.ordre(ordre_id)
    }

    /// How many orders are open.
    #[must_use]
    pub const fn ordres_ouverts(&self) -> usize {
        self.carnet.nombre()
    }

    /// The open orders of one side, the best price first, then the oldest.
    pub fn cote(&self, type_ordre: TypeOrdre) -> impl Iterator<Item = &Ordre> {
        self.carnet.cote(type_ordre)
    }

    /// The trades that are not settled, in order of id.
    pub fn dues(&self) -> impl Iterator<Item = &Due> {
        self.dues.tous()
    }

    /// A trade that is not settled.
    #[must_use]
    pub fn due(&self, transaction_id: TransactionId) -> Option<&Due> {
        self.dues.trouve(transaction_id)
    }

    /// Whether trades of an order are not settled.
    #[must_use]
    pub fn est_du(&self, ordre_id: OrdreId) -> bool {
        self.dues.tous().any(|due| due.concerne(ordre_id))
    }

    /// The orders that nothing is left of when a trade is settled: neither a rest in the book nor another trade to settle.
    #[must_use]
    pub fn fermetures(&self, due: &Due) -> Fermetures {
        let ferme = |ordre_id| {
            let autres = self.dues.tous().filter(|it| it.transaction_id != due.transaction_id);
            self.ordre(ordre_id).is_none() && !autres.into_iter().any(|it| it.concerne(ordre_id))
        };
        Fermetures { vente: ferme(due.ordre_vente_id), achat: ferme(due.ordre_achat_id) }
    }

    /// The parcels that wait for a player.
    pub fn colis_de(&self, joueur_id: JoueurId) -> impl Iterator<Item = &Colis> {
        let debut = (joueur_id, ColisId::new(Uuid::nil()));
        self.colis.depuis(debut).take_while(move |colis| colis.joueur_id == joueur_id)
    }

    /// A book is that of one item.
    pub(super) fn verifie_item(&self, trouve: ItemId) -> Result<(), EconomieRefus> {
        match self.item.filter(|attendu| *attendu != trouve) {
            Some(attendu) => Err(EconomieRefus::AutreMarche { attendu, trouve }),
            None => Ok(()),
        }
    }

    /// Everything that the book holds for players. Looks at all of it.
    #[must_use]
    pub fn bilan(&self) -> Bilan {
        let mut bilan = Bilan::default();
        for ordre in self.carnet.tous() {
            bilan.or_ordres += u64::from(ordre.or_reserve().get());
            bilan.items_ordres += u64::from(ordre.items_reserves());
        }
        for due in self.dues.tous() {
            bilan.or_du += u64::from(due.produit.get()) + u64::from(due.rendu.get());
            bilan.items_dus += u64::from(due.quantite.get());
        }
        for colis in self.colis.tous() {
            match colis.type_contenu {
                TypeContenu::Or => bilan.or_colis += u64::from(colis.quantite),
                TypeContenu::Item => bilan.items_colis += u64::from(colis.quantite),
            }
        }
        bilan
    }
}

impl Due {
    /// The parcel in which a part of it waits, if that does not fit.
    #[must_use]
    pub fn colis(&self, raison: RaisonColis) -> ColisId {
        ColisId::v5(self.transaction_id, raison.as_str())
    }

    fn concerne(&self, ordre_id: OrdreId) -> bool {
        self.ordre_vente_id == ordre_id || self.ordre_achat_id == ordre_id
    }
}

impl Bilan {
    /// All gold.
    #[must_use]
    pub const fn or(&self) -> u64 {
        self.or_ordres + self.or_du + self.or_colis
    }

    /// All pieces.
    #[must_use]
    pub const fn items(&self) -> u64 {
        self.items_ordres + self.items_dus + self.items_colis
    }
}

impl Inscrit for Due {
    type Cle = TransactionId;

    fn cle(&self) -> TransactionId {
        self.transaction_id
    }
}

impl Inscrit for Colis {
    type Cle = (JoueurId, ColisId);

    fn cle(&self) -> Self::Cle {
        (self.joueur_id, self.colis_id)
    }
}
