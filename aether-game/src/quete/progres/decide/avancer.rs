//! What counts for an objective, and for which.

use aether_core::Draft;
use chrono::{DateTime, Utc};

use crate::quete::fiche::Objectif;
use crate::quete::ids::FaitId;
use crate::quete::mots::TypeObjectif;
use crate::quete::progres::commands::Fait;
use crate::quete::progres::events::ProgresEvent;
use crate::quete::progres::state::Progres;
use crate::values::{ObjectifId, Quantite};

/// Which objectives a fact may serve.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ouverts {
    /// Those of the open stage.
    Etape,
    /// All: what was so before counts for later stages too.
    Tous,
}

/// What happened in time counts, also when it is heard of later.
pub(super) fn progresser(
    progres: &Progres,
    tentative: u32,
    fait: &Fait,
    maintenant: DateTime<Utc>,
) -> Vec<ProgresEvent> {
    if progres.a_temps(tentative, fait.survenu_a).is_err() {
        return Vec::new();
    }
    let mut draft = Draft::of(progres);
    compter(&mut draft, fait, Ouverts::Etape, maintenant);
    draft.into_events()
}

/// Counts a fact for the first objective that it serves. A fact counts once, and only deliveries serve [`TypeObjectif::Collect`].
pub(super) fn compter(
    draft: &mut Draft<Progres>,
    fait: &Fait,
    ouverts: Ouverts,
    maintenant: DateTime<Utc>,
) {
    if fait.type_objectif == TypeObjectif::Collect || draft.comptes.contains(&fait.fait_id) {
        return;
    }
    let etape = draft.etape();
    let sert = |objectif: &Objectif| {
        objectif.type_objectif == fait.type_objectif
            && objectif.cible == fait.cible
            && (ouverts == Ouverts::Tous || Some(objectif.ordre) == etape)
    };
    let incomplets = draft.objectifs().filter(|(objectif, fait)| *fait < objectif.requis.get());
    let premier = incomplets.filter(|(it, _)| sert(it)).min_by_key(|(it, _)| it.ordre);
    if let Some(objectif) = premier.map(|(objectif, _)| *objectif) {
        avancer(draft, &objectif, fait.fait_id, fait.quantite, maintenant);
    }
}

/// Brings an objective closer, never past what it asks for.
pub(super) fn avancer(
    draft: &mut Draft<Progres>,
    objectif: &Objectif,
    fait_id: FaitId,
    quantite: Quantite,
    maintenant: DateTime<Utc>,
) {
    let Some((joueur_id, quete_id)) = draft.engagement().map(|it| (it.joueur_id, it.quete_id))
    else {
        return;
    };
    let tentative = draft.tentative();
    let etape = draft.etape();
    let requis = objectif.requis.get();
    let avant = draft.place(objectif.id).map_or(0, |place| draft.avances[place]);
    let apres = avant.saturating_add(quantite.get()).min(requis);
    let pourcentage_apres = draft.pourcentage_avec(objectif.id, apres);
    let progresse = ProgresEvent::ObjectifProgresse {
        joueur_id,
        quete_id,
        tentative,
        objectif_id: objectif.id,
        avant,
        apres,
        requis,
        pourcentage_avant: draft.pourcentage(),
        pourcentage_apres,
        fait_id,
    };
    draft.emit(progresse);
    if apres == requis {
        let complete = ProgresEvent::ObjectifComplete {
            joueur_id,
            quete_id,
            tentative,
            objectif_id: objectif.id,
            debloques: debloques(draft, etape),
            dernier: draft.est_complete(),
            complete_a: maintenant,
        };
        draft.emit(complete);
    }
}

/// The objectives that are open now, when the stage is another one than before.
fn debloques(progres: &Progres, avant: Option<u8>) -> Vec<ObjectifId> {
    let etape = progres.etape();
    if etape == avant {
        return Vec::new();
    }
    let ouverts =
        progres.objectifs().filter(|(it, fait)| Some(it.ordre) == etape && *fait < it.requis.get());
    ouverts.map(|(it, _)| it.id).collect()
}
