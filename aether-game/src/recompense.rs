//! Rewards: what a player is granted at once for a combat, a quest or an event of the world.
//!
//! A [`Recompense`] is the legs of one append: experience and gold to the player, items into the bag. Whatever does not fit comes into
//! the game as well, and waits as a parcel until it is [collected](crate::inventaire::marche::retirer_colis): items in the book of their
//! item, gold in the book of no item ([`ItemId::AUCUN`]). So a reward is never kept back, and never comes in part.

use std::collections::BTreeSet;
use std::num::NonZeroU32;

use crate::economie::{DeposerRecompense, EconomieCommand, TypeContenu};
use crate::inventaire::unites::avec_fiche;
use crate::inventaire::{Inventaire, InventaireCommand, Reference};
use crate::item::FicheItem;
use crate::joueur::{Joueur, JoueurCommand, RaisonExperience};
use crate::unite::Unite;
use crate::values::{
    CarnetId, ColisId, Experience, InventaireId, ItemId, JoueurId, Or, Origine, Quantite,
    TransactionId,
};

/// What a player is granted at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recompense {
    /// Who.
    pub joueur_id: JoueurId,
    /// What for.
    pub origine: Origine,
    /// What names it in purse and book.
    pub transaction: TransactionId,
    /// Experience.
    pub experience: Experience,
    /// Gold.
    pub or: Or,
    /// Items by their sheets, each once, and how many.
    pub items: Vec<(FicheItem, u32)>,
}

/// Which parts of a reward wait in parcels, because a bag or a purse is full.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EnAttente {
    /// The gold.
    pub or: bool,
    /// These items.
    pub items: BTreeSet<ItemId>,
}

impl Recompense {
    /// Adds the legs of the reward to a unit.
    #[must_use = "nothing happens before it is committed"]
    pub fn accorder<U: Unite>(&self, unit: U, en_attente: &EnAttente) -> U {
        let unit = match self.experience > Experience::ZERO {
            true => unit.command(self.joueur_id, self.gagner()),
            false => unit,
        };
        let unit = self.payer(unit, en_attente.or);
        self.items.iter().fold(unit, |unit, (fiche, nombre)| {
            let attend = en_attente.items.contains(&fiche.item_id);
            match self.ajouter(fiche, *nombre).filter(|_| !attend) {
                Some(ajouter) => {
                    let sac = InventaireId::du_joueur(self.joueur_id);
                    avec_fiche(unit.command(sac, ajouter), fiche.clone())
                }
                None => self.deposer(unit, fiche.item_id, TypeContenu::Item, *nombre),
            }
        })
    }

    /// Everything waits.
    #[must_use]
    pub fn tout_attend(&self) -> EnAttente {
        EnAttente { or: true, items: self.items.iter().map(|(fiche, _)| fiche.item_id).collect() }
    }

    /// What does not fit into this purse and this bag.
    #[must_use]
    pub fn qui_deborde(&self, joueur: &Joueur, sac: &Inventaire) -> EnAttente {
        let mut sac = sac.clone();
        let deborde = |(fiche, nombre): &(FicheItem, u32)| {
            let tient = self.ajouter(fiche, *nombre).is_some_and(|it| sac.tente(&it));
            (!tient).then_some(fiche.item_id)
        };
        EnAttente {
            items: self.items.iter().filter_map(deborde).collect(),
            or: joueur.or().plus(self.or).is_none(),
        }
    }

    fn gagner(&self) -> JoueurCommand {
        let raison = match self.origine {
            Origine::Combat(_) => RaisonExperience::Combat,
            Origine::Quete(_) => RaisonExperience::Quete,
            Origine::Evenement(_) => RaisonExperience::Evenement,
        };
        JoueurCommand::GagnerExperience { montant: self.experience, raison }
    }

    fn payer<U: Unite>(&self, unit: U, attend: bool) -> U {
        match self.or.montant() {
            Some(montant) if !attend => {
                let (raison, transaction) = (self.origine.raison_or(), self.transaction);
                let crediter = JoueurCommand::Crediter { montant, raison, transaction };
                unit.command(self.joueur_id, crediter)
            }
            _ => self.deposer(unit, ItemId::AUCUN, TypeContenu::Or, self.or.get()),
        }
    }

    /// None for more than a command can name, which waits in any case.
    fn ajouter(&self, fiche: &FicheItem, nombre: u32) -> Option<InventaireCommand> {
        Some(InventaireCommand::Ajouter {
            joueur_id: self.joueur_id,
            fiche: Box::new(fiche.clone()),
            quantite: Quantite::new(nombre).ok()?,
            source: self.origine.raison_item(),
            reference: Some(self.origine.into()),
        })
    }

    fn deposer<U: Unite>(&self, unit: U, item: ItemId, contenu: TypeContenu, nombre: u32) -> U {
        let Some(quantite) = NonZeroU32::new(nombre) else { return unit };
        let depot = DeposerRecompense {
            colis: self.colis(item),
            joueur: self.joueur_id,
            item,
            contenu,
            quantite,
            origine: self.origine,
        };
        unit.command(CarnetId::de_l_item(item), EconomieCommand::DeposerRecompense(depot))
    }

    /// The parcel in which a part of it waits; the gold's has the id of no item.
    #[must_use]
    pub fn colis(&self, item: ItemId) -> ColisId {
        ColisId::v5(self.transaction, item.as_uuid())
    }
}

impl From<Origine> for Reference {
    fn from(origine: Origine) -> Self {
        match origine {
            Origine::Combat(id) => Self::Combat(id),
            Origine::Quete(id) => Self::Quete(id),
            Origine::Evenement(id) => Self::Evenement(id),
        }
    }
}
