//! The world: zones that are discovered, and what grows in them.

use aether_core::Context;

use super::Fait;
use super::quetes::visite;
use crate::joueur::{JoueurCommand, RaisonExperience};
use crate::monde::{Monde, MondeCommand};
use crate::quete::TypeObjectif;
use crate::values::{ItemId, MondeId, ZoneId};
use crate::world::choix::{monde, sac};
use crate::world::gestes::cueillir;
use crate::world::histoire::History;
use crate::world::histoire::vie::Qui;
use crate::world::zones::WorldZone;

impl History {
    /// Sets foot in a zone: the one that was named, or one for his level where he was not yet.
    pub(super) fn explore(&mut self, qui: Qui, ou: Option<ZoneId>) -> Fait {
        let niveau = self.joueur(qui).niveau();
        let vues = &self.vies.get(qui.n)?.zones;
        let choisie = monde::a_explorer(&self.catalogue, (niveau, vues), ou, &mut self.hasard)?;
        let WorldZone { id: zone, nom, .. } = choisie.clone();
        let decouvrir = MondeCommand::DecouvrirZone { zone, nom, joueur: qui.id };
        let cause = self.scribe.pen().execute(MondeId::UNIQUE, decouvrir).ok()?;
        let nouvelle = self.vie(qui, |vie| vie.zones.insert(zone))?;
        let montant = monde::experience(cause.is_some());
        let raison = RaisonExperience::Decouverte;
        if nouvelle {
            let gagner = JoueurCommand::GagnerExperience { montant, raison };
            self.scribe.because(cause).execute(qui.id, gagner).ok()?;
        }
        let fait = visite(qui, zone.into(), self.agenda.maintenant());
        self.compte(qui, (TypeObjectif::Explore, fait.cible), fait.fait_id, fait.quantite, cause);
        Some(())
    }

    /// Gathers one or two resources of a zone for his level, or one that was named.
    pub(super) fn recolte(&mut self, qui: Qui, quoi: Option<ItemId>) -> Fait {
        if sac::est_charge(&self.sac(qui)) {
            return None;
        }
        let niveau = self.joueur(qui).niveau();
        let (zone, recoltes) = {
            let (zone, recoltes) =
                monde::a_recolter(&self.catalogue, niveau, quoi, &mut self.hasard)?;
            (zone.id, recoltes)
        };
        if !monde::reste(&self.scribe.state::<Monde>(MondeId::UNIQUE), zone, &recoltes) {
            return None;
        }
        let items = recoltes.iter().map(|(_, item, _)| self.fiche(*item));
        let fiches: Vec<_> = items.collect::<Option<_>>()?;
        let pen = self.scribe.pen();
        cueillir(&pen, Context::new(), (qui.id, zone), &recoltes, fiches).commit().ok().map(drop)
    }
}
