//! What a character says, and to whom.

use chrono::{DateTime, Utc};

use super::Decision;
use crate::pnj::events::PnjEvent;
use crate::pnj::fiche::{DialogueId, FichePnj};
use crate::pnj::refus::PnjRefus;
use crate::pnj::state::Pnj;
use crate::values::JoueurId;

pub(super) fn parler(
    pnj: &Pnj,
    fiche: &FichePnj,
    joueur_id: JoueurId,
    dialogue_id: DialogueId,
    maintenant: DateTime<Utc>,
) -> Decision {
    let dialogue = pnj.dialogue(dialogue_id);
    let dialogue = dialogue.ok_or(PnjRefus::DialogueInconnu { dialogue: dialogue_id })?;
    pnj.apprecie(joueur_id, dialogue.reputation_min.get())?;
    Ok(vec![PnjEvent::DialogueDeclenche {
        pnj_id: fiche.pnj_id,
        pnj_nom: fiche.nom.clone(),
        zone_id: fiche.zone_id,
        joueur_id,
        dialogue_id,
        texte: dialogue.texte.clone(),
        declenche_a: maintenant,
    }])
}
