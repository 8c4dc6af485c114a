//! World events: they begin, players bring them forward by what they do anyway, and who took part is rewarded.

use std::collections::{BTreeMap, BTreeSet};

use aether_core::Context;

use super::History;
use super::actes::Fait;
use super::agenda::Tache;
use crate::monde::{DeclencherEvenement, Monde, MondeCommand, RecompenseEvenement};
use crate::recompense::Recompense;
use crate::unite::Unites as _;
use crate::values::{EvenementId, JoueurId, MondeId, Origine, TransactionId, ZoneId};
use crate::world::bornes;
use crate::world::choix::evenements as choix;
use crate::world::scribe::Cause;

/// A world event that is on.
#[derive(Debug)]
pub(super) struct EnCours {
    id: EvenementId,
    /// Where it is; everywhere without one.
    zone: Option<ZoneId>,
    recompense: RecompenseEvenement,
    /// What players did that the world was not told yet.
    apports: BTreeMap<JoueurId, u32>,
    participants: BTreeSet<JoueurId>,
}

impl EnCours {
    pub(super) const fn id(&self) -> EvenementId {
        self.id
    }
}

/// How many players bring something before the world is told.
const LOT: usize = 4;

impl History {
    /// Begins an event that asks for about as much as will be done in its time.
    pub(super) fn declenche(&mut self) -> Fait {
        let id = EvenementId::new(self.uuid());
        let duree_s = self.hasard.between(3, 14) * 24 * 3_600;
        // about one event in a hundred is the end of a foe
        let part = u64::from(self.hasard.between(40, 130));
        let requis = self.cadence.evenements_en(duree_s) * part / 10_000;
        let requis = bornes::au_moins_un(u32::try_from(requis).unwrap_or(u32::MAX));
        let voulu = (id, duree_s, requis);
        let demande = choix::evenement(&self.catalogue, voulu, &mut self.hasard)?;
        let DeclencherEvenement { zone, recompense, .. } = demande.clone();
        let declencher = MondeCommand::DeclencherEvenement(demande);
        self.scribe.pen().execute(MondeId::UNIQUE, declencher).ok()?;
        let (apports, participants) = Default::default();
        self.evenements.push(EnCours { id, zone, recompense, apports, participants });
        self.apres(duree_s, Tache::Clore { evenement: id });
        Some(())
    }

    /// A player has done something that counts for the events of a zone.
    pub(super) fn contribue(
        &mut self,
        joueur: JoueurId,
        zone: ZoneId,
        nombre: u32,
        cause: Option<Cause>,
    ) {
        let concernes = self.evenements.iter_mut().filter(|it| it.zone.is_none_or(|ou| ou == zone));
        let mut pleins = Vec::new();
        for evenement in concernes {
            *evenement.apports.entry(joueur).or_default() += nombre;
            evenement.participants.insert(joueur);
            if evenement.apports.len() >= LOT {
                pleins.push(evenement.id);
            }
        }
        pleins.into_iter().for_each(|id| self.fait_avancer(id, cause));
    }

    /// Tells the world what players have done. That may end the event.
    pub(super) fn fait_avancer(&mut self, id: EvenementId, cause: Option<Cause>) {
        let Some(evenement) = self.evenements.iter_mut().find(|it| it.id == id) else { return };
        let apports = std::mem::take(&mut evenement.apports);
        let contributions: Vec<_> = apports
            .into_iter()
            .map(|(joueur, nombre)| (joueur, bornes::au_moins_un(nombre)))
            .collect();
        if contributions.is_empty() {
            return;
        }
        let progresser = MondeCommand::Progresser { evenement: id, contributions };
        // when its time is over nothing counts any more
        let cause =
            self.scribe.because(cause).execute(MondeId::UNIQUE, progresser).unwrap_or_default();
        if self.scribe.state::<Monde>(MondeId::UNIQUE).evenement(id).is_none() {
            self.recompense(id, cause);
        }
    }

    /// The time of an event is over, if it was not done before.
    pub(super) fn clot_l_evenement(&mut self, id: EvenementId) {
        let expirer = MondeCommand::ExpirerEvenement { evenement: id };
        // an event that has ended does not end again
        let _ = self.scribe.pen().execute(MondeId::UNIQUE, expirer);
        self.evenements.retain(|it| it.id != id);
    }

    /// The newest event ends by an operator's act.
    pub(super) fn annule_un_evenement(&mut self) -> Fait {
        let id = self.evenements.pop()?.id;
        let intervention = crate::world::items::fondateur("maintenance des serveurs");
        let annuler = MondeCommand::AnnulerEvenement { evenement: id, intervention };
        self.scribe.pen().execute(MondeId::UNIQUE, annuler).ok().map(drop)
    }

    /// Everybody who took part is granted what was promised; what does not fit waits.
    fn recompense(&mut self, id: EvenementId, cause: Option<Cause>) {
        let Some(place) = self.evenements.iter().position(|it| it.id == id) else { return };
        let EnCours { recompense: promise, participants, .. } = self.evenements.remove(place);
        for joueur_id in participants {
            let recompense = Recompense {
                joueur_id,
                origine: Origine::Evenement(id),
                transaction: TransactionId::v5(id, joueur_id.as_uuid()),
                experience: promise.experience,
                or: promise.or,
                items: self
                    .fiches(promise.items.iter().map(|it| (it.item_id, it.quantite.get().into()))),
            };
            let pen = self.scribe.because(cause);
            let unite = || pen.atomic(Context::new());
            let mut facons = self.facons(&recompense);
            let facon = facons.find(|it| recompense.accorder(unite(), it).commit().is_ok());
            drop(facons);
            if let Some(qui) = self.qui(joueur_id) {
                let _: Fait = self.note_les_colis(qui, facon);
            }
        }
    }
}
