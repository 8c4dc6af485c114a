//! World events: one that succeeds, one that runs out of time, and a boss that comes back.

use std::collections::BTreeMap;
use std::time::Duration;

use aether_core::Engine;
use aether_game::economie::Economie;
use aether_game::item::FicheItem;
use aether_game::joueur::Joueur;
use aether_game::monde::*;
use aether_game::processes::EvenementMondial;
use aether_game::values::*;

use super::{Scene, histoires};
use crate::inventaire::fixtures::potion;
use crate::monde::fixtures::{intervention, nom, nombre};
use crate::processes::troupe::*;

/// Two players gather six pieces of five that are asked for, and are rewarded. Nobody comes to the feast. A boss was beaten.
pub(crate) struct Moisson {
    /// The first one's bag and purse are full.
    pub(crate) plein: bool,
}

#[derive(Clone, Copy)]
pub(crate) struct Roles {
    joueurs: [JoueurId; 2],
    evenements: [EvenementId; 2],
    boss: BossId,
    item: ItemId,
}

/// Of both players: gold, potions, experience; potions that wait; the events that are still on; how often the boss has appeared.
#[derive(Debug, PartialEq)]
pub(crate) struct Issue {
    pub(crate) avoirs: [(u32, u32, u64); 2],
    pub(crate) colis: u64,
    pub(crate) en_cours: usize,
    pub(crate) boss: (u32, bool),
    pub(crate) histoires: BTreeMap<&'static str, Vec<String>>,
}

fn declenche(
    evenement: EvenementId,
    genre: TypeEvenement,
    zone: ZoneId,
    item: ItemId,
) -> MondeCommand {
    let items = vec![ItemAccorde { item_id: item, quantite: Quantite::fixe::<2>() }];
    let recompense =
        RecompenseEvenement { experience: Experience::fixe::<40>(), or: Or::fixe::<30>(), items };
    MondeCommand::DeclencherEvenement(DeclencherEvenement {
        evenement,
        nom: nom("Moisson"),
        type_evenement: genre,
        zone: Some(zone),
        requis: nombre(5),
        duree_s: 1_800,
        recompense,
    })
}

/// A boss appears and is beaten.
async fn hydre(engine: &Engine, joueur: JoueurId) -> BossId {
    let (boss, zone) = (BossId::generate(), ZoneId::generate());
    let apparait =
        MondeCommand::FaireApparaitreBoss { boss, nom: nom("Hydre"), zone, repos_s: 3_600 };
    let vainc = MondeCommand::VaincreBoss {
        boss,
        apparition: 1,
        combat: CombatId::generate(),
        vainqueurs: vec![joueur],
    };
    for command in [apparait, vainc] {
        engine.execute(MondeId::UNIQUE, command).await.unwrap();
    }
    boss
}

impl Scene for Moisson {
    type Manager = EvenementMondial;
    type Roles = Roles;
    type Issue = Issue;

    const MANAGER: EvenementMondial = EvenementMondial;
    const PAUSES: &'static [Duration] = &[Duration::from_mins(30), Duration::from_mins(30)];

    async fn prepare(&self, engine: &Engine) -> Roles {
        let fiche = potions(engine).await;
        let or = if self.plein { Or::MAX.get() } else { 100 };
        let joueurs = [joueur(engine, or).await, joueur(engine, 100).await];
        let (zone, ressource) = (ZoneId::generate(), RessourceId::generate());
        let gisement = NouveauGisement {
            ressource,
            item: ItemId::generate(),
            maximum: nombre(100),
            par_heure: 1,
        };
        let gisements = MondeCommand::DeclarerRessources {
            zone,
            gisements: vec![gisement],
            intervention: intervention(),
        };
        let evenements = [EvenementId::generate(), EvenementId::generate()];
        let genres = [TypeEvenement::Collecte, TypeEvenement::Festival];
        let [moisson, fete] =
            [0, 1].map(|n| declenche(evenements[n], genres[n], zone, fiche.item_id));
        let recolte = |joueur| MondeCommand::Recolter {
            zone,
            joueur,
            recoltes: vec![(ressource, Quantite::fixe::<3>())],
        };
        let [un, deux] = joueurs.map(recolte);
        for command in [gisements, moisson, fete, un, deux] {
            engine.execute(MondeId::UNIQUE, command).await.unwrap();
        }
        if self.plein {
            remplit(engine, joueurs[0]).await;
        }
        let boss = hydre(engine, joueurs[0]).await;
        Roles { joueurs, evenements, boss, item: fiche.item_id }
    }

    async fn issue(&self, engine: &Engine, roles: Roles) -> Issue {
        let Roles { joueurs, evenements, boss, item } = roles;
        let fiche = FicheItem { item_id: item, ..potion() };
        let mut avoirs = [(0, 0, 0); 2];
        for (joueur, avoir_) in joueurs.into_iter().zip(&mut avoirs) {
            let (or, items) = avoir(engine, joueur, &fiche).await;
            *avoir_ = (or, items, etat::<Joueur>(engine, joueur).await.experience().get());
        }
        let monde: Monde = etat(engine, MondeId::UNIQUE).await;
        let carnet: Economie = etat(engine, CarnetId::de_l_item(item)).await;
        let boss = monde.boss(boss).unwrap();
        let [un, deux] = joueurs;
        Issue {
            avoirs,
            colis: carnet.bilan().items_colis,
            en_cours: evenements.iter().filter(|it| monde.evenement(**it).is_some()).count(),
            boss: (boss.apparition, boss.reapparait_a.is_some()),
            histoires: histoires(
                engine,
                [("first", "Joueur", un.into()), ("second", "Joueur", deux.into())],
            )
            .await,
        }
    }
}
