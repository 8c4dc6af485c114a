//! The world: zones that are discovered, and what grows in them.

use aether_core::Context;

use super::RIEN;
use crate::bots::vie::bot::Bot;
use crate::bots::vie::moteur::{Acte, Arret};
use crate::joueur::{JoueurCommand, RaisonExperience};
use crate::monde::MondeCommand;
use crate::values::{ItemId, MondeId, ZoneId};
use crate::world::WorldZone;
use crate::world::choix::monde::{self, Recolte};
use crate::world::choix::sac;
use crate::world::gestes::cueillir;

impl Bot {
    /// Sets foot in a zone: the one that was named, or one for his level where he was not yet. Where others were before, he gathers.
    pub(super) async fn explore(&mut self, ou: Option<ZoneId>) -> Acte {
        let niveau = self.joueur().await?.state.niveau();
        let vues = (niveau, &self.memoire.zones);
        let choisie = monde::a_explorer(self.world.catalogue(), vues, ou, &mut self.hasard);
        let zone = choisie.ok_or(RIEN)?.clone();
        let monde = self.etat(MondeId::UNIQUE).await?;
        let premier = !monde.state.est_decouverte(zone.id);
        let mut unit = self.engine.atomic(Context::new());
        if premier {
            let decouvrir = MondeCommand::DecouvrirZone {
                zone: zone.id,
                nom: zone.nom.clone(),
                joueur: self.id,
            };
            unit = unit.command(MondeId::UNIQUE, decouvrir);
        }
        if !self.memoire.zones.contains(&zone.id) {
            let montant = monde::experience(premier);
            let raison = RaisonExperience::Decouverte;
            unit = unit.command(self.id, JoueurCommand::GagnerExperience { montant, raison });
            self.commet(unit).await?;
            self.memoire.zones.insert(zone.id);
        }
        match premier {
            true => Ok(()),
            // a harvest counts as a visit
            false => self.recolte_dans(&zone, None).await.or_else(visite),
        }
    }

    /// Gathers one or two resources of a zone for his level, or one that was named.
    pub(super) async fn recolte(&mut self, quoi: Option<ItemId>) -> Acte {
        let niveau = self.joueur().await?.state.niveau();
        let catalogue = self.world.catalogue();
        let choisie = monde::a_recolter(catalogue, niveau, quoi, &mut self.hasard);
        let (zone, recoltes) = choisie.ok_or(RIEN)?;
        let zone = zone.id;
        self.cueille(zone, recoltes).await
    }

    async fn recolte_dans(&mut self, zone: &WorldZone, quoi: Option<ItemId>) -> Acte {
        let recoltes = monde::dans_la_zone(zone, quoi, &mut self.hasard);
        self.cueille(zone.id, recoltes).await
    }

    async fn cueille(&mut self, zone: ZoneId, recoltes: Vec<Recolte>) -> Acte {
        let plein = sac::est_charge(&self.sac().await?.state);
        let monde = self.etat(MondeId::UNIQUE).await?;
        if plein || !monde::reste(&monde.state, zone, &recoltes) {
            return Err(RIEN);
        }
        let mut fiches = Vec::with_capacity(recoltes.len());
        for (_, item, _) in &recoltes {
            fiches.push(self.fiche(*item).await?);
        }
        let ou = (self.id, zone);
        let unit = cueillir(&self.engine, Context::new(), ou, &recoltes, fiches);
        self.commet(unit).await.map(drop)
    }
}

/// To have set foot in a zone is something, also when nothing grows there.
fn visite(arret: Arret) -> Acte {
    match arret {
        Arret::Rien => Ok(()),
        arret => Err(arret),
    }
}
