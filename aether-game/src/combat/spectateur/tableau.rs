//! A combat as a spectator sees it, from its state or from the events seen so far.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{CombattantVu, EvenementVu, Spectateur};
use crate::combat::ids::{ParticipantId, ZoneId};
use crate::combat::mots::{EtatCombat, ResultatCombat, TypeCombat};
use crate::combat::roster::Conditions;
use crate::combat::state::Combat;

/// The picture of a combat that a client begins with, and keeps with [`applique`](CombatVu::applique).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CombatVu {
    /// Its kind.
    pub type_combat: TypeCombat,
    /// Where.
    pub zone_id: ZoneId,
    /// The zone's name.
    pub zone_nom: String,
    /// When it ends.
    pub conditions: Conditions,
    /// How long a turn may take, in milliseconds.
    pub duree_tour_ms: u32,
    /// When it began.
    pub debute_a: DateTime<Utc>,
    /// Who goes after whom.
    pub ordre_initiative: Vec<ParticipantId>,
    /// Where it is in its life.
    pub etat: EtatCombat,
    /// The number of the current or last turn; 0 before the first.
    pub numero_tour: u32,
    /// Whose turn it is; none between turns and after the end.
    pub participant_actif: Option<ParticipantId>,
    /// When the current turn's time is over.
    pub echeance_tour: Option<DateTime<Utc>>,
    /// How it ended.
    pub resultat: Option<ResultatCombat>,
    /// Who fights.
    pub participants: Vec<CombattantVu>,
}

impl CombatVu {
    /// The picture of a combat as it is now; `None` before it began.
    #[must_use]
    pub fn de(combat: &Combat, spectateur: &Spectateur) -> Option<Self> {
        let depart = combat.depart()?;
        Some(Self {
            type_combat: depart.type_combat,
            zone_id: depart.zone_id,
            zone_nom: depart.zone_nom.clone(),
            conditions: depart.conditions,
            duree_tour_ms: depart.duree_tour_ms,
            debute_a: depart.debute_a,
            ordre_initiative: combat.ordre_tour().collect(),
            etat: combat.etat(),
            numero_tour: combat.numero_tour(),
            participant_actif: combat.participant_actif(),
            echeance_tour: combat.echeance_tour(),
            resultat: combat.resultat(),
            participants: combat.participants().map(|vue| vue.vu_par(spectateur)).collect(),
        })
    }

    /// What is left when a spectator has seen all these events, in order; `None` before the combat began.
    #[must_use]
    pub fn plie<'a>(events: impl IntoIterator<Item = &'a EvenementVu>) -> Option<Self> {
        events.into_iter().fold(None, |tableau, event| match (tableau, event) {
            (_, EvenementVu::CombatDemarre(premier)) => Some((**premier).clone()),
            (Some(mut tableau), event) => {
                tableau.applique(event);
                Some(tableau)
            }
            (None, _) => None,
        })
    }

    /// The picture after the next event.
    pub fn applique(&mut self, event: &EvenementVu) {
        match event {
            EvenementVu::CombatDemarre(premier) => self.clone_from(premier),
            EvenementVu::TourDebute { .. } => self.tour_debute(event),
            EvenementVu::ActionExecutee { .. } => self.action_executee(event),
            EvenementVu::EffetStatutApplique { cible, effets_actifs, .. }
            | EvenementVu::EffetStatutExpire { cible, effets_actifs, .. } => {
                self.change(*cible, |it| it.effets.clone_from(effets_actifs));
            }
            EvenementVu::DegatsInfliges { cible, hp_apres, .. }
            | EvenementVu::SoinsRecus { cible, hp_apres, .. } => {
                self.change(*cible, |it| it.hp = *hp_apres);
            }
            EvenementVu::ParticipantMort { participant, etat, .. } => {
                self.change(*participant, |it| it.etat = *etat);
            }
            EvenementVu::TourTermine { .. } => self.tour_termine(),
            EvenementVu::CombatTermine { resultat, .. } => {
                self.tour_termine();
                self.etat = resultat.etat_final();
                self.resultat = Some(*resultat);
                self.participants.iter_mut().for_each(|it| it.effets.clear());
            }
        }
    }

    fn tour_debute(&mut self, event: &EvenementVu) {
        let EvenementVu::TourDebute {
            numero_tour,
            participant_actif,
            duree_maximale,
            debute_a,
            effets_actifs,
            recharges,
        } = event
        else {
            return;
        };
        self.numero_tour = *numero_tour;
        self.participant_actif = Some(*participant_actif);
        let duree = TimeDelta::milliseconds((*duree_maximale).into());
        self.echeance_tour = debute_a.checked_add_signed(duree);
        self.change(*participant_actif, |it| {
            it.effets.clone_from(effets_actifs);
            if let (Some(details), Some(recharges)) = (&mut it.details, recharges) {
                details.recharges.clone_from(recharges);
            }
        });
    }

    fn action_executee(&mut self, event: &EvenementVu) {
        let EvenementVu::ActionExecutee { acteur, position_apres, etat_apres, details, .. } = event
        else {
            return;
        };
        self.change(*acteur, |it| {
            it.position = *position_apres;
            it.etat = *etat_apres;
            let (Some(own), Some(details)) = (&mut it.details, details) else { return };
            own.mp = details.mp_apres;
            own.stamina = details.stamina_apres;
            own.recharges.clone_from(&details.recharges);
            for (objet, reste) in
                own.objets.iter_mut().zip(details.objets_restants.iter().flatten())
            {
                objet.quantite = reste.quantite;
            }
        });
    }

    const fn tour_termine(&mut self) {
        self.participant_actif = None;
        self.echeance_tour = None;
    }

    fn change(&mut self, id: ParticipantId, change: impl FnOnce(&mut CombattantVu)) {
        if let Some(it) = self.participants.iter_mut().find(|it| it.participant_id == id) {
            change(it);
        }
    }

    /// What everybody sees of it, guests too.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.participants.iter_mut().for_each(|it| it.details = None);
        self
    }
}
