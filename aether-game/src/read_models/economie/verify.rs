//! What the tables of the market have to say: the books' own states, and what only events tell.

mod statistiques;

use std::collections::BTreeMap;

use aether_core::{Aggregate as _, RecordedEvent, Result as CoreResult};
use aether_postgres::Error;
use chrono::{DateTime, Utc};
use sqlx::PgPool;

use super::rows::{ColisEconomie, OrdreEconomie, PrixMarche, TransactionEconomie};
use crate::economie::{
    ColisDepose, Economie, EconomieEvent, Ordre, RaisonAnnulation, RecompenseDeposee, StatutOrdre,
    Transaction,
};
use crate::read_models::sequence;
use crate::read_models::verify::{Fold, VerifyReport};
use crate::values::{CarnetId, ColisId, ItemId, JoueurId, Or, OrdreId, TransactionId};

#[derive(Default)]
pub(super) struct Marche {
    carnets: BTreeMap<CarnetId, Economie>,
    ordres: BTreeMap<OrdreId, OrdreEconomie>,
    transactions: BTreeMap<TransactionId, TransactionEconomie>,
    prix: BTreeMap<ItemId, PrixMarche>,
    colis: BTreeMap<ColisId, ColisEconomie>,
}

/// Where and when an event happened.
#[derive(Clone, Copy)]
struct Lieu {
    carnet: CarnetId,
    sequence: i64,
    a: DateTime<Utc>,
}

impl Fold for Marche {
    const AGGREGATES: &'static [&'static str] = &[Economie::TYPE];

    fn apply(&mut self, recorded: &RecordedEvent) -> CoreResult<()> {
        let event: EconomieEvent = recorded.decode()?;
        let lieu = Lieu {
            carnet: CarnetId::new(recorded.aggregate_id.as_uuid()),
            sequence: sequence(recorded.position),
            a: recorded.timestamp,
        };
        self.carnets.entry(lieu.carnet).or_default().apply(&event);
        match &event {
            EconomieEvent::OrdreVenteCree(cree) | EconomieEvent::OrdreAchatCree(cree) => {
                self.placed(lieu, cree.ordre_id);
            }
            EconomieEvent::TransactionExecutee(it) => self.traded(lieu, it),
            EconomieEvent::TransactionReglee(it) => self.settled(lieu, it.transaction_id),
            EconomieEvent::OrdreAnnule(it) if it.raison == RaisonAnnulation::Expiration => {
                self.changed(lieu, it.ordre_id, StatutOrdre::Expire);
            }
            EconomieEvent::OrdreAnnule(it) => self.changed(lieu, it.ordre_id, StatutOrdre::Annule),
            EconomieEvent::ColisDepose(it) => self.put_down(lieu, it),
            EconomieEvent::RecompenseDeposee(it) => self.rewarded(lieu, it),
            EconomieEvent::ColisRetire(it) => self.collected(lieu, it.joueur_id, it.colis_id),
            EconomieEvent::PrixMisAJour { .. } => {}
        }
        Ok(())
    }

    async fn compare(self, pool: &PgPool, report: &mut VerifyReport) -> Result<(), Error> {
        let mut prix = self.prix;
        statistiques::as_of_the_job(pool, &mut prix, &self.transactions).await?;
        report.compare(pool, self.ordres.into_values()).await?;
        report.compare(pool, self.transactions.into_values()).await?;
        report.compare(pool, prix.into_values()).await?;
        report.compare(pool, self.colis.into_values()).await
    }
}

impl Marche {
    fn ordre(&self, lieu: Lieu, ordre_id: OrdreId) -> Option<&Ordre> {
        self.carnets.get(&lieu.carnet)?.ordre(ordre_id)
    }

    fn placed(&mut self, lieu: Lieu, ordre_id: OrdreId) {
        let item = self.carnets.get(&lieu.carnet).and_then(Economie::item);
        let Some((ordre, item_id)) = self.ordre(lieu, ordre_id).zip(item) else { return };
        let row = OrdreEconomie {
            ordre_id,
            type_ordre: ordre.type_ordre,
            joueur_id: ordre.joueur_id,
            pseudo_joueur: ordre.pseudo.clone(),
            item_id,
            quantite: ordre.quantite,
            quantite_restante: ordre.reste.get(),
            prix_unitaire: ordre.prix,
            statut: StatutOrdre::Actif,
            cree_a: lieu.a,
            expire_a: ordre.expire_a,
            complete_a: None,
            last_event_sequence: lieu.sequence,
            event_sequence: lieu.sequence,
        };
        self.ordres.insert(ordre_id, row);
    }

