//! Two quests of one player: one is done, and one is not.

use std::collections::BTreeMap;
use std::time::Duration;

use aether_core::Engine;
use aether_game::combat::{EntiteId, Recompenses, TypeEntite};
use aether_game::economie::Economie;
use aether_game::item::FicheItem;
use aether_game::joueur::{IssueCombat, Joueur, JoueurCommand};
use aether_game::monde::MondeCommand;
use aether_game::processes::ProgressionQuete;
use aether_game::quete::*;
use aether_game::values::*;

use super::{Scene, histoires};
use crate::inventaire::fixtures::potion;
use crate::processes::troupe::*;

/// The first asks for a zone that the player has seen before, then for a wolf, and pays; the second asks for something else, and fails.
pub(crate) struct Loups {
    /// Bag and purse are full when the reward comes.
    pub(crate) plein: bool,
}

#[derive(Clone, Copy)]
pub(crate) struct Roles {
    joueur: JoueurId,
    quetes: [QueteId; 2],
    item: ItemId,
}

/// Gold, potions, experience; potions that wait; how the quests stand; what happened.
#[derive(Debug, PartialEq)]
pub(crate) struct Issue {
    pub(crate) avoir: (u32, u32),
    pub(crate) experience: u64,
    pub(crate) colis: u64,
    pub(crate) etats: [Option<EtatQuete>; 2],
    pub(crate) due: bool,
    pub(crate) histoires: BTreeMap<&'static str, Vec<String>>,
}

/// The player kills a being, and leaves the combat.
async fn tue(engine: &Engine, joueur: JoueurId, loup: EntiteId) {
    let (qui, loup) = (combattant(joueur), adversaire(loup, TypeEntite::Pnj));
    let both = vec![qui.clone(), loup.clone()];
    let combat = combat(engine, ZoneId::generate(), both, Recompenses::default()).await;
    frappe(engine, combat, &qui, &loup).await;
    let issue = IssueCombat::Victoire;
    let quitter = JoueurCommand::QuitterCombat { combat, issue, mort: false };
    engine.execute(joueur, quitter).await.unwrap();
}

impl Scene for Loups {
    type Manager = ProgressionQuete;
    type Roles = Roles;
    type Issue = Issue;

    const MANAGER: ProgressionQuete = ProgressionQuete;
    const PAUSES: &'static [Duration] = &[Duration::from_hours(1)];

    async fn prepare(&self, engine: &Engine) -> Roles {
        let fiche = potions(engine).await;
        let joueur = joueur(engine, if self.plein { Or::MAX.get() } else { 100 }).await;
        let (zone, loup) = (ZoneId::generate(), EntiteId::generate());
        let nom = Nom::new("Clairière").unwrap();
        let decouvre = MondeCommand::DecouvrirZone { zone, nom, joueur };
        engine.execute(MondeId::UNIQUE, decouvre).await.unwrap();
        let items = vec![ItemOffert { item_id: fiche.item_id, quantite: Quantite::fixe::<2>() }];
        let recompenses =
            RecompensesQuete { experience: Experience::fixe::<100>(), or: Or::fixe::<50>(), items };
        let buts = [(TypeObjectif::Explore, zone.into()), (TypeObjectif::Kill, loup.into())];
        let chasse = quete(engine, &buts, recompenses).await;
        let dragon = [(TypeObjectif::Kill, EntiteId::generate().into())];
        let dragon = quete(engine, &dragon, RecompensesQuete::default()).await;
        accepte(engine, chasse, joueur).await;
        accepte(engine, dragon, joueur).await;
        tue(engine, joueur, loup).await;
        if self.plein {
            remplit(engine, joueur).await;
        }
        Roles { joueur, quetes: [chasse, dragon], item: fiche.item_id }
    }

    async fn issue(&self, engine: &Engine, roles: Roles) -> Issue {
        let Roles { joueur, quetes, item } = roles;
        let fiche = FicheItem { item_id: item, ..potion() };
        let carnet: Economie = etat(engine, CarnetId::de_l_item(item)).await;
        let ids = quetes.map(|quete| ProgresId::du_joueur(quete, joueur));
        let chasse: Progres = etat(engine, ids[0]).await;
        let dragon: Progres = etat(engine, ids[1]).await;
        Issue {
            avoir: avoir(engine, joueur, &fiche).await,
            experience: etat::<Joueur>(engine, joueur).await.experience().get(),
            colis: carnet.bilan().items_colis,
            etats: [chasse.etat(), dragon.etat()],
            due: chasse.recompense_due(),
            histoires: histoires(
                engine,
                [
                    ("player", "Joueur", joueur.into()),
                    ("hunt", "Quete", ids[0].into()),
                    ("dragon", "Quete", ids[1].into()),
                    ("bag", "Inventaire", InventaireId::du_joueur(joueur).into()),
                ],
            )
            .await,
        }
    }
}
