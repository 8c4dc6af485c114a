//! Units over a book, purses and bags: all of it happens or nothing.
//!
//! Each reads from the book what its legs move. If that changes before the unit is stored, the book refuses it: read the book anew, and
//! ask again. Units that only move goods, and settlements, are in [`inventaire::marche`](crate::inventaire::marche).

use std::num::NonZeroU32;

use aether_core::Context;

use super::commands::{Cloture, EconomieCommand, PlacerOrdre};
use super::mots::{TypeContenu, TypeOrdre};
use super::ordre::Ordre;
use super::refus::EconomieRefus;
use super::state::Economie;
use crate::inventaire::InventaireCommand;
use crate::joueur::JoueurCommand;
use crate::unite::{Unite, Unites};
use crate::values::{
    CarnetId, ColisId, Intervention, InventaireId, JoueurId, Montant, OrdreId, RaisonOr,
    TransactionId,
};

/// Asks for goods: the gold leaves the purse, the player counts the order, and it is in the book.
///
/// # Errors
///
/// [`EconomieRefus::MontantTropGrand`]: no purse holds as much.
pub fn acheter<E: Unites>(
    engine: &E,
    context: Context,
    placer: PlacerOrdre,
) -> Result<E::Unite, EconomieRefus> {
    let PlacerOrdre { ordre, joueur, item, quantite, prix, .. } = placer;
    let montant = prix.fois(quantite).and_then(|or| or.montant());
    let montant = montant.ok_or(EconomieRefus::MontantTropGrand { prix, quantite })?;
    Ok(engine
        .atomic(context)
        .command(joueur, JoueurCommand::ReserverOr { ordre, montant })
        .command(CarnetId::de_l_item(item), EconomieCommand::PlacerAchat(placer)))
}

/// Who closes an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Par {
    /// A player: his own one.
    Joueur(JoueurId),
    /// An operator, with a reason.
    Operateur(Intervention),
    /// A timer, when the order's time is over.
    Minuterie,
}

impl Par {
    /// The leg of the book.
    #[must_use]
    pub fn command(self, cloture: Cloture) -> EconomieCommand {
        match self {
            Self::Joueur(joueur) => EconomieCommand::Annuler { joueur, cloture },
            Self::Operateur(intervention) => {
                EconomieCommand::AnnulerParOperateur { cloture, intervention }
            }
            Self::Minuterie => EconomieCommand::Expirer { cloture },
        }
    }
}

/// Closes an order: its goods go back into the bag, or its gold into the purse; or into a parcel, where those are full.
///
/// # Errors
///
/// [`EconomieRefus::OrdreIntrouvable`]: no such order is open in this state of the book.
pub fn clore<E: Unites>(
    engine: &E,
    context: Context,
    economie: &Economie,
    id: OrdreId,
    par: Par,
    en_colis: bool,
) -> Result<E::Unite, EconomieRefus> {
    let introuvable = EconomieRefus::OrdreIntrouvable { ordre: id };
    let (ordre, item) = economie.ordre(id).zip(economie.item()).ok_or(introuvable)?;
    let joueur = ordre.joueur_id;
    let ferme = !economie.est_du(id);
    let cloture = Cloture { ordre: id, reste: ordre.reste, ferme, en_colis };
    let unit = engine.atomic(context).command(CarnetId::de_l_item(item), par.command(cloture));
    let unit = match ordre.type_ordre {
        TypeOrdre::Vente => {
            let sac = InventaireId::du_joueur(joueur);
            unit.command(sac, retour(ordre, ordre.colis_de_restitution(item), en_colis))
        }
        TypeOrdre::Achat => match ordre.or_reserve().montant().filter(|_| !en_colis) {
            Some(montant) => unit.command(joueur, JoueurCommand::RendreOr { ordre: id, montant }),
            None => unit,
        },
    };
    Ok(match ferme {
        true => unit.command(joueur, JoueurCommand::FermerOrdre { ordre: id }),
        false => unit,
    })
}

/// The goods of an order leave what the bag has set aside.
fn retour(ordre: &Ordre, colis_id: ColisId, en_colis: bool) -> InventaireCommand {
    let Ordre { ordre_id, joueur_id, reste: quantite, .. } = *ordre;
    match en_colis {
        true => InventaireCommand::Consigner { joueur_id, ordre_id, quantite, colis_id },
        false => InventaireCommand::Liberer { joueur_id, ordre_id, quantite },
    }
}

/// Collects gold from a parcel, or as much of it as the purse can take.
///
/// # Errors
///
/// [`EconomieRefus::ColisIntrouvable`]: no such parcel with gold waits for the player in this state of the book.
pub fn retirer_or<E: Unites>(
    engine: &E,
    context: Context,
    economie: &Economie,
    (joueur, colis): (JoueurId, ColisId),
    montant: Montant,
) -> Result<E::Unite, EconomieRefus> {
    let introuvable = EconomieRefus::ColisIntrouvable { colis };
    let mut en_or = economie.colis_de(joueur).filter(|it| it.type_contenu == TypeContenu::Or);
    let trouve = en_or.find(|it| it.colis_id == colis).and(economie.item());
    let item = trouve.ok_or(introuvable)?;
    let combien = NonZeroU32::MIN.saturating_add(montant.get() - 1);
    let retirer = EconomieCommand::RetirerColis {
        joueur,
        colis,
        contenu: TypeContenu::Or,
        quantite: combien,
    };
    let (raison, transaction) = (RaisonOr::Colis, TransactionId::new(colis.as_uuid()));
    Ok(engine
        .atomic(context)
        .command(CarnetId::de_l_item(item), retirer)
        .command(joueur, JoueurCommand::Crediter { montant, raison, transaction }))
}
