//! Items that are handed in: they count whole, for one quest, or not at all.

use aether_core::Draft;
use chrono::{DateTime, Utc};

use super::Decision;
use super::avancer::avancer;
use crate::quete::ids::{CibleId, FaitId};
use crate::quete::mots::TypeObjectif;
use crate::quete::progres::commands::Livraison;
use crate::quete::progres::events::Engagement;
use crate::quete::progres::refus::ProgresRefus;
use crate::quete::progres::state::Progres;

pub(super) fn livrer(
    progres: &Progres,
    engagement: &Engagement,
    livraison: &Livraison,
    maintenant: DateTime<Utc>,
) -> Decision {
    let id = livraison.objectif_id;
    let place = progres.place(id).ok_or(ProgresRefus::ObjectifInconnu { objectif: id })?;
    let objectif = &engagement.objectifs[place];
    if objectif.type_objectif != TypeObjectif::Collect {
        return Err(ProgresRefus::PasUneLivraison { objectif: id });
    }
    if objectif.cible != CibleId::from(livraison.item_id) {
        return Err(ProgresRefus::AutreItem { voulu: objectif.cible, livre: livraison.item_id });
    }
    let restant = objectif.requis.get().saturating_sub(progres.avances[place]);
    if restant == 0 {
        return Err(ProgresRefus::ObjectifComplet { objectif: id });
    }
    if progres.etape() != Some(objectif.ordre) {
        return Err(ProgresRefus::ObjectifFerme { objectif: id });
    }
    let quantite = livraison.quantite;
    if quantite.get() > restant {
        return Err(ProgresRefus::LivraisonExcessive { quantite, restant });
    }
    let fait = FaitId::new(livraison.transaction.as_uuid());
    if progres.comptes.contains(&fait) {
        return Err(ProgresRefus::LivraisonDejaComptee { livraison: fait });
    }
    let mut draft = Draft::of(progres);
    avancer(&mut draft, objectif, fait, quantite, maintenant);
    Ok(draft.into_events())
}
