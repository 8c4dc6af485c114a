//! Status effects: laying them on, what they do each turn, and how they change damage.

use super::events::CombatEvent;
use super::ids::{EffetId, ParticipantId};
use super::mots::{SourceEffet, TypeDegats, TypeEffet};
use super::play::{Coup, Play};
use super::state::Combat;
use super::suivi::{EffetActif, EffetPose, Modificateurs};

/// An effect about to be laid on somebody.
pub(in crate::combat) struct Pose {
    pub(in crate::combat) effet_id: EffetId,
    pub(in crate::combat) type_effet: TypeEffet,
    pub(in crate::combat) puissance: u32,
    pub(in crate::combat) duree_tours: u8,
    pub(in crate::combat) source: ParticipantId,
    pub(in crate::combat) source_type: SourceEffet,
    pub(in crate::combat) source_id: uuid::Uuid,
}

impl Play<'_> {
    /// Lays an effect on a participant. One of the same kind by the same source is renewed and
    /// stacked. Nothing happens when the bearer has as many as it can have.
    pub(in crate::combat) fn lay_on(&mut self, place: usize, pose: &Pose) -> Option<EffetPose> {
        let bearer = self.vue(place);
        let cible = bearer.id();
        let mut effets_actifs = bearer.combattant.effets.clone();
        let same = effets_actifs
            .iter()
            .position(|it| it.type_effet == pose.type_effet && it.source == pose.source);
        let index = match same {
            Some(index) => {
                let effet = &mut effets_actifs[index];
                effet.puissance = pose.puissance;
                effet.duree_tours_restants = pose.duree_tours;
                if pose.type_effet.est_cumulable() {
                    effet.stacks = (effet.stacks + 1).min(Combat::STACKS_MAX);
                }
                index
            }
            None if effets_actifs.len() >= Combat::EFFETS_MAX => return None,
            None => {
                effets_actifs.push(EffetActif {
                    effet_id: pose.effet_id,
                    type_effet: pose.type_effet,
                    puissance: pose.puissance,
                    duree_tours_restants: pose.duree_tours,
                    stacks: 1,
                    source: pose.source,
                });
                effets_actifs.len() - 1
            }
        };
        let effet = effets_actifs[index];
        self.emit(CombatEvent::EffetStatutApplique {
            effet_id: effet.effet_id,
            numero_tour: self.combat.numero_tour,
            cible,
            type_effet: effet.type_effet,
            puissance: effet.puissance,
            duree_tours: effet.duree_tours_restants,
            stacks: effet.stacks,
            est_debuff: effet.type_effet.est_debuff(),
            peut_etre_dissipe: effet.type_effet.peut_etre_dissipe(),
            source: pose.source,
            source_type: pose.source_type,
            source_id: pose.source_id,
            modificateurs: effet.modificateurs(),
            effets_actifs,
        });
        Some(EffetPose { effet_id: effet.effet_id, cible, type_effet: effet.type_effet })
    }

    /// What an effect does to its bearer at the start of the bearer's turn. Resistance helps against
    /// it, armour does not.
    pub(in crate::combat) fn effect_acts(&mut self, place: usize, effet: &EffetActif) {
        let points = effet.points();
        let type_degats = match effet.type_effet {
            TypeEffet::Regeneration => {
                return self.heal(place, None, effet.source, points, false);
            }
            TypeEffet::Poison => TypeDegats::Neutre,
            TypeEffet::Brulure => TypeDegats::Feu,
            TypeEffet::Saignement => TypeDegats::Physique,
            TypeEffet::Etourdissement
            | TypeEffet::Renforcement
            | TypeEffet::Affaiblissement
            | TypeEffet::Protection
            | TypeEffet::Garde => return,
        };
        let resistance = self.vue(place).fiche.resistances.contre(type_degats);
        let finaux = percent_of(points, 100 - i32::from(resistance.min(100)));
        let coup = Coup {
            action_id: None,
            source: effet.source,
            type_degats,
            bruts: points,
            finaux,
            critique: false,
        };
        self.hurt(place, &coup);
    }
}

impl EffetActif {
    /// Points per turn, all stacks together.
    #[must_use]
    pub const fn points(&self) -> u32 {
        self.puissance.saturating_mul(self.stacks as u32)
    }

    /// What it does to its bearer's damage, all stacks together: at most five times more dealt, at
    /// most 90 % less dealt or taken.
    #[must_use]
    pub fn modificateurs(&self) -> Modificateurs {
        let up_to = |most: u32| self.points().min(most) as i32;
        let (degats_infliges, degats_recus) = match self.type_effet {
            TypeEffet::Renforcement => (up_to(500), 0),
            TypeEffet::Affaiblissement => (-up_to(90), 0),
            TypeEffet::Protection | TypeEffet::Garde => (0, -up_to(90)),
            _ => (0, 0),
        };
        Modificateurs { degats_infliges, degats_recus }
    }
}

impl TypeEffet {
    /// Whether laying it on again makes it stronger, not only longer.
    #[must_use]
    pub const fn est_cumulable(self) -> bool {
        !matches!(self, Self::Etourdissement | Self::Garde)
    }
}

/// `percent` percent of `value`, rounded down; a negative percentage counts as 0.
pub(in crate::combat) fn percent_of(value: u32, percent: i32) -> u32 {
    let product = u64::from(value) * u64::from(percent.max(0).unsigned_abs());
    u32::try_from(product / 100).unwrap_or(u32::MAX)
}
