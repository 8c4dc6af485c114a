//! Direct exchanges: one player makes an offer to another, who accepts it as he has seen it.

use aether_core::Context;

use super::Fait;
use crate::inventaire::unites::echanger;
use crate::inventaire::{InventaireCommand, Offre, Termes};
use crate::values::OffreId;
use crate::world::choix::echanges::{self, Suite};
use crate::world::histoire::History;
use crate::world::histoire::agenda::Tache;
use crate::world::histoire::vie::Qui;

impl History {
    /// Makes an offer to another player.
    pub(super) fn propose(&mut self, qui: Qui) -> Fait {
        let autre = self.un_autre(qui)?;
        let termes = {
            let joueur = self.joueur(autre);
            let sacs = [qui, autre].map(|it| self.sac(it));
            let [le_sien, son_sac] = &sacs;
            let contrepartie = (autre.id, joueur.as_ref(), son_sac.as_ref());
            echanges::termes(&self.catalogue, le_sien, contrepartie, &mut self.hasard)?
        };
        let offre = OffreId::new(self.uuid());
        self.soumet(qui, offre, termes)?;
        let secondes = self.hasard.between(20, 300);
        self.apres(secondes, Tache::Conclure { de: qui, a: autre, offre });
        Some(())
    }

    fn soumet(&self, de: Qui, offre_id: OffreId, termes: Termes) -> Fait {
        let proposer = InventaireCommand::Proposer { joueur_id: de.id, offre_id, termes };
        self.scribe.pen().execute(de.sac(), proposer).ok().map(drop)
    }

    /// The other player accepts, or the first one thinks better of it.
    pub(in crate::world::histoire) fn conclut(&mut self, de: Qui, a: Qui, offre_id: OffreId) {
        let Some(offre) = self.sac(de).offre(offre_id).cloned() else { return };
        match echanges::suite(&mut self.hasard) {
            Suite::Rabattre => self.rabat(de, a, &offre),
            Suite::Reprendre => self.reprend_l_offre(de, offre_id),
            Suite::Accepter => self.accepte_l_offre(de, &offre),
        }
    }

    fn accepte_l_offre(&mut self, de: Qui, offre: &Offre) {
        let transaction = self.transaction();
        if echanger(&self.scribe.pen(), Context::new(), offre, transaction).commit().is_err() {
            self.reprend_l_offre(de, offre.offre_id);
        }
    }

    /// The price goes down by a tenth.
    fn rabat(&mut self, de: Qui, a: Qui, offre: &Offre) {
        match self.soumet(de, offre.offre_id, echanges::rabais(&offre.termes)) {
            Some(()) => self.apres(60, Tache::Conclure { de, a, offre: offre.offre_id }),
            None => self.reprend_l_offre(de, offre.offre_id),
        }
    }

    fn reprend_l_offre(&self, de: Qui, offre_id: OffreId) {
        let retirer = InventaireCommand::RetirerOffre { joueur_id: de.id, offre_id };
        // an offer that is open can always be taken back
        let _ = self.scribe.pen().execute(de.sac(), retirer);
    }
}
