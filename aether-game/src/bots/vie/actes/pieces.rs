//! Pieces of equipment: repairs, improvements, enchantments.

use aether_core::Context;

use super::RIEN;
use crate::bots::vie::bot::Bot;
use crate::bots::vie::moteur::{Acte, Etat};
use crate::equipement::Equipement;
use crate::equipement::unites::{Travail, desequiper, enchanter, payer};
use crate::inventaire::Slot;
use crate::item::Emplacement;
use crate::values::{EquipementId, Or};
use crate::world::choix::pieces;

impl Bot {
    /// Has the piece repaired that has lost most.
    pub(super) async fn repare(&mut self) -> Acte {
        let bourse = self.joueur().await?.state.or();
        let connues = self.connues().await?;
        let usees = connues.iter().filter_map(|(piece, slot, etat)| {
            Some((*piece, pieces::a_reparer(slot, &etat.state, bourse)?))
        });
        let (piece, (points, cout)) = usees.max_by_key(|(_, (points, _))| *points).ok_or(RIEN)?;
        self.paie(piece, Travail::Reparation(points), cout).await
    }

    /// Has a piece improved. It is taken off for that.
    pub(super) async fn ameliore(&mut self) -> Acte {
        let bourse = self.joueur().await?.state.or();
        let connues = self.connues().await?;
        let payables = connues.iter().filter_map(|(piece, slot, etat)| {
            Some((*piece, emplacement(slot), pieces::a_ameliorer(&etat.state, bourse)?))
        });
        let payables: Vec<_> = payables.collect();
        let (piece, porte, cout) = *self.hasard.pick(&payables).ok_or(RIEN)?;
        self.enleve(porte).await?;
        self.paie(piece, Travail::Amelioration, cout).await
    }

    /// Reads a scroll over a piece. It is taken off for that.
    pub(super) async fn enchante(&mut self) -> Acte {
        let sac = self.sac().await?;
        let lu = |slot: &Slot| pieces::enchantement(self.catalogue(), slot);
        let (parchemin, slot) =
            pieces::parchemin(&sac.state, |slot| lu(slot).is_some()).ok_or(RIEN)?;
        let enchantement = lu(slot).ok_or(RIEN)?;
        let connues = self.connues().await?;
        let solides: Vec<_> = connues
            .iter()
            .filter(|(.., etat)| pieces::est_a_enchanter(&etat.state, enchantement))
            .map(|(piece, slot, _)| (*piece, emplacement(slot)))
            .collect();
        let (piece, porte) = *self.hasard.pick(&solides).ok_or(RIEN)?;
        self.enleve(porte).await?;
        let piece = (self.id, piece);
        let unit = enchanter(&self.engine, Context::new(), piece, enchantement, parchemin);
        self.commet(unit).await.map(drop)
    }

    async fn paie(&mut self, piece: EquipementId, travail: Travail, cout: Or) -> Acte {
        let transaction = self.transaction();
        let piece = (self.id, piece);
        let unit = payer(&self.engine, Context::new(), piece, travail, cout, transaction);
        self.commet(unit).await.map(drop)
    }

    /// The pieces of the bag that were ever worn.
    async fn connues(&self) -> Acte<Vec<(EquipementId, Slot, Etat<Equipement>)>> {
        let sac = self.sac().await?;
        let mut connues = Vec::new();
        for (piece, slot) in pieces::connues(&sac.state) {
            connues.push((piece, slot.clone(), self.etat(piece).await?));
        }
        Ok(connues)
    }

    async fn enleve(&mut self, porte: Option<Emplacement>) -> Acte {
        let Some(emplacement) = porte else { return Ok(()) };
        let bonus = self.sac().await?.state.bonus_avec(emplacement, None);
        let unit = desequiper(&self.engine, Context::new(), self.id, emplacement, bonus);
        self.commet(unit).await.map(drop)
    }
}

/// Where a piece is worn, if it is.
fn emplacement(slot: &Slot) -> Option<Emplacement> {
    slot.porte.map(|port| port.emplacement)
}
