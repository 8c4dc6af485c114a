//! The life of a player: sessions, and acts in them.

use std::sync::Arc;

use aether_core::uuid::Uuid;

use super::History;
use super::agenda::Tache;
use super::cadence::Cadence;
use super::vie::{Qui, Vie};
use crate::inventaire::Inventaire;
use crate::joueur::{Joueur, JoueurCommand};
use crate::values::{InventaireId, TransactionId};
use crate::world::choix::Verbe;

impl History {
    /// A player lives on, unless something else was planned for him since.
    pub(super) fn vit(&mut self, n: usize, jeton: u32) {
        let Some(vie) = self.vies.get(n).filter(|vie| vie.jeton == jeton) else { return };
        let Vie { id, actes, .. } = *vie;
        let qui = Qui { n, id };
        match actes {
            _ if self.joueur(qui).combat().is_some() => {}
            None => self.se_connecte(qui),
            Some(0) => self.se_deconnecte(qui),
            Some(reste) => {
                self.vie(qui, |vie| vie.actes = Some(reste - 1));
                self.agit(qui);
            }
        }
    }

    /// A player lives on after a while.
    pub(super) fn reprend(&mut self, n: usize, secondes: u32) {
        let Some(vie) = self.vies.get_mut(n) else { return };
        vie.jeton += 1;
        let tache = Tache::Vivre { vie: n, jeton: vie.jeton };
        self.apres(secondes, tache);
    }

    /// A player begins a session because he wants to.
    fn se_connecte(&mut self, qui: Qui) {
        let actes = self.cadence.actes(&mut self.hasard);
        self.cadence.session();
        self.entre(qui, actes);
    }

    /// A player is there, for so many acts.
    pub(super) fn entre(&mut self, qui: Qui, actes: u32) {
        self.vie(qui, |vie| vie.actes = Some(actes));
        self.en_ligne.push(qui);
        // a player who exists can always sign in
        let _ = self.scribe.pen().execute(qui.id, JoueurCommand::Connecter);
        self.reprend(qui.n, 20);
    }

    fn se_deconnecte(&mut self, qui: Qui) {
        self.vie(qui, |vie| vie.actes = None);
        self.en_ligne.retain(|autre| *autre != qui);
        let Some(Vie { depart, pause: pourcent, .. }) = self.vies.get(qui.n) else { return };
        let depart = *depart;
        let pourcent = i32::try_from(*pourcent).unwrap_or(100);
        if self.cadence.part(depart, self.agenda.maintenant()) {
            self.vie(qui, |vie| vie.parti = true);
            return;
        }
        let pause = self.cadence.pause(self.now(), self.scribe.events(), &mut self.hasard);
        let pause = (pause / 100 * pourcent).max(Cadence::PAUSE_MIN);
        self.reprend(qui.n, u32::try_from(pause.num_seconds()).unwrap_or(u32::MAX));
    }

    /// Does one thing, what he likes and what there is to do; if there is nothing of that kind, another one.
    fn agit(&mut self, qui: Qui) {
        for _ in 0..6 {
            let Some(verbe) = self.verbe(qui) else { break };
            if self.fait(qui, verbe).is_some() {
                break;
            }
        }
        if self.joueur(qui).combat().is_none() {
            let secondes = self.hasard.between(15, 180);
            self.reprend(qui.n, secondes);
        }
    }

    fn verbe(&mut self, qui: Qui) -> Option<Verbe> {
        let sac = self.sac(qui);
        self.vies.get(qui.n)?.habitudes.prochain(&sac, &mut self.hasard)
    }

    pub(super) fn joueur(&self, qui: Qui) -> Arc<Joueur> {
        self.scribe.state(qui.id)
    }

    pub(super) fn sac(&self, qui: Qui) -> Arc<Inventaire> {
        self.scribe.state(InventaireId::du_joueur(qui.id))
    }

    /// Notes something about a player.
    pub(super) fn vie<T>(&mut self, qui: Qui, note: impl FnOnce(&mut Vie) -> T) -> Option<T> {
        self.vies.get_mut(qui.n).map(note)
    }

    pub(super) fn uuid(&mut self) -> Uuid {
        self.hasard.uuid(self.now())
    }

    pub(super) fn transaction(&mut self) -> TransactionId {
        TransactionId::new(self.uuid())
    }
}
