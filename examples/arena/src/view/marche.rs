//! The market: everybody sees prices and how much stands at each, nobody whose orders they are; orders and trades are their players' own.

use aether_core::uuid::Uuid;
use aether_game::queries::NiveauDePrix;
use aether_game::read_models::{OrdreEconomie, PrixMarche, TransactionEconomie};
use aether_game::values::JoueurId;
use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

/// All open orders of one side at one price.
#[derive(Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "NiveauDePrix")]
pub(crate) struct NiveauVu {
    prix: u32,
    quantite: u64,
    ordres: u64,
}

/// The prices of an item.
#[derive(Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "Prix")]
pub(crate) struct PrixVu {
    item_id: Uuid,
    dernier_prix: u32,
    derniere_transaction: DateTime<Utc>,
    #[graphql(name = "prixMoyen24h")]
    prix_moyen_24h: Option<u32>,
    #[graphql(name = "prixMin24h")]
    prix_min_24h: Option<u32>,
    #[graphql(name = "prixMax24h")]
    prix_max_24h: Option<u32>,
    #[graphql(name = "volume24h")]
    volume_24h: u32,
    heures: Vec<HeureVue>,
}

/// The trades of an hour.
#[derive(Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "HeureDePrix")]
struct HeureVue {
    heure: DateTime<Utc>,
    prix_moyen: u32,
    volume: u64,
}

/// An own order.
#[derive(Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "Ordre", complex)]
pub(crate) struct OrdreVu {
    ordre_id: Uuid,
    #[schema(example = "VENTE")]
    cote: &'static str,
    pub(crate) item_id: Uuid,
    quantite: u16,
    reste: u16,
    prix: u32,
    #[schema(example = "ACTIF")]
    statut: &'static str,
    cree_a: DateTime<Utc>,
    expire_a: DateTime<Utc>,
}

/// An own trade. Who the other one was is told by the name shown then, not by an id.
#[derive(Serialize, SimpleObject, ToSchema)]
#[serde(rename_all = "camelCase")]
#[graphql(name = "Transaction", complex)]
pub(crate) struct TransactionVue {
    transaction_id: Uuid,
    /// The side that one had.
    #[schema(example = "ACHAT")]
    cote: &'static str,
    contrepartie: String,
    pub(crate) item_id: Uuid,
    quantite: u16,
    prix: u32,
    montant: u32,
    /// What of it a seller paid.
    taxe: Option<u32>,
    quand: DateTime<Utc>,
}

impl NiveauVu {
    pub(crate) fn of(niveau: NiveauDePrix) -> Self {
        let NiveauDePrix { prix_unitaire, quantite, ordres } = niveau;
        Self { prix: prix_unitaire.get(), quantite, ordres }
    }
}

impl PrixVu {
    pub(crate) fn of(prix: PrixMarche) -> Self {
        let heures = prix.historique_prix.into_iter().map(|it| HeureVue {
            heure: it.heure,
            prix_moyen: it.prix_moyen.get(),
            volume: it.volume,
        });
        Self {
            item_id: prix.item_id.as_uuid(),
            dernier_prix: prix.dernier_prix.get(),
            derniere_transaction: prix.derniere_transaction,
            prix_moyen_24h: prix.prix_moyen_24h.map(|it| it.get()),
            prix_min_24h: prix.prix_min_24h.map(|it| it.get()),
            prix_max_24h: prix.prix_max_24h.map(|it| it.get()),
            volume_24h: prix.volume_24h,
            heures: heures.collect(),
        }
    }
}

impl OrdreVu {
    pub(crate) fn of(ordre: OrdreEconomie) -> Self {
        Self {
            ordre_id: ordre.ordre_id.as_uuid(),
            cote: ordre.type_ordre.as_str(),
            item_id: ordre.item_id.as_uuid(),
            quantite: ordre.quantite.get(),
            reste: ordre.quantite_restante,
            prix: ordre.prix_unitaire.get(),
            statut: ordre.statut.as_str(),
            cree_a: ordre.cree_a,
            expire_a: ordre.expire_a,
        }
    }
}

impl TransactionVue {
    /// A trade as one of its two players sees it.
    pub(crate) fn of(transaction: TransactionEconomie, player: JoueurId) -> Self {
        let sold = transaction.vendeur_id == player;
        let contrepartie =
            if sold { transaction.pseudo_acheteur } else { transaction.pseudo_vendeur };
        Self {
            transaction_id: transaction.transaction_id.as_uuid(),
            cote: if sold { "VENTE" } else { "ACHAT" },
            contrepartie,
            item_id: transaction.item_id.as_uuid(),
            quantite: transaction.quantite.get(),
            prix: transaction.prix_unitaire.get(),
            montant: transaction.montant_total.get(),
            taxe: sold.then(|| transaction.taxe.get()),
            quand: transaction.executee_a,
        }
    }
}
