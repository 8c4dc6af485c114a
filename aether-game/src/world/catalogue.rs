//! Everything that a world consists of before anybody lives in it, and the commands that bring it about.

use std::collections::HashMap;
use std::sync::Arc;

use aether_core::uuid::Uuid;

use super::competences::competences;
use super::hasard::Hasard;
use super::items::{WorldItem, fondateur, items};
use super::noms::Noms;
use super::pnj::pnj;
use super::quetes::{Matiere, quetes};
use super::zones::{WorldBoss, WorldZone, boss, zones};
use crate::competence::FicheCompetence;
use crate::monde::MondeCommand;
use crate::pnj::FichePnj;
use crate::quete::FicheQuete;
use crate::values::{BossId, CompetenceId, ItemId, PnjId, QueteId};

/// The catalogue of a world: 500 items, 120 skills, 300 quests, 40 zones, 60 bosses, 200 characters.
///
/// Names are unique within it, and everything that is named exists. Requirements make no circles.
#[derive(Debug)]
pub struct Catalogue {
    items: Vec<WorldItem>,
    competences: Vec<Arc<FicheCompetence>>,
    quetes: Vec<Arc<FicheQuete>>,
    zones: Vec<WorldZone>,
    boss: Vec<WorldBoss>,
    pnj: Vec<Arc<FichePnj>>,
    /// The place of each in its list.
    places: HashMap<Uuid, usize>,
    /// Who buys an item.
    marchands: HashMap<ItemId, Vec<PnjId>>,
}

impl Catalogue {
    /// The catalogue that follows from a seed.
    pub(super) fn new(seed: u64) -> Self {
        let mut hasard = Hasard::new(seed);
        let monde = hasard.uuid(chrono::DateTime::UNIX_EPOCH);
        let id =
            |sorte: &str, place: usize| Uuid::new_v5(&monde, format!("{sorte}/{place}").as_bytes());
        let mut noms = Noms::default();
        let items = items(&mut noms, &mut hasard, |place| id("item", place).into());
        let competences = competences(&mut noms, &mut hasard, |n| id("competence", n).into());
        let zones = zones(&mut noms, &mut hasard, &items, |place| id("zone", place).into());
        let boss = boss(&mut noms, &mut hasard, &zones, |place| id("boss", place).into());
        let matiere = (zones.as_slice(), items.as_slice());
        let pnj = pnj(&mut noms, &mut hasard, matiere, |place| id("pnj", place).into());
        let matiere = Matiere { items: &items, zones: &zones, boss: &boss, pnj: &pnj };
        let quetes = quetes(&mut noms, &mut hasard, &matiere, |place| id("quete", place).into());
        let mut catalogue = Self {
            items,
            competences: competences.into_iter().map(Arc::new).collect(),
            quetes: quetes.into_iter().map(Arc::new).collect(),
            zones,
            boss,
            pnj: pnj.into_iter().map(Arc::new).collect(),
            places: HashMap::new(),
            marchands: HashMap::new(),
        };
        catalogue.places = catalogue.ids().collect();
        for pnj in &catalogue.pnj {
            for article in &pnj.articles {
                catalogue.marchands.entry(article.item_id).or_default().push(pnj.pnj_id);
            }
        }
        catalogue
    }

    fn ids(&self) -> impl Iterator<Item = (Uuid, usize)> {
        let items = self.items.iter().map(|it| it.id.as_uuid()).enumerate();
        let competences = self.competences.iter().map(|it| it.competence_id.as_uuid()).enumerate();
        let quetes = self.quetes.iter().map(|it| it.quete_id.as_uuid()).enumerate();
        let zones = self.zones.iter().map(|it| it.id.as_uuid()).enumerate();
        let boss = self.boss.iter().map(|it| it.id.as_uuid()).enumerate();
        let pnj = self.pnj.iter().map(|it| it.pnj_id.as_uuid()).enumerate();
        let all = items.chain(competences).chain(quetes).chain(zones).chain(boss).chain(pnj);
        all.map(|(place, id)| (id, place))
    }

    /// The items, materials first.
    #[must_use]
    pub fn items(&self) -> &[WorldItem] {
        &self.items
    }

    /// The skills, school by school.
    #[must_use]
    pub fn competences(&self) -> &[Arc<FicheCompetence>] {
        &self.competences
    }

    /// The quests, the main story first.
    #[must_use]
    pub fn quetes(&self) -> &[Arc<FicheQuete>] {
        &self.quetes
    }

    /// The zones, the easiest first.
    #[must_use]
    pub fn zones(&self) -> &[WorldZone] {
        &self.zones
    }

    /// The bosses, the easiest first.
    #[must_use]
    pub fn boss(&self) -> &[WorldBoss] {
        &self.boss
    }

    /// The characters, kind by kind: creatures, merchants, those who offer quests, guards, inhabitants.
    #[must_use]
    pub fn pnj(&self) -> &[Arc<FichePnj>] {
        &self.pnj
    }

    /// An item.
    #[must_use]
    pub fn item(&self, id: ItemId) -> Option<&WorldItem> {
        self.items.get(*self.places.get(&id.as_uuid())?)
    }

    /// A skill.
    #[must_use]
    pub fn competence(&self, id: CompetenceId) -> Option<&Arc<FicheCompetence>> {
        self.competences.get(*self.places.get(&id.as_uuid())?)
    }

    /// A quest.
    #[must_use]
    pub fn quete(&self, id: QueteId) -> Option<&Arc<FicheQuete>> {
        self.quetes.get(*self.places.get(&id.as_uuid())?)
    }

    /// A character.
    #[must_use]
    pub fn personnage(&self, id: PnjId) -> Option<&Arc<FichePnj>> {
        self.pnj.get(*self.places.get(&id.as_uuid())?)
    }

    /// A boss.
    #[must_use]
    pub fn un_boss(&self, id: BossId) -> Option<&WorldBoss> {
        self.boss.get(*self.places.get(&id.as_uuid())?)
    }

    /// The merchants that buy and sell an item.
    #[must_use]
    pub fn marchands(&self, item: ItemId) -> &[PnjId] {
        self.marchands.get(&item).map_or(&[], Vec::as_slice)
    }

    /// What the world is asked for in the beginning: the resources of each zone, and each boss.
    pub fn commandes_du_monde(&self) -> impl Iterator<Item = MondeCommand> {
        let ressources = self.zones.iter().map(|zone| MondeCommand::DeclarerRessources {
            zone: zone.id,
            gisements: zone.gisements.clone(),
            intervention: fondateur("répartition des ressources"),
        });
        let boss = self.boss.iter().map(WorldBoss::apparition);
        ressources.chain(boss)
    }
}

impl WorldBoss {
    /// The command by which it appears.
    #[must_use]
    pub fn apparition(&self) -> MondeCommand {
        MondeCommand::FaireApparaitreBoss {
            boss: self.id,
            nom: self.nom.clone(),
            zone: self.zone_id,
            repos_s: self.repos_s,
        }
    }
}
