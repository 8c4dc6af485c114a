//! Changes of `ordres_economie`.

use std::collections::BTreeMap;

use aether_core::{BoxError, Recorded};
use aether_postgres::PgTx;
use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::economie::{
    EconomieEvent, OrdreAnnule, OrdreCree, RaisonAnnulation, StatutOrdre, TypeOrdre,
};
use crate::read_models::{row, sequence};
use crate::values::{ItemId, JoueurId, OrdreId, Prix, Quantite};

/// In the order of their keys: two transactions take the same rows in the same order.
#[derive(Default)]
pub(in crate::read_models::economie) struct Ordres(BTreeMap<OrdreId, Change>);

/// Columns without a value stay as they are.
#[derive(Default, Serialize)]
struct Change {
    ordre_id: Option<OrdreId>,
    #[serde(flatten)]
    place: Place,
    quantite_restante: Option<u16>,
    statut: Option<StatutOrdre>,
    complete_a: Option<DateTime<Utc>>,
    last_event_sequence: i64,
}

/// What the placing says for good.
#[derive(Default, Serialize)]
struct Place {
    type_ordre: Option<TypeOrdre>,
    joueur_id: Option<JoueurId>,
    pseudo_joueur: Option<String>,
    item_id: Option<ItemId>,
    quantite: Option<Quantite>,
    prix_unitaire: Option<Prix>,
    cree_a: Option<DateTime<Utc>>,
    expire_a: Option<DateTime<Utc>>,
    event_sequence: Option<i64>,
}

impl Ordres {
    /// Takes an event in.
    pub(in crate::read_models::economie) fn apply(&mut self, recorded: &Recorded<EconomieEvent>) {
        match &recorded.event {
            EconomieEvent::OrdreVenteCree(cree) => self.place(recorded, TypeOrdre::Vente, cree),
            EconomieEvent::OrdreAchatCree(cree) => self.place(recorded, TypeOrdre::Achat, cree),
            EconomieEvent::TransactionExecutee(it) => {
                self.change(recorded, it.ordre_vente_id).trade(recorded, it.reste_vente_apres);
                self.change(recorded, it.ordre_achat_id).trade(recorded, it.reste_achat_apres);
            }
            EconomieEvent::OrdreAnnule(annule) => {
                self.change(recorded, annule.ordre_id).close(recorded, annule);
            }
            _ => {}
        }
    }

    fn change(&mut self, recorded: &Recorded<EconomieEvent>, ordre_id: OrdreId) -> &mut Change {
        let change = self.0.entry(ordre_id).or_default();
        change.ordre_id = Some(ordre_id);
        change.last_event_sequence = sequence(recorded.position);
        change
    }

    fn place(
        &mut self,
        recorded: &Recorded<EconomieEvent>,
        type_ordre: TypeOrdre,
        cree: &OrdreCree,
    ) {
        let change = self.change(recorded, cree.ordre_id);
        change.quantite_restante = Some(cree.quantite.get());
        change.statut = Some(StatutOrdre::Actif);
        change.place = Place {
            type_ordre: Some(type_ordre),
            joueur_id: Some(cree.joueur_id),
            pseudo_joueur: Some(cree.pseudo.clone()),
            item_id: Some(cree.item_id),
            quantite: Some(cree.quantite),
            prix_unitaire: Some(cree.prix_unitaire),
            cree_a: Some(recorded.timestamp),
            expire_a: Some(cree.expire_a),
            event_sequence: Some(sequence(recorded.position)),
        };
    }

    pub(in crate::read_models::economie) async fn write(
        self,
        tx: &mut PgTx,
    ) -> Result<(), BoxError> {
        let changes: Vec<_> = self.0.into_values().collect();
        row::write(&changes, include_str!("../sql/merge_ordres.sql"), tx).await
    }
}

impl Change {
    fn trade(&mut self, recorded: &Recorded<EconomieEvent>, reste: u16) {
        self.quantite_restante = Some(reste);
        match reste {
            0 => self.end(recorded, StatutOrdre::Complete),
            _ => self.statut = Some(StatutOrdre::PartiellementExecute),
        }
    }

    fn close(&mut self, recorded: &Recorded<EconomieEvent>, annule: &OrdreAnnule) {
        self.quantite_restante = Some(annule.reste.get());
        let statut = match annule.raison {
            RaisonAnnulation::Expiration => StatutOrdre::Expire,
            RaisonAnnulation::Joueur | RaisonAnnulation::Operateur => StatutOrdre::Annule,
        };
        self.end(recorded, statut);
    }

    fn end(&mut self, recorded: &Recorded<EconomieEvent>, statut: StatutOrdre) {
        self.statut = Some(statut);
        self.complete_a = Some(recorded.timestamp);
    }
}
