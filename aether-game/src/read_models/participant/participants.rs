//! What a batch changes about participants: one change per row.

use std::collections::{BTreeMap, BTreeSet};

use aether_core::{BoxError, Recorded};
use aether_postgres::PgTx;
use serde::Serialize;

use super::Fin;
use crate::combat::{
    Camp, CombatEvent, CombatId, Competence, EffetActif, EntiteId, EtatParticipant, FinEffet,
    Objet, ObjetRestant, Participant, ParticipantId, Recharge, Resistances, StatsCombat, TypeEffet,
    TypeEntite,
};
use crate::read_models::{row, sequence};

/// Changes of `participants_combat`, in the order of their keys: two transactions take the same rows in the same order.
#[derive(Default)]
pub(super) struct Participants {
    changes: BTreeMap<ParticipantId, Change>,
    /// Combats that ended, and with which event.
    finis: BTreeMap<CombatId, i64>,
    /// Combats whose participants are all among the changes.
    entiers: BTreeSet<CombatId>,
}

/// Columns without a value stay as they are.
#[derive(Default, Serialize)]
struct Change {
    participant_id: Option<ParticipantId>,
    combat_id: Option<CombatId>,
    #[serde(flatten)]
    fiche: Fiche,
    position: Option<u32>,
    etat: Option<EtatParticipant>,
    hp_actuel: Option<u32>,
    mp_actuel: Option<u32>,
    stamina_actuel: Option<u32>,
    effets_actifs: Option<Vec<EffetActif>>,
    restants: Option<Vec<ObjetRestant>>,
    recharges: Option<Vec<Recharge>>,
    peut_agir: Option<bool>,
    last_event_sequence: i64,
}

/// The columns that a combat starts with and that never change.
#[derive(Default, Serialize)]
struct Fiche {
    entite_id: Option<EntiteId>,
    type_entite: Option<TypeEntite>,
    camp: Option<Camp>,
    nom: Option<String>,
    niveau: Option<u32>,
    initiative: Option<i32>,
    hp_max: Option<u32>,
    mp_max: Option<u32>,
    stamina_max: Option<u32>,
    stats_combat: Option<StatsCombat>,
    resistances: Option<Resistances>,
    objets: Option<Vec<Objet>>,
    competences: Option<Vec<Competence>>,
}

impl Participants {
    /// Takes an event in.
    pub(super) fn apply(&mut self, recorded: &Recorded<CombatEvent>) {
        let combat_id = CombatId::from(recorded.aggregate_id);
        let position = sequence(recorded.position);
        match &recorded.event {
            CombatEvent::CombatDemarre { participants, .. } => {
                self.entiers.insert(combat_id);
                for fiche in participants {
                    self.change(recorded, fiche.participant_id, |it| it.entre(fiche));
                }
            }
            CombatEvent::CombatTermine { .. } => {
                self.finis.insert(combat_id, position);
            }
            CombatEvent::TourTermine { .. } => {}
            CombatEvent::TourDebute { participant_actif: qui, .. }
            | CombatEvent::ActionExecutee { acteur: qui, .. }
            | CombatEvent::EffetStatutApplique { cible: qui, .. }
            | CombatEvent::EffetStatutExpire { cible: qui, .. }
            | CombatEvent::DegatsInfliges { cible: qui, .. }
            | CombatEvent::SoinsRecus { cible: qui, .. }
            | CombatEvent::ParticipantMort { participant: qui, .. } => {
                self.change(recorded, *qui, |it| it.apply(&recorded.event));
            }
        }
    }

    /// A participant belongs to one combat: what another one says of it is passed over.
    fn change(
        &mut self,
        recorded: &Recorded<CombatEvent>,
        id: ParticipantId,
        change: impl FnOnce(&mut Change),
    ) {
        let combat_id = CombatId::from(recorded.aggregate_id);
        let found = self.changes.entry(id).or_default();
        if *found.combat_id.get_or_insert(combat_id) != combat_id {
            return;
        }
        found.participant_id = Some(id);
        found.last_event_sequence = sequence(recorded.position);
        change(found);
    }

