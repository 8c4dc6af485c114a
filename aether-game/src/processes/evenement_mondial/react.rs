//! What follows from what happens in the world.

use aether_core::Recorded;
use aether_core::process::Reaction;
use aether_core::uuid::Uuid;

use super::events::{Agitation, Annonce, Fin, Parole};
use super::state::{Apparition, EnCours, SuiviMonde};
use super::{EtapeEvenement, EvenementMondial, file};
use crate::monde::{Participation, RecompenseEvenement, ResultatEvenement, TypeEvenement};
use crate::processes::SURSIS;
use crate::values::{EvenementId, Experience, MondeId, Or};

const FIN: &str = "fin";
const RETOUR: &str = "retour";

type Suite<'a> = &'a mut Reaction<EtapeEvenement>;

impl SuiviMonde {
    pub(super) fn entend(&mut self, event: &Recorded<Agitation>, then: Suite<'_>) {
        if then.process() == MondeId::UNIQUE.as_uuid() {
            self.tient_compte(event);
            return self.envoie(then);
        }
        match &event.event {
            Agitation::Monde(Annonce::EvenementMondialDeclenche {
                evenement_id, fin_a, ..
            }) => {
                self.evenement = Some(*evenement_id);
                then.at(FIN, *fin_a);
            }
            Agitation::Monde(Annonce::EvenementMondialTermine {
                evenement_id,
                resultat,
                participants,
                recompense,
            }) => {
                if *resultat == ResultatEvenement::Reussi {
                    recompense_tous(*evenement_id, participants, recompense, then);
                }
                then.end();
            }
            Agitation::Monde(Annonce::BossVaincu {
                boss_id,
                nom,
                zone_id,
                vaincu_a,
                reapparait_a,
                ..
            }) => {
                let repos_s = (*reapparait_a - *vaincu_a).num_seconds();
                let (boss_id, nom, zone_id) = (*boss_id, nom.clone(), *zone_id);
                let repos_s = u32::try_from(repos_s).unwrap_or(0);
                self.boss = Some(Apparition { boss_id, nom, zone_id, repos_s });
                then.at(RETOUR, *reapparait_a);
            }
            _ => {}
        }
    }

    /// What the process hears that counts.
    fn tient_compte(&mut self, event: &Recorded<Agitation>) {
        match &event.event {
            Agitation::Monde(Annonce::EvenementMondialDeclenche {
                evenement_id,
                type_evenement,
                zone_id,
                ..
            }) => {
                let en_cours = EnCours { type_evenement: *type_evenement, zone_id: *zone_id };
                self.en_cours.insert(*evenement_id, en_cours);
            }
            Agitation::Monde(Annonce::EvenementMondialTermine { evenement_id, .. }) => {
                self.oublie(*evenement_id);
            }
            Agitation::Monde(Annonce::BossVaincu { zone_id, vainqueurs, .. }) => {
                for joueur in vainqueurs {
                    self.note(TypeEvenement::Chasse, *zone_id, *joueur, 1);
                }
            }
            Agitation::Monde(Annonce::RessourcesRecoltees { zone_id, joueur_id, recoltes }) => {
                let pieces = recoltes.iter().map(|it| u32::from(it.quantite.get())).sum();
                self.note(TypeEvenement::Collecte, *zone_id, *joueur_id, pieces);
            }
            Agitation::Pnj(Parole::DialogueDeclenche { zone_id, joueur_id }) => {
                self.note(TypeEvenement::Festival, *zone_id, *joueur_id, 1);
            }
            Agitation::Joueur(Fin::CombatQuitte { combat_id }) => {
                self.note_combat(event.aggregate_id.into(), *combat_id);
            }
        }
    }

    /// A batch was counted; the next one follows.
    pub(super) fn compte(&mut self, then: Suite<'_>) {
        self.envoye = false;
        self.envoie(then);
    }

    fn envoie(&mut self, then: Suite<'_>) {
        if !self.envoye
            && let Some(lot) = self.lot()
        {
            self.envoye = true;
            then.send(lot);
        }
    }

    pub(super) fn sonne(&self, then: Suite<'_>) {
        if let Some(evenement_id) = self.evenement {
            then.send(EtapeEvenement::Expirer { evenement_id });
        }
        if let Some(Apparition { boss_id, nom, zone_id, repos_s }) = self.boss.clone() {
            then.send(EtapeEvenement::FaireApparaitre { boss_id, nom, zone_id, repos_s });
        }
    }

    /// It was too early by the clock that decided.
    pub(super) fn trop_tot(&self, etape: &EtapeEvenement, then: Suite<'_>) {
        match etape {
            EtapeEvenement::Expirer { .. } => then.after(FIN, SURSIS),
            EtapeEvenement::FaireApparaitre { .. } => then.after(RETOUR, SURSIS),
            EtapeEvenement::Compter { .. } | EtapeEvenement::Recompenser { .. } => {}
        }
    }
}

/// Sends the rewards of those participants that are the process's.
fn recompense_tous(
    evenement_id: EvenementId,
    participants: &[Participation],
    recompense: &RecompenseEvenement,
    then: Suite<'_>,
) {
    let RecompenseEvenement { experience, or, items } = recompense;
    let rien = *experience == Experience::ZERO && *or == Or::ZERO && items.is_empty();
    let Some(numero) = numero(evenement_id, then.process()).filter(|_| !rien) else { return };
    let files = usize::from(EvenementMondial::FILES);
    for Participation { joueur_id, .. } in participants.iter().skip(numero).step_by(files) {
        let (joueur_id, recompense) = (*joueur_id, recompense.clone());
        then.send(EtapeEvenement::Recompenser { evenement_id, joueur_id, recompense });
    }
}

/// Which of the processes that reward it is.
fn numero(evenement_id: EvenementId, process: Uuid) -> Option<usize> {
    (0..EvenementMondial::FILES)
        .find(|numero| file(evenement_id, *numero) == process)
        .map(usize::from)
}
