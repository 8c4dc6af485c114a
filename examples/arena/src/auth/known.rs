//! Accounts by name.

use aether_core::{Engine, Error};
use aether_game::reservation::Reservation;
use aether_game::values::{JoueurId, NomUtilisateur, ReservationId};

use crate::compte::{Compte, CompteId, Role};

/// An account under a name.
pub(crate) struct Known {
    pub(crate) id: CompteId,
    pub(crate) player: JoueurId,
    pub(crate) role: Role,
    pub(crate) name: String,
}

/// The account under a name, or under one that looks like it. Two loads; no table is asked.
pub(crate) async fn find(engine: &Engine, name: &str) -> Result<Option<Known>, Error> {
    // what cannot be a name is nobody's
    let Ok(name) = NomUtilisateur::new(name) else { return Ok(None) };
    let held = engine.find::<Reservation>(ReservationId::du_nom(&name.cle())).await?;
    let player = held.and_then(|held| Some(held.state.tenue()?.joueur));
    let Some(id) = player.map(CompteId::du_joueur) else { return Ok(None) };
    let Some(account) = engine.find::<Compte>(id).await? else { return Ok(None) };
    let holder = account.state.titulaire();
    let role = account.state.role();
    Ok(holder.map(|holder| Known { id, player: holder.joueur, role, name: holder.nom.clone() }))
}
