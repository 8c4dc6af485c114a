//! What a step grants: the sheets that it needs, and what does not fit.

use std::collections::BTreeMap;

use aether_core::Result;
use aether_core::process::Run;

use super::etape::Essai;
use crate::inventaire::Inventaire;
use crate::item::{FicheItem, Item};
use crate::joueur::Joueur;
use crate::recompense::{EnAttente, Recompense};
use crate::values::{Experience, InventaireId, ItemId};

/// The sheet of an item as the catalogue has it, be it withdrawn or not.
pub(super) async fn fiche(run: &Run<'_>, item_id: ItemId) -> Result<Option<FicheItem>> {
    let item = run.find(item_id).await?;
    Ok(item.and_then(|it| Some(it.state.proprietes()?.fiche(item_id))))
}

/// The sheets of what can be granted, each once, with how many. Items that the catalogue has no more are left out.
pub(super) async fn fiches(
    run: &Run<'_>,
    items: impl IntoIterator<Item = (ItemId, u32)>,
) -> Result<Vec<(FicheItem, u32)>> {
    let mut nombres: BTreeMap<ItemId, u32> = BTreeMap::new();
    for (item_id, nombre) in items {
        let somme = nombres.entry(item_id).or_default();
        *somme = somme.saturating_add(nombre);
    }
    let mut fiches = Vec::with_capacity(nombres.len());
    for (item_id, nombre) in nombres {
        let item = run.find(item_id).await?.filter(|it| !it.state.est_detruit());
        let proprietes = item.as_ref().and_then(|it: &_| Item::proprietes(&it.state));
        fiches.extend(proprietes.map(|it| (it.fiche(item_id), nombre)));
    }
    Ok(fiches)
}

/// What of a reward waits in parcels, by attempt.
pub(super) async fn en_attente(
    run: &Run<'_>,
    essai: Essai,
    recompense: &Recompense,
    joueur: &Joueur,
) -> Result<EnAttente> {
    Ok(match essai {
        Essai::Premier => EnAttente::default(),
        Essai::Suivant => {
            let sac = run.find::<Inventaire>(InventaireId::du_joueur(recompense.joueur_id)).await?;
            recompense.qui_deborde(joueur, &sac.unwrap_or_default().state)
        }
        Essai::Dernier => recompense.tout_attend(),
    })
}

/// As much of it as the player can still gain.
pub(super) fn experience(joueur: &Joueur, gagnee: Experience) -> Experience {
    let reste = Experience::MAX.moins(joueur.experience()).unwrap_or_default();
    gagnee.min(reste)
}
