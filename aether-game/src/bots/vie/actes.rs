//! What bots do, one act at a time: states are loaded, a choice is made of them, and a unit carries it out.

use super::bot::Bot;
use super::moteur::{Acte, Arret};
use crate::item::{FicheItem, Item};
use crate::values::ItemId;
use crate::world::choix::Verbe;

mod combats;
mod competences;
mod echanges;
mod engagement;
mod marche;
mod monde;
mod pieces;
mod pnj;
mod quetes;
mod sac;

/// There is nothing of that kind to do.
const RIEN: Arret = Arret::Rien;

impl Bot {
    pub(super) async fn acte(&mut self, verbe: Verbe) -> Acte {
        match verbe {
            Verbe::Combattre => self.combat().await,
            Verbe::Recolter => self.recolte(None).await,
            Verbe::Equiper => self.equipe().await,
            Verbe::Reparer => self.repare().await,
            Verbe::Ameliorer => self.ameliore().await,
            Verbe::Enchanter => self.enchante().await,
            Verbe::Fabriquer => self.fabrique().await,
            Verbe::Apprendre => self.apprend().await,
            Verbe::Exercer => self.exerce().await,
            Verbe::Disposer => self.dispose().await,
            Verbe::Accepter => self.accepte().await,
            Verbe::Poursuivre => self.poursuit().await,
            Verbe::Renoncer => self.renonce().await,
            Verbe::Parler => self.parle(None).await,
            Verbe::Explorer => self.explore(None).await,
            Verbe::Acheter => self.achete().await,
            Verbe::Vendre => self.vend().await,
            Verbe::Offrir => self.offre().await,
            Verbe::Demander => self.demande(None).await,
            Verbe::Annuler => self.annule().await,
            Verbe::Retirer => self.retire().await,
            Verbe::Echanger => self.echange().await,
            Verbe::Ranger => self.range().await,
            Verbe::Consommer => self.consomme().await,
            Verbe::Jeter => self.jette().await,
            Verbe::Agrandir => self.agrandit().await,
            Verbe::ChangerClasse => self.change_de_classe().await,
        }
    }

    /// The sheet of an item, as the catalogue has it, be it withdrawn or not.
    async fn fiche_connue(&self, item_id: ItemId) -> Acte<FicheItem> {
        let item = self.etat::<Item>(item_id).await?;
        Ok(item.state.proprietes().ok_or(RIEN)?.fiche(item_id))
    }

    /// The sheet of an item that can still be had.
    async fn fiche(&self, item_id: ItemId) -> Acte<FicheItem> {
        let item = self.etat::<Item>(item_id).await?;
        let proprietes = item.state.proprietes().filter(|_| !item.state.est_detruit());
        Ok(proprietes.ok_or(RIEN)?.fiche(item_id))
    }
}
