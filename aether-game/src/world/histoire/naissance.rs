//! Players are born: their name is taken, they get something to begin with, and they live.

use aether_core::Context;
use chrono::TimeDelta;

use super::History;
use super::agenda::Tache;
use super::vie::Vie;
use crate::joueur::{Classe, NouveauJoueur, creer};
use crate::reservation::{Reservation, ReservationCommand};
use crate::values::{JoueurId, ReservationId};
use crate::world::choix::{Habitudes, sac};
use crate::world::gestes::doter;
use crate::world::noms;

/// How long the pauses of players are, in percent of the mean: some play far more than others.
const PAUSES: [u32; 6] = [15, 40, 80, 100, 140, 225];

impl History {
    /// The player with this number will come, if there is one.
    pub(super) fn attend(&mut self, numero: u32) {
        if let Some(quand) = self.cadence.arrivee(numero, &mut self.hasard) {
            self.agenda.inscrit_a(quand, Tache::Naitre { numero });
        }
    }

    /// The player with this number comes, or somebody before him who thinks better of it.
    pub(super) fn arrive(&mut self, numero: u32) {
        self.attend(numero + 1);
        let joueur = JoueurId::new(self.uuid());
        match self.hasard.below(100) {
            0..6 => self.reserve(numero, joueur),
            _ => self.nait(numero, joueur),
        }
    }

    /// Somebody keeps a name, and gives it up or does not come back.
    fn reserve(&mut self, numero: u32, joueur: JoueurId) {
        let Some((nom, _)) = noms::joueur(numero) else { return };
        let reservation = ReservationId::du_nom(&nom.cle());
        let reserver = ReservationCommand::Reserver { nom, joueur };
        let renonce = self.hasard.chance(50);
        let jours = if renonce { TimeDelta::hours(30) } else { Reservation::DUREE };
        if self.scribe.pen().execute(reservation, reserver).is_ok() {
            self.agenda.inscrit(jours, Tache::Hesiter { numero, joueur, renonce });
        }
    }

    /// A name that was only reserved is free again, and its player is born.
    pub(super) fn hesite(&mut self, numero: u32, joueur: JoueurId, renonce: bool) {
        let Some((nom, _)) = noms::joueur(numero) else { return };
        let command = match renonce {
            true => ReservationCommand::Renoncer { joueur },
            false => ReservationCommand::Expirer,
        };
        // a name that stays reserved refuses the player below
        let _ = self.scribe.pen().execute(ReservationId::du_nom(&nom.cle()), command);
        let joueur = JoueurId::new(self.uuid());
        self.nait(numero, joueur);
    }

    fn nait(&mut self, numero: u32, joueur: JoueurId) {
        let Some((username, pseudo)) = noms::joueur(numero) else { return };
        let Some(classe) = self.hasard.pick(Classe::ALL).copied() else { return };
        let nouveau = NouveauJoueur { username, pseudo: pseudo.clone(), classe };
        if creer(&self.scribe.pen(), Context::new(), joueur, nouveau).commit().is_err() {
            return;
        }
        self.dote(joueur, classe);
        let depart = self.cadence.arrive(self.agenda.maintenant(), &mut self.hasard);
        let pause = self.hasard.pick(&PAUSES).copied().unwrap_or(100);
        let habitudes = (Habitudes::au_hasard(&mut self.hasard), pause);
        self.places.insert(joueur, self.vies.len());
        self.vies.push(Vie::new(joueur, pseudo, habitudes, depart));
        self.reprend(self.vies.len() - 1, 5);
    }

    /// What a player begins with: a weapon, something to wear, and something to drink.
    fn dote(&mut self, joueur_id: JoueurId, classe: Classe) {
        let dotation = sac::dotation(&self.catalogue, classe);
        let unit = doter(&self.scribe.pen(), Context::new(), joueur_id, dotation);
        // a beginner's bag has room for it
        let _ = unit.commit();
    }
}
