//! What players do, one act at a time: a choice is made, and carried out by the unit that a door would make of it.
//!
//! An act answers nothing where there was nothing of its kind to do, or a rule refused it.

use super::History;
use super::vie::Qui;
use crate::world::choix::Verbe;

mod competences;
mod echanges;
mod marche;
mod monde;
mod pieces;
mod pnj;
mod quetes;
mod sac;

/// Something was done.
pub(super) type Fait = Option<()>;

impl History {
    pub(super) fn fait(&mut self, qui: Qui, verbe: Verbe) -> Fait {
        match verbe {
            Verbe::Combattre => self.combat(qui),
            Verbe::Recolter => self.recolte(qui, None),
            Verbe::Equiper => self.equipe(qui),
            Verbe::Reparer => self.repare(qui),
            Verbe::Ameliorer => self.ameliore(qui),
            Verbe::Enchanter => self.enchante(qui),
            Verbe::Fabriquer => self.fabrique(qui),
            Verbe::Apprendre => self.apprend(qui),
            Verbe::Exercer => self.exerce(qui),
            Verbe::Disposer => self.dispose(qui),
            Verbe::Accepter => self.accepte(qui),
            Verbe::Poursuivre => self.poursuit(qui),
            Verbe::Renoncer => self.renonce(qui),
            Verbe::Parler => self.parle(qui, None),
            Verbe::Explorer => self.explore(qui, None),
            Verbe::Acheter => self.achete(qui),
            Verbe::Vendre => self.vend(qui),
            Verbe::Offrir => self.offre(qui),
            Verbe::Demander => self.demande(qui, None),
            Verbe::Annuler => self.annule(qui),
            Verbe::Retirer => self.retire(qui),
            Verbe::Echanger => self.propose(qui),
            Verbe::Ranger => self.range(qui),
            Verbe::Consommer => self.consomme(qui),
            Verbe::Jeter => self.jette(qui),
            Verbe::Agrandir => self.agrandit(qui),
            Verbe::ChangerClasse => self.change_de_classe(qui),
        }
    }
}
