//! Closing an order before all of it is traded: by its player, by an operator, or because its time is over.

use chrono::{DateTime, Utc};

use super::colis::Nouveau;
use crate::economie::commands::Cloture;
use crate::economie::events::{EconomieEvent, OrdreAnnule};
use crate::economie::mots::{RaisonAnnulation, RaisonColis, TypeContenu, TypeOrdre};
use crate::economie::ordre::Ordre;
use crate::economie::refus::EconomieRefus;
use crate::economie::state::Economie;
use crate::values::{Intervention, ItemId, JoueurId, OrdreId};

/// Who closes an order.
#[derive(Clone, Copy)]
pub(super) enum Demandeur<'a> {
    Joueur(JoueurId),
    Operateur(&'a Intervention),
    Minuterie,
}

pub(super) fn clore(
    economie: &Economie,
    cloture: &Cloture,
    demandeur: Demandeur<'_>,
    maintenant: DateTime<Utc>,
) -> Result<Vec<EconomieEvent>, EconomieRefus> {
    let Cloture { ordre: ordre_id, reste, ferme, en_colis } = *cloture;
    let introuvable = EconomieRefus::OrdreIntrouvable { ordre: ordre_id };
    let (ordre, item_id) = economie.ordre(ordre_id).zip(economie.item).ok_or(introuvable)?;
    demandeur.verifie(ordre, maintenant)?;
    if ordre.reste != reste {
        let trouve = ordre.reste;
        return Err(EconomieRefus::ResteChange { ordre: ordre_id, attendu: reste, trouve });
    }
    verifie_fermeture(ordre_id, ferme, !economie.est_du(ordre_id))?;
    let annule = EconomieEvent::OrdreAnnule(OrdreAnnule {
        ordre_id,
        type_ordre: ordre.type_ordre,
        joueur_id: ordre.joueur_id,
        item_id,
        quantite: ordre.quantite,
        reste,
        prix_unitaire: ordre.prix,
        or_rendu: ordre.or_reserve(),
        ferme,
        raison: demandeur.raison(),
        intervention: demandeur.intervention(),
    });
    let colis = en_colis.then(|| restitution(ordre, item_id).depose(item_id)).flatten();
    Ok([annule].into_iter().chain(colis).collect())
}

/// The count of open orders is in another leg, which has to be right.
pub(super) fn verifie_fermeture(
    ordre: OrdreId,
    attendue: bool,
    trouvee: bool,
) -> Result<(), EconomieRefus> {
    match attendue == trouvee {
        true => Ok(()),
        false => Err(EconomieRefus::FermetureChangee { ordre }),
    }
}

fn restitution(ordre: &Ordre, item_id: ItemId) -> Nouveau {
    let (type_contenu, quantite) = match ordre.type_ordre {
        TypeOrdre::Vente => (TypeContenu::Item, ordre.reste.get().into()),
        TypeOrdre::Achat => (TypeContenu::Or, ordre.or_reserve().get()),
    };
    Nouveau {
        colis_id: ordre.colis_de_restitution(item_id),
        joueur_id: ordre.joueur_id,
        type_contenu,
        quantite,
        raison: RaisonColis::Restitution,
        transaction_id: None,
        ordre_id: Some(ordre.ordre_id),
    }
}

impl Demandeur<'_> {
    fn verifie(self, ordre: &Ordre, maintenant: DateTime<Utc>) -> Result<(), EconomieRefus> {
        let Ordre { ordre_id, joueur_id, expire_a, .. } = *ordre;
        match self {
            Self::Joueur(joueur) if joueur != joueur_id => {
                Err(EconomieRefus::OrdreDAutrui { ordre: ordre_id })
            }
            Self::Minuterie if maintenant < expire_a => {
                Err(EconomieRefus::OrdreEnCours { ordre: ordre_id, expire_a })
            }
            _ => Ok(()),
        }
    }

    const fn raison(self) -> RaisonAnnulation {
        match self {
            Self::Joueur(_) => RaisonAnnulation::Joueur,
            Self::Operateur(_) => RaisonAnnulation::Operateur,
            Self::Minuterie => RaisonAnnulation::Expiration,
        }
    }

    fn intervention(self) -> Option<Intervention> {
        match self {
            Self::Operateur(intervention) => Some(intervention.clone()),
            Self::Joueur(_) | Self::Minuterie => None,
        }
    }
}