    /// An order has another rest, or is closed and stands like this.
    fn changed(&mut self, lieu: Lieu, ordre_id: OrdreId, closed: StatutOrdre) {
        let open = self.ordre(lieu, ordre_id).map(|ordre| ordre.reste.get());
        let Some(row) = self.ordres.get_mut(&ordre_id) else { return };
        row.last_event_sequence = lieu.sequence;
        match open {
            Some(reste) => {
                row.quantite_restante = reste;
                row.statut = StatutOrdre::PartiellementExecute;
            }
            None => {
                row.statut = closed;
                row.complete_a = Some(lieu.a);
                row.quantite_restante *= u16::from(closed != StatutOrdre::Complete);
            }
        }
    }

    fn traded(&mut self, lieu: Lieu, it: &Transaction) {
        self.changed(lieu, it.ordre_vente_id, StatutOrdre::Complete);
        self.changed(lieu, it.ordre_achat_id, StatutOrdre::Complete);
        if let Some(row) = self.trade(lieu, it) {
            self.prix.insert(row.item_id, statistiques::before_the_job(lieu.carnet, &row));
            self.transactions.insert(row.transaction_id, row);
        }
    }

    /// The trade as the book owes it. What the buyer goes without is the price, and what the seller goes without is the tax.
    fn trade(&self, lieu: Lieu, it: &Transaction) -> Option<TransactionEconomie> {
        let carnet = self.carnets.get(&lieu.carnet)?;
        let due = carnet.due(it.transaction_id)?;
        let (vente, achat) =
            self.ordres.get(&due.ordre_vente_id).zip(self.ordres.get(&due.ordre_achat_id))?;
        let montant_total = due.prix.fois(due.quantite)?;
        Some(TransactionEconomie {
            transaction_id: due.transaction_id,
            ordre_vente_id: due.ordre_vente_id,
            ordre_achat_id: due.ordre_achat_id,
            vendeur_id: due.vendeur,
            pseudo_vendeur: vente.pseudo_joueur.clone(),
            acheteur_id: due.acheteur,
            pseudo_acheteur: achat.pseudo_joueur.clone(),
            item_id: carnet.item()?,
            quantite: due.quantite,
            prix_unitaire: due.prix,
            montant_total,
            taxe: montant_total.moins(due.produit)?,
            executee_a: lieu.a,
            event_sequence: lieu.sequence,
            rendu: achat
                .prix_unitaire
                .fois(due.quantite)
                .and_then(|it: Or| it.moins(montant_total))?,
            reglee_a: None,
        })
    }

    fn settled(&mut self, lieu: Lieu, transaction_id: TransactionId) {
        let owed = self.carnets.get(&lieu.carnet).and_then(|it| it.due(transaction_id));
        if let Some(row) = self.transactions.get_mut(&transaction_id).filter(|_| owed.is_none()) {
            row.reglee_a = Some(lieu.a);
        }
    }

    fn left(&self, lieu: Lieu, joueur_id: JoueurId, colis_id: ColisId) -> Option<u32> {
        let mut colis = self.carnets.get(&lieu.carnet)?.colis_de(joueur_id);
        colis.find(|it| it.colis_id == colis_id).map(|it| it.quantite)
    }

    fn put_down(&mut self, lieu: Lieu, it: &ColisDepose) {
        let Some(quantite) = self.left(lieu, it.joueur_id, it.colis_id) else { return };
        let row = ColisEconomie {
            colis_id: it.colis_id,
            joueur_id: it.joueur_id,
            item_id: it.item_id,
            type_contenu: it.type_contenu,
            quantite,
            raison: Some(it.raison),
            transaction_id: it.transaction_id,
            ordre_id: it.ordre_id,
            depose_a: lieu.a,
            event_sequence: lieu.sequence,
            last_event_sequence: lieu.sequence,
        };
        self.colis.insert(it.colis_id, row);
    }

    fn rewarded(&mut self, lieu: Lieu, it: &RecompenseDeposee) {
        let row = ColisEconomie {
            colis_id: it.colis_id,
            joueur_id: it.joueur_id,
            item_id: it.item_id,
            type_contenu: it.type_contenu,
            quantite: it.quantite,
            raison: None,
            transaction_id: None,
            ordre_id: None,
            depose_a: lieu.a,
            event_sequence: lieu.sequence,
            last_event_sequence: lieu.sequence,
        };
        self.colis.insert(it.colis_id, row);
    }

    fn collected(&mut self, lieu: Lieu, joueur_id: JoueurId, colis_id: ColisId) {
        match (self.left(lieu, joueur_id, colis_id), self.colis.get_mut(&colis_id)) {
            (Some(quantite), Some(row)) => {
                row.quantite = quantite;
                row.last_event_sequence = lieu.sequence;
            }
            _ => {
                self.colis.remove(&colis_id);
            }
        }
    }
}
