//! Direct exchanges: one player makes an offer to another, who accepts it as he has seen it.

use aether_core::Context;

use super::Fait;
use crate::inventaire::unites::echanger;
use crate::inventaire::{InventaireCommand, LigneEchange, Offre, Termes};
use crate::values::{OffreId, Or, Quantite};
use crate::world::bornes;
use crate::world::choix::sac;
use crate::world::histoire::History;
use crate::world::histoire::agenda::Tache;
use crate::world::histoire::vie::Qui;

impl History {
    /// Makes an offer to another player.
    pub(super) fn propose(&mut self, qui: Qui) -> Fait {
        let autre = self.un_autre(qui)?;
        let donne = self.ligne(qui)?;
        let demande = self.ligne(autre).filter(|it| it.fiche.item_id != donne.fiche.item_id);
        let demande: Vec<_> = demande.filter(|_| self.hasard.chance(40)).into_iter().collect();
        let valeur = self.catalogue.item(donne.fiche.item_id)?.presentation.valeur_or.get();
        let prix = u64::from(valeur) * u64::from(donne.quantite.get());
        let or_demande = bornes::or(prix * u64::from(self.hasard.between(60, 110)) / 100);
        let termes = Termes {
            contrepartie: autre.id,
            donne: vec![donne],
            demande,
            or_donne: Or::ZERO,
            or_demande: or_demande.min(self.joueur(autre).or()),
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
        match self.hasard.below(10) {
            0 => self.rabat(de, a, &offre),
            1 => self.reprend_l_offre(de, offre_id),
            _ => self.accepte_l_offre(de, &offre),
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
        let or_demande = bornes::or(u64::from(offre.termes.or_demande.get()) * 9 / 10);
        let termes = Termes { or_demande, ..offre.termes.clone() };
        match self.soumet(de, offre.offre_id, termes) {
            Some(()) => self.apres(60, Tache::Conclure { de, a, offre: offre.offre_id }),
            None => self.reprend_l_offre(de, offre.offre_id),
        }
    }

    fn reprend_l_offre(&self, de: Qui, offre_id: OffreId) {
        let retirer = InventaireCommand::RetirerOffre { joueur_id: de.id, offre_id };
        // an offer that is open can always be taken back
        let _ = self.scribe.pen().execute(de.sac(), retirer);
    }

    /// Something that a player can give away: a piece that he has worn and needs no more, or part of a stack.
    fn ligne(&mut self, qui: Qui) -> Option<LigneEchange> {
        let sac = self.sac(qui);
        let piece = sac::a_jeter(&sac, &mut self.hasard).filter(|slot| slot.fiche.echangeable);
        if let Some(slot) = piece.filter(|_| self.hasard.chance(50)) {
            let fiche = slot.fiche;
            let equipement_id = slot.equipement_id;
            return Some(LigneEchange { fiche, quantite: Quantite::MIN, equipement_id });
        }
        let (fiche, libres) = sac::a_ceder(&sac, &mut self.hasard)?;
        let quantite = bornes::quantite(self.hasard.between(1, u32::from(libres.get()).min(10)));
        Some(LigneEchange { fiche: fiche.clone(), quantite, equipement_id: None })
    }
}
