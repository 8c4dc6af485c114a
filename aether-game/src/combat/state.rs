//! What a combat remembers, and what can be read from it.

use std::sync::Arc;

use aether_core::Shape;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::ids::{ParticipantId, ZoneId};
use super::mots::{
    Camp, ConditionVictoire, EtatCombat, EtatParticipant, ResultatCombat, TypeCombat, TypeEntite,
};
use super::roster::{Conditions, Participant, Recompenses};
use super::suivi::{EffetActif, Recharge, Statistiques};
use super::vue::Vue;

/// The state of a combat.
///
/// What never changes after the start is shared between clones; what does is small, so that deciding
/// on a copy costs little.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, Shape)]
pub struct Combat {
    /// What it started with; none before.
    pub(super) depart: Option<Arc<Depart>>,
    /// The participants, in the order of their sheets.
    pub(super) combattants: Vec<Combattant>,
    pub(super) tirages: u32,
    pub(super) numero_tour: u32,
    /// Whose turn it is; none before the first turn, between turns and after the end.
    pub(super) actif: Option<u8>,
    /// Whose turn it was last, as a place in the order: the next one follows it.
    pub(super) rang: Option<u8>,
    pub(super) tour_debut: DateTime<Utc>,
    pub(super) statistiques: Statistiques,
    pub(super) resultat: Option<ResultatCombat>,
}

/// What a combat starts with and keeps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Shape)]
pub struct Depart {
    /// Its kind.
    pub type_combat: TypeCombat,
    /// Where.
    pub zone_id: ZoneId,
    /// The zone's name.
    pub zone_nom: String,
    /// The sheets of the participants.
    pub fiches: Vec<Participant>,
    /// When it ends.
    pub conditions: Conditions,
    /// How long a turn may take, in milliseconds.
    pub duree_tour_ms: u32,
    /// What the players of the winning side share.
    pub recompenses: Recompenses,
    /// When it began.
    pub debute_a: DateTime<Utc>,
    pub(super) graine: u64,
    /// Places in `fiches`, in the order of turns.
    pub(super) ordre: Vec<u8>,
}

/// What changes about a participant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Shape)]
pub struct Combattant {
    /// Hit points.
    pub hp: u32,
    /// Mana.
    pub mp: u32,
    /// Stamina.
    pub stamina: u32,
    /// Where it stands.
    pub position: u32,
    /// Whether it stands.
    pub etat: EtatParticipant,
    /// The effects at work on it, oldest first.
    pub effets: Vec<EffetActif>,
    /// Its skills that rest.
    pub recharges: Vec<Recharge>,
    /// How many are left of each item of its sheet, in that order.
    pub objets: Vec<u32>,
}

impl Combat {
    /// Most participants of a combat.
    pub const PARTICIPANTS_MAX: usize = 50;
    /// Most skills and items that all participants bring together: what `CombatDemarre` holds has to fit into an event.
    pub const BAGAGES_MAX: usize = 800;
    /// Most targets of one action.
    pub const CIBLES_MAX: usize = 10;
    /// Most effects on one participant; a further one does not take.
    pub const EFFETS_MAX: usize = 12;
    /// Most stacks of one effect.
    pub const STACKS_MAX: u8 = 5;
    /// How far one moves in a turn.
    pub const PAS_MAX: u32 = 5;
    /// The last position of the field.
    pub const POSITION_MAX: u32 = 99;
    /// The stamina an attempt to flee costs.
    pub const COUT_FUITE: u32 = 10;
    /// The most hit points, mana, stamina, strength … a sheet may say.
    pub const STAT_MAX: u32 = 1_000_000;

    /// Where it is in its life.
    #[must_use]
    pub fn etat(&self) -> EtatCombat {
        match (&self.depart, self.resultat) {
            (None, _) => EtatCombat::Preparation,
            (Some(_), None) => EtatCombat::EnCours,
            (Some(_), Some(resultat)) => resultat.etat_final(),
        }
    }

    /// What it started with.
    #[must_use]
    pub fn depart(&self) -> Option<&Depart> {
        self.depart.as_deref()
    }

    /// How it ended.
    #[must_use]
    pub const fn resultat(&self) -> Option<ResultatCombat> {
        self.resultat
    }

    /// The number of the current or last turn; 0 before the first.
    #[must_use]
    pub const fn numero_tour(&self) -> u32 {
        self.numero_tour
    }

    /// The combat in numbers so far.
    #[must_use]
    pub const fn statistiques(&self) -> &Statistiques {
        &self.statistiques
    }

    /// Whose turn it is.
    #[must_use]
    pub fn participant_actif(&self) -> Option<ParticipantId> {
        self.vue(usize::from(self.actif?)).map(|vue| vue.fiche.participant_id)
    }

    /// The participants in the order of their turns.
    pub fn ordre_tour(&self) -> impl Iterator<Item = ParticipantId> {
        let ordre = self.depart.iter().flat_map(|depart| &depart.ordre);
        ordre.filter_map(|&place| Some(self.vue(place.into())?.fiche.participant_id))
    }

    /// When the current turn's time is over.
    #[must_use]
    pub fn echeance_tour(&self) -> Option<DateTime<Utc>> {
        self.actif?;
        plus_ms(self.tour_debut, self.depart()?.duree_tour_ms)
    }

    /// When the combat's time is over; none without a limit.
    #[must_use]
    pub fn limite(&self) -> Option<DateTime<Utc>> {
        let depart = self.depart()?;
        plus_ms(depart.debute_a, depart.conditions.limite_temps?)
    }

    /// Every participant, in the order of the roster.
    pub fn participants(&self) -> impl Iterator<Item = Vue<'_>> {
        let fiches = self.depart.iter().flat_map(|depart| &depart.fiches);
        fiches.zip(&self.combattants).map(|(fiche, combattant)| Vue { fiche, combattant })
    }

    /// One participant.
    #[must_use]
    pub fn participant(&self, id: ParticipantId) -> Option<Vue<'_>> {
        self.vue(self.place(id)?)
    }

    /// Whether nobody of a side is left whose fall would beat it.
    pub(super) fn est_vaincu(&self, camp: Camp) -> bool {
        let Some(depart) = self.depart() else { return false };
        let condition = match camp {
            Camp::Allies => depart.conditions.defaite,
            Camp::Adversaires => depart.conditions.victoire,
        };
        let du_camp = || self.participants().filter(move |vue| vue.fiche.camp == camp);
        let boss = |vue: &Vue<'_>| vue.fiche.type_entite == TypeEntite::Boss;
        if condition == ConditionVictoire::BossVaincu && du_camp().any(|vue| boss(&vue)) {
            return !du_camp().any(|vue| boss(&vue) && vue.est_debout());
        }
        !du_camp().any(|vue| vue.est_debout())
    }

    pub(super) fn place(&self, id: ParticipantId) -> Option<usize> {
        self.depart()?.fiches.iter().position(|fiche| fiche.participant_id == id)
    }

    pub(super) fn vue(&self, place: usize) -> Option<Vue<'_>> {
        let fiche = self.depart()?.fiches.get(place)?;
        Some(Vue { fiche, combattant: self.combattants.get(place)? })
    }
}

fn plus_ms(time: DateTime<Utc>, ms: u32) -> Option<DateTime<Utc>> {
    time.checked_add_signed(TimeDelta::milliseconds(ms.into()))
}
