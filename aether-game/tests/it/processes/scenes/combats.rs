//! Combats that end: won, lost to the clock, and against a boss.

use std::collections::BTreeMap;
use std::time::Duration;

use aether_core::{Context, Engine};
use aether_game::combat::*;
use aether_game::economie::Economie;
use aether_game::equipement::{Equipement, unites as equipement};
use aether_game::inventaire::Inventaire;
use aether_game::item::{Emplacement, FicheItem};
use aether_game::joueur::Joueur;
use aether_game::monde::{Monde, MondeCommand};
use aether_game::processes::CombatLifecycle;
use aether_game::values::*;

use super::{Scene, histoires};
use crate::inventaire::fixtures::{potion, q};
use crate::processes::troupe::*;

/// Two players beat a foe: 7 experience, 51 gold and 3 potions are theirs. One has drunk a potion that he brought, and his sword
/// breaks.
pub(crate) struct Butin {
    /// Bags and purses are full.
    pub(crate) plein: bool,
}

#[derive(Clone, Copy)]
pub(crate) struct Roles {
    joueurs: [JoueurId; 2],
    item: ItemId,
    piece: EquipementId,
    combat: CombatId,
}

/// Of both players: gold, potions, experience; the rest.
#[derive(Debug, PartialEq)]
pub(crate) struct Issue {
    pub(crate) avoirs: [(u32, u32, u64); 2],
    /// Potions that wait, and what the sword has left.
    pub(crate) colis: u64,
    pub(crate) durabilite: u16,
    pub(crate) en_combat: bool,
    pub(crate) histoires: BTreeMap<&'static str, Vec<String>>,
}

async fn avoir_et_experience(
    engine: &Engine,
    joueur: JoueurId,
    fiche: &FicheItem,
) -> (u32, u32, u64) {
    let (or, items) = avoir(engine, joueur, fiche).await;
    (or, items, etat::<Joueur>(engine, joueur).await.experience().get())
}

/// Wears a sword that has one blow left.
async fn arme(engine: &Engine, joueur_id: JoueurId) -> EquipementId {
    let fiche = epees(engine).await;
    donne(engine, joueur_id, &fiche, 1).await;
    let sac: Inventaire = etat(engine, InventaireId::du_joueur(joueur_id)).await;
    let slot_id = sac.slots().find(|(_, it)| it.fiche == fiche).unwrap().1.slot_id;
    let (qui, ou) = ((joueur_id, Niveau::MIN), Emplacement::ArmePrincipale);
    let porter = equipement::Porter::du_sac(&sac, qui, slot_id, ou, None).unwrap();
    let equipement_id = porter.piece.equipement_id;
    equipement::equiper(engine, Context::new(), porter).commit().await.unwrap();
    let usure =
        equipement::Usure { joueur_id, equipement_id, points: q(49), usee: None, combat_id: None };
    equipement::user(engine, Context::new(), usure).commit().await.unwrap();
    equipement_id
}

fn potions_de(fiche: &FicheItem, quantite: u32) -> Objet {
    let usage = crate::inventaire::fixtures::proprietes(fiche).usage.unwrap();
    Objet {
        item_id: fiche.item_id,
        nom: "Potion".into(),
        quantite,
        ciblage: usage.ciblage,
        portee: usage.portee,
        pouvoirs: usage.pouvoirs,
    }
}

impl Scene for Butin {
    type Manager = CombatLifecycle;
    type Roles = Roles;
    type Issue = Issue;

    const MANAGER: CombatLifecycle = CombatLifecycle;
    const PAUSES: &'static [Duration] = &[];

    async fn prepare(&self, engine: &Engine) -> Roles {
        let fiche = potions(engine).await;
        let or = if self.plein { Or::MAX.get() } else { 100 };
        let joueurs = [joueur(engine, or).await, joueur(engine, 100).await];
        donne(engine, joueurs[0], &fiche, 5).await;
        let piece = arme(engine, joueurs[0]).await;
        let mut premier = combattant(joueurs[0]);
        premier.objets = vec![potions_de(&fiche, 3)];
        let mut second = combattant(joueurs[1]);
        second.initiative = 95;
        let loup = adversaire(EntiteId::generate(), TypeEntite::Pnj);
        let item = ItemGagne { item_id: fiche.item_id, quantite: 3 };
        // what the catalogue does not know is not won
        let rien = ItemGagne { item_id: ItemId::generate(), quantite: 7 };
        let recompenses = Recompenses { experience: 7, or: 51, items: vec![item, rien] };
        let qui = vec![premier.clone(), second.clone(), loup.clone()];
        let combat = combat(engine, ZoneId::generate(), qui, recompenses).await;
        let boit = Action::Objet { item_id: fiche.item_id, cibles: vec![premier.participant_id] };
        let boit = CombatCommand::Agir { acteur: premier.participant_id, action: boit };
        engine.execute(combat, boit).await.unwrap();
        frappe(engine, combat, &second, &loup).await;
        if self.plein {
            remplit(engine, joueurs[0]).await;
            remplit(engine, joueurs[1]).await;
        }
        Roles { joueurs, item: fiche.item_id, piece, combat }
    }

