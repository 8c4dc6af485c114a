//! Who gets a name.

use aether_core::{Aggregate, Draft, Facts};

use super::commands::ReservationCommand;
use super::events::{RaisonLiberation, ReservationEvent};
use super::refus::ReservationRefus;
use super::state::{Reservation, Tenue};
use crate::values::{JoueurId, NomUtilisateur};

/// A decision in the making.
type Suite = Draft<Reservation>;

impl Aggregate for Reservation {
    const TYPE: &'static str = "Reservation";
    type Command = ReservationCommand;
    type Event = ReservationEvent;
    type Error = ReservationRefus;

    fn decide(
        &self,
        command: &ReservationCommand,
        facts: &Facts,
    ) -> Result<Vec<ReservationEvent>, ReservationRefus> {
        let mut suite = Draft::of(self);
        match command {
            ReservationCommand::Reserver { nom, joueur } => {
                reserver(&mut suite, nom, *joueur, facts)?;
            }
            ReservationCommand::Attribuer { nom, joueur } => {
                attribuer(&mut suite, nom, *joueur, facts)?;
            }
            ReservationCommand::Renoncer { joueur } => renoncer(&mut suite, *joueur, facts)?,
            ReservationCommand::Expirer => expirer(&mut suite, facts),
        }
        Ok(suite.into_events())
    }

    fn apply(&mut self, event: &ReservationEvent) {
        self.applique(event);
    }

    /// With the name and its key.
    fn weigh(&self) -> usize {
        let cle = self.cle.as_ref().map_or(0, String::len);
        size_of::<Self>() + cle + self.tenue.as_ref().map_or(0, |tenue| tenue.nom.len())
    }
}

/// Nothing happens when the name is reserved for this player already.
fn reserver(
    suite: &mut Suite,
    nom: &NomUtilisateur,
    joueur: JoueurId,
    facts: &Facts,
) -> Result<(), ReservationRefus> {
    let cle = cle_du_flux(suite, nom)?;
    expirer(suite, facts);
    match suite.tenue() {
        Some(tenue) if tenue.joueur != joueur => Err(pris(nom)),
        Some(tenue) => est_reservee(tenue),
        None => {
            suite.emit(ReservationEvent::NomReserve {
                nom: nom.to_string(),
                cle,
                joueur_id: joueur,
                reserve_a: facts.now(),
                expire_a: facts.now() + Reservation::DUREE,
            });
            Ok(())
        }
    }
}

fn attribuer(
    suite: &mut Suite,
    nom: &NomUtilisateur,
    joueur_id: JoueurId,
    facts: &Facts,
) -> Result<(), ReservationRefus> {
    reserver(suite, nom, joueur_id, facts)?;
    let cle = nom.cle();
    let nom = nom.to_string();
    suite.emit(ReservationEvent::NomAttribue { nom, cle, joueur_id, attribue_a: facts.now() });
    Ok(())
}

fn renoncer(suite: &mut Suite, joueur: JoueurId, facts: &Facts) -> Result<(), ReservationRefus> {
    let du_joueur = suite.tenue().filter(|tenue| tenue.joueur == joueur);
    est_reservee(du_joueur.ok_or(ReservationRefus::NomNonReserve)?)?;
    liberer(suite, RaisonLiberation::Renoncee, facts);
    Ok(())
}

fn expirer(suite: &mut Suite, facts: &Facts) {
    if suite.tenue().is_some_and(|tenue| tenue.est_expiree(facts.now())) {
        liberer(suite, RaisonLiberation::Expiree, facts);
    }
}

fn liberer(suite: &mut Suite, raison: RaisonLiberation, facts: &Facts) {
    let cle = suite.cle.clone();
    if let (Some(Tenue { nom, joueur, .. }), Some(cle)) = (suite.tenue().cloned(), cle) {
        let libere_a = facts.now();
        suite.emit(ReservationEvent::NomLibere { nom, cle, joueur_id: joueur, raison, libere_a });
    }
}

/// The key of the name, which must be that of the stream.
fn cle_du_flux(suite: &Suite, nom: &NomUtilisateur) -> Result<String, ReservationRefus> {
    let cle = nom.cle();
    match &suite.cle {
        Some(attendue) if *attendue != cle => {
            Err(ReservationRefus::NomDUnAutreFlux { cle, attendue: attendue.clone() })
        }
        _ => Ok(cle),
    }
}

fn est_reservee(tenue: &Tenue) -> Result<(), ReservationRefus> {
    match tenue.expire_a {
        Some(_) => Ok(()),
        None => Err(ReservationRefus::NomDejaAttribue { nom: tenue.nom.clone() }),
    }
}

fn pris(nom: &NomUtilisateur) -> ReservationRefus {
    ReservationRefus::NomPris { nom: nom.to_string() }
}
