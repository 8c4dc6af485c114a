//! Which rule answers which command to a bag.

use aether_core::{Aggregate, Draft, Facts};

use super::commands::InventaireCommand;
use super::events::InventaireEvent;
use super::refus::InventaireRefus;
use super::state::{Inventaire, Slot};
use crate::values::{JoueurId, Quantite, SlotId};

mod agrandir;
mod ajouter;
mod deplacer;
mod echanger;
mod equiper;
mod reserver;
mod retirer;
mod sequestrer;
mod transferer;

/// A decision in the making, for the player whose bag it is.
struct Decision {
    draft: Draft<Inventaire>,
    joueur_id: JoueurId,
}

type Decide = Result<(), InventaireRefus>;

impl Aggregate for Inventaire {
    const TYPE: &'static str = "Inventaire";
    type Command = InventaireCommand;
    type Event = InventaireEvent;
    type Error = InventaireRefus;

    fn decide(
        &self,
        command: &InventaireCommand,
        facts: &Facts,
    ) -> Result<Vec<InventaireEvent>, InventaireRefus> {
        let joueur_id = command.joueur_id();
        if self.joueur_id.is_some_and(|proprietaire| proprietaire != joueur_id) {
            return Err(InventaireRefus::DAutrui { joueur_id });
        }
        let mut decision = Decision { draft: Draft::of(self), joueur_id };
        decision.carry_out(command, facts)?;
        Ok(decision.draft.into_events())
    }

    fn apply(&mut self, event: &InventaireEvent) {
        self.applique(event);
    }

    /// With half a kilobyte for each slot, lot and offer.
    fn weigh(&self) -> usize {
        let lots: usize = self.sequestres.values().map(Vec::len).sum();
        size_of::<Self>() + (self.slots.len() + lots + self.offres.len()) * 512
    }
}

impl InventaireCommand {
    /// The player whose bag it has to be.
    #[must_use]
    pub const fn joueur_id(&self) -> JoueurId {
        match self {
            Self::Ajouter { joueur_id, .. }
            | Self::Recevoir { joueur_id, .. }
            | Self::Retirer { joueur_id, .. }
            | Self::Utiliser { joueur_id, .. }
            | Self::Deplacer { joueur_id, .. }
            | Self::Diviser { joueur_id, .. }
            | Self::Fusionner { joueur_id, .. }
            | Self::Equiper { joueur_id, .. }
            | Self::Desequiper { joueur_id, .. }
            | Self::ConstaterUsure { joueur_id, .. }
            | Self::Sequestrer { joueur_id, .. }
            | Self::Liberer { joueur_id, .. }
            | Self::Livrer { joueur_id, .. }
            | Self::Consigner { joueur_id, .. }
            | Self::MettreDeCote { joueur_id, .. }
            | Self::SolderCombat { joueur_id, .. }
            | Self::ModifierCapacite { joueur_id, .. }
            | Self::Proposer { joueur_id, .. }
            | Self::RetirerOffre { joueur_id, .. }
            | Self::ConclureOffre { joueur_id, .. }
            | Self::AccepterOffre { joueur_id, .. } => *joueur_id,
        }
    }
}

impl Decision {
    fn carry_out(&mut self, command: &InventaireCommand, facts: &Facts) -> Decide {
        use InventaireCommand as C;
        match command {
            C::Ajouter { fiche, quantite, source, reference, .. } => {
                self.ajouter(fiche, *quantite, *source, reference.as_ref())
            }
            C::Recevoir { fiche, quantite, provenance, .. } => {
                self.recevoir(fiche, *quantite, *provenance)
            }
            C::Retirer { prelevement, quantite, raison, reference, .. } => {
                self.retirer(*prelevement, *quantite, *raison, reference.as_ref())
            }
            C::Utiliser { slot_id, quantite, niveau, .. } => {
                self.utiliser(*slot_id, *quantite, *niveau)
            }
            C::Deplacer { slot_id, position, .. } => self.deplacer(*slot_id, *position),
            C::Diviser { slot_id, quantite, position, .. } => {
                self.diviser(*slot_id, *quantite, *position)
            }
            C::Fusionner { de, vers, quantite, .. } => self.fusionner(*de, *vers, *quantite),
            C::Equiper { slot_id, emplacement, niveau, piece, .. } => {
                self.equiper(*slot_id, *emplacement, *niveau, piece)
            }
            C::Desequiper { emplacement, .. } => self.desequiper(*emplacement),
            C::ConstaterUsure { equipement_id, usee, .. } => {
                self.constater_usure(*equipement_id, *usee)
            }
            C::Sequestrer { ordre_id, item_id, quantite, .. } => {
                self.sequestrer(*ordre_id, *item_id, *quantite)
            }
            C::Liberer { ordre_id, quantite, .. } => self.liberer(*ordre_id, *quantite),
            C::Livrer { ordre_id, quantite, acheteur, prix, transaction_id, .. } => {
                self.livrer(*ordre_id, *quantite, *acheteur, *prix, *transaction_id)
            }
            C::Consigner { ordre_id, quantite, colis_id, .. } => {
                self.consigner(*ordre_id, *quantite, *colis_id)
            }
            C::MettreDeCote { combat_id, niveau, lignes, .. } => {
                self.mettre_de_cote(*combat_id, *niveau, lignes)
            }
            C::SolderCombat { combat_id, restes, .. } => self.solder_combat(*combat_id, restes),
            C::ModifierCapacite {
                capacite, poids_max, raison, extension, intervention, ..
            } => {
                let intervention = intervention.as_ref();
                self.agrandir(*capacite, *poids_max, *raison, extension.as_ref(), intervention)
            }
            C::Proposer { offre_id, termes, .. } => {
                self.proposer(*offre_id, termes, facts.version())
            }
            C::RetirerOffre { offre_id, .. } => self.retirer_offre(*offre_id),
            C::ConclureOffre { offre, transaction_id, .. } => {
                self.conclure_offre(offre, *transaction_id)
            }
            C::AccepterOffre { offre, transaction_id, .. } => {
                self.accepter_offre(offre, *transaction_id)
            }
        }
    }

    fn slot(&self, slot_id: SlotId) -> Result<(u16, &Slot), InventaireRefus> {
        self.draft.slot(slot_id).ok_or(InventaireRefus::SlotInconnu { slot_id })
    }

    /// A slot of which so many can be taken.
    fn slot_avec(
        &self,
        slot_id: SlotId,
        quantite: Quantite,
    ) -> Result<(u16, &Slot), InventaireRefus> {
        let (position, slot) = self.slot(slot_id)?;
        if slot.porte.is_some() {
            return Err(InventaireRefus::PiecePortee { slot_id });
        }
        match (slot.fiche.item_id, self.draft.libre(slot)) {
            (item_id, disponible) if disponible < quantite.get() => {
                Err(InventaireRefus::ItemAbsent { item_id, demande: quantite.get(), disponible })
            }
            _ => Ok((position, slot)),
        }
    }
}
