//! The world: zones that are discovered, and what grows in them.

use aether_core::Context;

use super::Fait;
use super::quetes::visite;
use crate::inventaire::InventaireCommand;
use crate::inventaire::unites::avec_fiche;
use crate::joueur::{JoueurCommand, RaisonExperience};
use crate::monde::{Monde, MondeCommand};
use crate::quete::TypeObjectif;
use crate::unite::{Unite as _, Unites as _};
use crate::values::{ItemId, MondeId, Quantite, RaisonItem, ZoneId};
use crate::world::bornes;
use crate::world::choix::sac;
use crate::world::histoire::History;
use crate::world::histoire::vie::Qui;
use crate::world::zones::WorldZone;

impl History {
    /// Sets foot in a zone: the one that was named, or one for his level where he was not yet.
    pub(super) fn explore(&mut self, qui: Qui, ou: Option<ZoneId>) -> Fait {
        let niveau = self.joueur(qui).niveau().get().saturating_add(4);
        let vues = &self.vies.get(qui.n)?.zones;
        let zones = self.catalogue.zones().iter();
        let possibles: Vec<&WorldZone> = match ou {
            Some(id) => zones.filter(|it| it.id == id).collect(),
            None => {
                zones.filter(|it| it.niveau.get() <= niveau && !vues.contains(&it.id)).collect()
            }
        };
        let WorldZone { id: zone, nom, .. } = (*self.hasard.pick(&possibles)?).clone();
        let decouvrir = MondeCommand::DecouvrirZone { zone, nom, joueur: qui.id };
        let cause = self.scribe.pen().execute(MondeId::UNIQUE, decouvrir).ok()?;
        let nouvelle = self.vie(qui, |vie| vie.zones.insert(zone))?;
        let montant = bornes::experience(if cause.is_some() { 200 } else { 25 });
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
        let niveau = self.joueur(qui).niveau().get().saturating_add(3);
        let zones = self.catalogue.zones().iter().filter(|it| {
            let pousse = |item| it.gisements.iter().any(|gisement| gisement.item == item);
            quoi.map_or(it.niveau.get() <= niveau, pousse)
        });
        let zones: Vec<&WorldZone> = zones.collect();
        let premiere = zones.len().saturating_sub(4);
        let zone = (*self.hasard.pick(zones.get(premiere..)?)?).clone();
        let mut recoltes = Vec::new();
        for gisement in &zone.gisements {
            let voulu = quoi.map_or_else(|| self.hasard.chance(40), |item| item == gisement.item);
            if voulu && recoltes.len() < 2 {
                let quantite = bornes::quantite(self.hasard.between(4, 20));
                recoltes.push((gisement.ressource, gisement.item, quantite));
            }
        }
        self.cueille(qui, zone.id, &recoltes)
    }

    fn cueille(
        &mut self,
        qui: Qui,
        zone: ZoneId,
        recoltes: &[(crate::values::RessourceId, ItemId, Quantite)],
    ) -> Fait {
        let du_monde: Vec<_> = recoltes.iter().map(|(ressource, _, n)| (*ressource, *n)).collect();
        let reste = |monde: &Monde| {
            let gisements = monde.zone(zone).map(|zone| &zone.gisements);
            du_monde.iter().all(|(ressource, n)| {
                let gisement = gisements.and_then(|it| it.get(ressource));
                gisement.is_some_and(|it| it.quantite >= u32::from(n.get()))
            })
        };
        if du_monde.is_empty() || !reste(&self.scribe.state::<Monde>(MondeId::UNIQUE)) {
            return None;
        }
        let recolter = MondeCommand::Recolter { zone, joueur: qui.id, recoltes: du_monde };
        let pen = self.scribe.pen();
        let mut unit = pen.atomic(Context::new()).command(MondeId::UNIQUE, recolter);
        for (_, item, quantite) in recoltes {
            let fiche = self.fiche(*item)?;
            let ajouter = InventaireCommand::Ajouter {
                joueur_id: qui.id,
                fiche: Box::new(fiche.clone()),
                quantite: *quantite,
                source: RaisonItem::Recolte,
                reference: None,
            };
            unit = avec_fiche(unit.command(qui.sac(), ajouter), fiche);
        }
        unit.commit().ok().map(drop)
    }
}