    async fn issue(&self, engine: &Engine, roles: Roles) -> Issue {
        let Roles { joueurs: [un, deux], item, piece, combat } = roles;
        let fiche = FicheItem { item_id: item, ..potion() };
        let carnet: Economie = etat(engine, CarnetId::de_l_item(item)).await;
        Issue {
            avoirs: [
                avoir_et_experience(engine, un, &fiche).await,
                avoir_et_experience(engine, deux, &fiche).await,
            ],
            colis: carnet.bilan().items_colis,
            durabilite: etat::<Equipement>(engine, piece).await.durabilite(),
            en_combat: etat::<Joueur>(engine, un).await.combat().is_some(),
            histoires: histoires(
                engine,
                [
                    ("combat", "Combat", combat.into()),
                    ("first", "Joueur", un.into()),
                    ("second", "Joueur", deux.into()),
                    ("first bag", "Inventaire", InventaireId::du_joueur(un).into()),
                    ("second bag", "Inventaire", InventaireId::du_joueur(deux).into()),
                    ("sword", "Equipement", piece.into()),
                ],
            )
            .await,
        }
    }
}

/// Nobody acts: turns end by themselves, and then the combat.
pub(crate) struct Defection;

impl Scene for Defection {
    type Manager = CombatLifecycle;
    type Roles = (JoueurId, CombatId);
    type Issue = (u32, BTreeMap<&'static str, Vec<String>>);

    const MANAGER: CombatLifecycle = CombatLifecycle;
    const PAUSES: &'static [Duration] =
        &[Duration::from_secs(30), Duration::from_secs(30), Duration::from_mins(9)];

    async fn prepare(&self, engine: &Engine) -> Self::Roles {
        let joueur = joueur(engine, 100).await;
        let loup = adversaire(EntiteId::generate(), TypeEntite::Pnj);
        let qui = vec![combattant(joueur), loup];
        let recompenses = Recompenses { or: 50, ..Recompenses::default() };
        (joueur, combat(engine, ZoneId::generate(), qui, recompenses).await)
    }

    async fn issue(&self, engine: &Engine, (joueur, combat): Self::Roles) -> Self::Issue {
        let or = etat::<Joueur>(engine, joueur).await.or().get();
        let streams = [("combat", "Combat", combat.into()), ("player", "Joueur", joueur.into())];
        (or, histoires(engine, streams).await)
    }
}

/// Two parties fight one boss, and both win; the one that is heard first is paid.
pub(crate) struct Hydre;

impl Scene for Hydre {
    type Manager = CombatLifecycle;
    type Roles = ([JoueurId; 2], BossId);
    type Issue = (Vec<(u32, BTreeMap<&'static str, Vec<String>>)>, u32, bool);

    const MANAGER: CombatLifecycle = CombatLifecycle;
    const PAUSES: &'static [Duration] = &[];

    async fn prepare(&self, engine: &Engine) -> Self::Roles {
        let (boss, zone) = (BossId::generate(), ZoneId::generate());
        let apparait = MondeCommand::FaireApparaitreBoss {
            boss,
            nom: Nom::new("Hydre").unwrap(),
            zone,
            repos_s: 3_600,
        };
        engine.execute(MondeId::UNIQUE, apparait).await.unwrap();
        let joueurs = [joueur(engine, 100).await, joueur(engine, 100).await];
        for joueur in joueurs {
            let (qui, hydre) =
                (combattant(joueur), adversaire(EntiteId::new(boss.as_uuid()), TypeEntite::Boss));
            let recompenses = Recompenses { or: 50, ..Recompenses::default() };
            let combat = combat(engine, zone, vec![qui.clone(), hydre.clone()], recompenses).await;
            frappe(engine, combat, &qui, &hydre).await;
        }
        (joueurs, boss)
    }

    async fn issue(&self, engine: &Engine, (joueurs, boss): Self::Roles) -> Self::Issue {
        let mut issues = vec![];
        for joueur in joueurs {
            let or = etat::<Joueur>(engine, joueur).await.or().get();
            issues.push((or, histoires(engine, [("player", "Joueur", joueur.into())]).await));
        }
        issues.sort();
        let monde: Monde = etat(engine, MondeId::UNIQUE).await;
        let boss = monde.boss(boss).unwrap();
        (issues, boss.apparition, boss.reapparait_a.is_some())
    }
}
