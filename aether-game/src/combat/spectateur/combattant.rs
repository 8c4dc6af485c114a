//! A participant as a spectator sees it.

use serde::{Deserialize, Serialize};

use super::Spectateur;
use crate::combat::ids::{EntiteId, ParticipantId};
use crate::combat::mots::{Camp, EtatParticipant, TypeEntite};
use crate::combat::roster::{Competence, Objet, Participant, Resistances, StatsCombat};
use crate::combat::state::Combattant;
use crate::combat::suivi::{EffetActif, Recharge};
use crate::combat::vue::Vue;

/// A participant as a spectator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CombattantVu {
    /// Its id.
    pub participant_id: ParticipantId,
    /// Who it is outside.
    pub entite_id: EntiteId,
    /// What kind of being.
    pub type_entite: TypeEntite,
    /// Its side.
    pub camp: Camp,
    /// Its name.
    pub nom: String,
    /// Its level.
    pub niveau: u32,
    /// Its initiative.
    pub initiative: i32,
    /// Where it stands.
    pub position: u32,
    /// Hit points.
    pub hp: u32,
    /// Most hit points.
    pub hp_max: u32,
    /// Whether it stands.
    pub etat: EtatParticipant,
    /// The effects at work on it, oldest first.
    pub effets: Vec<EffetActif>,
    /// The rest of it, for its own side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Box<DetailsCombattant>>,
}

/// What only its own side sees of a participant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DetailsCombattant {
    /// Mana.
    pub mp: u32,
    /// Most mana.
    pub mp_max: u32,
    /// Stamina.
    pub stamina: u32,
    /// Most stamina.
    pub stamina_max: u32,
    /// Its stats.
    pub stats: StatsCombat,
    /// What it resists.
    pub resistances: Resistances,
    /// The skills it may use.
    pub competences: Vec<Competence>,
    /// Its skills that rest.
    pub recharges: Vec<Recharge>,
    /// The items it may use up, and how many are left.
    pub objets: Vec<Objet>,
}

impl Participant {
    /// What a spectator sees of it as it enters.
    pub(super) fn vu_par(&self, spectateur: &Spectateur) -> CombattantVu {
        Vue { fiche: self, combattant: &Combattant::entrant(self) }.vu_par(spectateur)
    }
}

impl Vue<'_> {
    /// What a spectator sees of this participant.
    #[must_use]
    pub fn vu_par(&self, spectateur: &Spectateur) -> CombattantVu {
        let Vue { fiche, combattant } = self;
        CombattantVu {
            participant_id: fiche.participant_id,
            entite_id: fiche.entite_id,
            type_entite: fiche.type_entite,
            camp: fiche.camp,
            nom: fiche.nom.clone(),
            niveau: fiche.niveau,
            initiative: fiche.initiative,
            position: combattant.position,
            hp: combattant.hp,
            hp_max: fiche.hp_max,
            etat: combattant.etat,
            effets: combattant.effets.clone(),
            details: spectateur.est_du_camp_de(self.id()).then(|| Box::new(self.details())),
        }
    }

    fn details(&self) -> DetailsCombattant {
        let Vue { fiche, combattant } = self;
        let left = self.objets().map(|(objet, quantite)| Objet { quantite, ..objet.clone() });
        DetailsCombattant {
            mp: combattant.mp,
            mp_max: fiche.mp_max,
            stamina: combattant.stamina,
            stamina_max: fiche.stamina_max,
            stats: fiche.stats,
            resistances: fiche.resistances,
            competences: fiche.competences.clone(),
            recharges: combattant.recharges.clone(),
            objets: left.collect(),
        }
    }
}