    pub(super) async fn write(mut self, tx: &mut PgTx) -> Result<(), BoxError> {
        for change in self.changes.values_mut() {
            if let Some(position) = change.combat_id.and_then(|it| self.finis.get(&it)) {
                change.effets(&[], false);
                change.last_event_sequence = *position;
            }
        }
        let changes: Vec<_> = self.changes.into_values().collect();
        row::write(&changes, include_str!("sql/merge_participants.sql"), tx).await?;
        let finis = self.finis.into_iter().filter(|(combat, _)| !self.entiers.contains(combat));
        let finis: Vec<_> = finis
            .map(|(combat_id, last_event_sequence)| Fin { combat_id, last_event_sequence })
            .collect();
        row::write(&finis, include_str!("sql/end_participants.sql"), tx).await
    }
}

impl Change {
    /// As it enters the combat.
    fn entre(&mut self, fiche: &Participant) {
        let restant = |it: &Objet| ObjetRestant { item_id: it.item_id, quantite: it.quantite };
        self.position = Some(fiche.position);
        self.etat = Some(EtatParticipant::Actif);
        self.hp_actuel = Some(fiche.hp);
        self.mp_actuel = Some(fiche.mp);
        self.stamina_actuel = Some(fiche.stamina);
        self.effets(&[], true);
        self.restants = Some(fiche.objets.iter().map(restant).collect());
        self.recharges = Some(vec![]);
        self.fiche = fiche.into();
    }

    fn apply(&mut self, event: &CombatEvent) {
        match event {
            CombatEvent::TourDebute { recharges, effets_actifs, .. } => {
                self.recharges = Some(recharges.clone());
                self.effets(effets_actifs, true);
            }
            CombatEvent::ActionExecutee { .. } => self.agit(event),
            CombatEvent::EffetStatutApplique { effets_actifs, .. } => {
                self.effets(effets_actifs, true);
            }
            CombatEvent::EffetStatutExpire { effets_actifs, raison, .. } => {
                self.effets(effets_actifs, *raison != FinEffet::HorsCombat);
            }
            CombatEvent::DegatsInfliges { hp_apres, .. }
            | CombatEvent::SoinsRecus { hp_apres, .. } => self.hp_actuel = Some(*hp_apres),
            CombatEvent::ParticipantMort { etat, .. } => {
                self.etat = Some(*etat);
                self.peut_agir = Some(false);
            }
            _ => {}
        }
    }

    fn agit(&mut self, event: &CombatEvent) {
        let CombatEvent::ActionExecutee {
            mp_apres,
            stamina_apres,
            position_apres,
            etat_apres,
            recharges,
            objets_restants,
            ..
        } = event
        else {
            return;
        };
        self.mp_actuel = Some(*mp_apres);
        self.stamina_actuel = Some(*stamina_apres);
        self.position = Some(*position_apres);
        self.etat = Some(*etat_apres);
        self.recharges = Some(recharges.clone());
        if let Some(objets) = objets_restants {
            self.restants = Some(objets.clone());
        }
        if *etat_apres != EtatParticipant::Actif {
            self.peut_agir = Some(false);
        }
    }

    /// The effects on it, and whether it can act with them.
    fn effets(&mut self, effets: &[EffetActif], debout: bool) {
        let etourdi = effets.iter().any(|it| it.type_effet == TypeEffet::Etourdissement);
        self.effets_actifs = Some(effets.to_vec());
        self.peut_agir = Some(debout && !etourdi);
    }
}

impl From<&Participant> for Fiche {
    fn from(it: &Participant) -> Self {
        Self {
            entite_id: Some(it.entite_id),
            type_entite: Some(it.type_entite),
            camp: Some(it.camp),
            nom: Some(it.nom.clone()),
            niveau: Some(it.niveau),
            initiative: Some(it.initiative),
            hp_max: Some(it.hp_max),
            mp_max: Some(it.mp_max),
            stamina_max: Some(it.stamina_max),
            stats_combat: Some(it.stats),
            resistances: Some(it.resistances),
            objets: Some(it.objets.clone()),
            competences: Some(it.competences.clone()),
        }
    }
}
