//! The bag: putting on, tidying up, using up, throwing away, making, and more room.

use aether_core::Context;

use super::Fait;
use crate::equipement::Equipement;
use crate::equipement::unites::{Porter, detruire, equiper};
use crate::inventaire::unites::avec_fiche;
use crate::inventaire::{Inventaire, InventaireCommand, Prelevement, RaisonCapacite};
use crate::item::Ingredient;
use crate::joueur::{Classe, JoueurCommand};
use crate::unite::{Unite as _, Unites as _};
use crate::values::{EquipementId, Nom, Quantite, RaisonItem, RaisonOr};
use crate::world::choix::{quetes, sac};
use crate::world::histoire::History;
use crate::world::histoire::vie::Qui;
use crate::world::items::WorldItem;
use crate::world::{bornes, scribe::Pen};

impl History {
    /// Puts on the best piece that is better than what is worn; one that is worn out is repaired first.
    pub(super) fn equipe(&mut self, qui: Qui) -> Fait {
        let porter = {
            let joueur = self.joueur(qui);
            let sac = self.sac(qui);
            let (slot_id, emplacement) = sac::a_equiper(&joueur, &sac)?;
            let piece = sac.slot(slot_id)?.1.equipement_id;
            let connue = piece.map(|piece| self.scribe.state::<Equipement>(piece));
            if connue.as_ref().is_some_and(|piece| piece.durabilite() == 0) {
                return self.repare(qui);
            }
            let niveau = joueur.niveau();
            Porter::du_sac(&sac, (qui.id, niveau), slot_id, emplacement, connue.as_deref())?
        };
        equiper(&self.scribe.pen(), Context::new(), porter).commit().ok().map(drop)
    }

    pub(super) fn range(&mut self, qui: Qui) -> Fait {
        let command = sac::a_ranger(qui.id, &self.sac(qui), &mut self.hasard)?;
        self.scribe.pen().execute(qui.sac(), command).ok().map(drop)
    }

    pub(super) fn consomme(&mut self, qui: Qui) -> Fait {
        let niveau = self.joueur(qui).niveau();
        let slot_id = sac::a_consommer(&self.joueur(qui), &self.sac(qui), &mut self.hasard)?;
        let quantite = Quantite::MIN;
        let utiliser = InventaireCommand::Utiliser { joueur_id: qui.id, slot_id, quantite, niveau };
        self.scribe.pen().execute(qui.sac(), utiliser).ok().map(drop)
    }

    /// Throws a piece away that is not worth its place.
    pub(super) fn jette(&mut self, qui: Qui) -> Fait {
        let slot = sac::a_jeter(&self.sac(qui), &mut self.hasard)?;
        let pen = self.scribe.pen();
        let slot_id = slot.slot_id;
        let raison = RaisonItem::Destruction;
        let jetee = match slot.equipement_id {
            Some(piece) => {
                detruire(&pen, Context::new(), (qui.id, piece), slot_id, raison, None).commit()
            }
            None => pen.execute(
                qui.sac(),
                retirer(qui, Prelevement::Slot(slot_id), slot.quantite, raison),
            ),
        };
        self.oublie(slot.equipement_id.filter(|_| jetee.is_ok()));
        jetee.ok().map(drop)
    }

    /// Nothing happens any more to a piece that is gone.
    pub(super) fn oublie(&self, piece: Option<EquipementId>) {
        if let Some(piece) = piece {
            self.scribe.forget::<Equipement>(piece);
        }
    }

    /// Makes something of what the bag holds: the materials leave it, and the work comes in.
    pub(super) fn fabrique(&mut self, qui: Qui) -> Fait {
        let item = {
            let joueur = self.joueur(qui);
            let sac = self.sac(qui);
            let faisables = self.catalogue.items().iter().filter(|item| {
                item.proprietes.niveau_requis <= joueur.niveau() && est_faisable(item, &sac)
            });
            let faisables: Vec<&WorldItem> = faisables.collect();
            (*self.hasard.pick(&faisables)?).clone()
        };
        let pen = self.scribe.pen();
        let unit = item.proprietes.recette.iter().fold(pen.atomic(Context::new()), |unit, part| {
            let Ingredient { item_id, quantite } = *part;
            let de = Prelevement::Item(item_id);
            unit.command(qui.sac(), retirer(qui, de, quantite, RaisonItem::Ingredient))
        });
        let fiche = item.fiche();
        let ajouter = InventaireCommand::Ajouter {
            joueur_id: qui.id,
            fiche: Box::new(fiche.clone()),
            quantite: Quantite::MIN,
            source: RaisonItem::Fabrication,
            reference: None,
        };
        avec_fiche(unit.command(qui.sac(), ajouter), fiche).commit().ok().map(drop)
    }

    /// Buys ten more slots, and the strength to carry them.
    pub(super) fn agrandit(&mut self, qui: Qui) -> Fait {
        let (capacite, poids) = {
            let sac = self.sac(qui);
            (sac.capacite() + 10, sac.poids_max().get() + 400)
        };
        let extensions = (capacite - Inventaire::CAPACITE) / 10;
        let prix = bornes::montant(150 * u64::from(extensions));
        if self.joueur(qui).or() < prix.into() {
            return None;
        }
        let raison = RaisonOr::ExtensionInventaire;
        let transaction = self.transaction();
        let debiter = JoueurCommand::Debiter { montant: prix, raison, transaction };
        let agrandir = InventaireCommand::ModifierCapacite {
            joueur_id: qui.id,
            capacite,
            poids_max: bornes::poids(poids),
            raison: RaisonCapacite::Achat,
            extension: Some(Nom::epure(&format!("Sacoche n° {extensions}"))),
            intervention: None,
        };
        let pen: Pen<'_> = self.scribe.pen();
        let unit = pen.atomic(Context::new()).command(qui.id, debiter);
        unit.command(qui.sac(), agrandir).commit().ok().map(drop)
    }

    pub(super) fn change_de_classe(&mut self, qui: Qui) -> Fait {
        let payable = {
            let joueur = self.joueur(qui);
            let riche = joueur.or() > joueur.prix_changement_classe().into();
            riche.then(|| joueur.identite().map(|it| it.classe)).flatten()
        };
        let actuelle = payable?;
        let classe = *self.hasard.pick(Classe::ALL).filter(|classe| **classe != actuelle)?;
        let changer = JoueurCommand::ChangerClasse { classe, transaction: self.transaction() };
        self.scribe.pen().execute(qui.id, changer).ok().map(drop)
    }
}

fn est_faisable(item: &WorldItem, sac: &Inventaire) -> bool {
    let recette = &item.proprietes.recette;
    let assez =
        |part: &Ingredient| quetes::fongibles(sac, part.item_id) >= u32::from(part.quantite.get());
    !recette.is_empty() && recette.iter().all(assez)
}

/// Items leave the game out of a player's bag.
pub(super) fn retirer(
    qui: Qui,
    prelevement: Prelevement,
    quantite: Quantite,
    raison: RaisonItem,
) -> InventaireCommand {
    InventaireCommand::Retirer { joueur_id: qui.id, prelevement, quantite, raison, reference: None }
}
