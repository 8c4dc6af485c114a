//! Small quests.

use aether_core::Aggregate as _;
use aether_game::quete::*;
use aether_game::values::*;
use aether_testkit::scenario::Scenario;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

/// Minutes after noon on a Wednesday.
pub(crate) fn at(minutes: i64) -> DateTime<Utc> {
    let noon: DateTime<Utc> = "2026-05-06T12:00:00Z".parse().unwrap();
    noon + TimeDelta::minutes(minutes)
}

pub(crate) fn quete_id(n: u128) -> QueteId {
    QueteId::new(Uuid::from_u128(0x1000 + n))
}

pub(crate) fn joueur() -> JoueurId {
    JoueurId::new(Uuid::from_u128(0x2000))
}

pub(crate) fn objectif_id(n: u128) -> ObjectifId {
    ObjectifId::new(Uuid::from_u128(0x3000 + n))
}

pub(crate) fn cible(n: u128) -> CibleId {
    CibleId::new(Uuid::from_u128(0x4000 + n))
}

/// The item that objectives to collect ask for.
pub(crate) fn item(n: u128) -> ItemId {
    ItemId::new(cible(n).as_uuid())
}

pub(crate) fn fait_id(n: u128) -> FaitId {
    FaitId::new(Uuid::from_u128(0x5000 + n))
}

/// A delivery or a payment.
pub(crate) fn transaction(n: u128) -> TransactionId {
    TransactionId::new(Uuid::from_u128(0x6000 + n))
}

pub(crate) fn pieces(n: u16) -> Quantite {
    Quantite::new(n).unwrap()
}

pub(crate) fn niveau(n: u8) -> Niveau {
    Niveau::new(n).unwrap()
}

/// Objective number `n`, about target number `n`.
pub(crate) fn objectif(n: u128, type_objectif: TypeObjectif, requis: u16, ordre: u8) -> Objectif {
    let id = objectif_id(n);
    Objectif { id, type_objectif, cible: cible(n), requis: pieces(requis), ordre }
}

pub(crate) fn recompenses() -> RecompensesQuete {
    let items = vec![ItemOffert { item_id: item(90), quantite: pieces(2) }];
    RecompensesQuete { experience: Experience::fixe::<100>(), or: Or::fixe::<50>(), items }
}

/// Three wolves first, then five pelts and a talk; an hour; level 5.
pub(crate) fn fiche() -> FicheQuete {
    FicheQuete {
        quete_id: quete_id(1),
        nom: Nom::new("Les loups de la clairière").unwrap(),
        description: Description::new("Le berger a peur.\nAidez-le.").unwrap(),
        type_quete: TypeQuete::Secondaire,
        niveau_requis: niveau(5),
        niveau_recommande: niveau(7),
        pre_requis: PreRequis::default(),
        objectifs: vec![
            objectif(1, TypeObjectif::Kill, 3, 1),
            objectif(2, TypeObjectif::Collect, 5, 2),
            objectif(3, TypeObjectif::Dialogue, 1, 2),
        ],
        recompenses: recompenses(),
        zone_depart: Some(ZoneId::new(Uuid::from_u128(7))),
        pnj_donneur: Some(PnjId::new(Uuid::from_u128(8))),
        duree_limite_minutes: Some(60),
        repete: false,
        frequence_repetition: None,
        dialogues: vec![DialogueQuete {
            moment: MomentDialogue::Proposition,
            texte: Description::new("Sauvez mes brebis !").unwrap(),
        }],
    }
}

/// The same quest, changed.
pub(crate) fn avec(change: impl FnOnce(&mut FicheQuete)) -> FicheQuete {
    let mut fiche = fiche();
    change(&mut fiche);
    fiche
}

pub(crate) fn creee(fiche: FicheQuete) -> Quete {
    Quete::fold(&[QueteEvent::QueteCreee(Box::new(fiche))])
}

pub(crate) fn demande(fiche: FicheQuete) -> Accepter {
    Accepter::new(&creee(fiche), joueur(), niveau(10)).unwrap()
}

pub(crate) fn accepter(fiche: FicheQuete) -> ProgresCommand {
    ProgresCommand::Accepter(Box::new(demande(fiche)))
}

/// A player who has never accepted the quest, at noon.
pub(crate) fn nouveau() -> Scenario<Progres> {
    Scenario::given([]).at(at(0))
}

/// A quest that was accepted at noon, a minute later.
pub(crate) fn en_cours(fiche: FicheQuete) -> Scenario<Progres> {
    nouveau().when(accepter(fiche)).then_state(|_| {}).at(at(1))
}

/// A quest of one objective, to visit a zone, that was accepted at noon, a minute later.
pub(crate) fn visite(change: impl FnOnce(&mut FicheQuete)) -> FicheQuete {
    avec(|it| {
        it.objectifs = vec![objectif(1, TypeObjectif::Explore, 1, 1)];
        change(it);
    })
}

pub(crate) fn fait(n: u128, type_objectif: TypeObjectif, cible_n: u128, quantite: u16) -> Fait {
    let cible = cible(cible_n);
    let quantite = pieces(quantite);
    Fait { fait_id: fait_id(n), type_objectif, cible, quantite, survenu_a: at(1) }
}

/// The visit of zone 1 so many minutes after noon.
pub(crate) fn visiter_a(minute: i64) -> ProgresCommand {
    progresser(Fait { survenu_a: at(minute), ..fait(1, TypeObjectif::Explore, 1, 1) })
}

/// Fact number `n` for attempt 1: one kill of target 1.
pub(crate) fn tue(n: u128) -> ProgresCommand {
    progresser(fait(n, TypeObjectif::Kill, 1, 1))
}

pub(crate) fn progresser(fait: Fait) -> ProgresCommand {
    ProgresCommand::Progresser { tentative: 1, fait }
}

/// Delivery number `n` for attempt 1: some pieces for objective 2.
pub(crate) fn livre(n: u128, quantite: u16) -> ProgresCommand {
    ProgresCommand::Livrer(Livraison {
        tentative: 1,
        objectif_id: objectif_id(2),
        item_id: item(2),
        quantite: pieces(quantite),
        transaction: transaction(n),
    })
}

pub(crate) const TERMINER: ProgresCommand = ProgresCommand::Terminer { tentative: 1 };
pub(crate) const EXPIRER: ProgresCommand = ProgresCommand::Expirer { tentative: 1 };
pub(crate) const ECHOUER: ProgresCommand =
    ProgresCommand::Echouer { tentative: 1, raison: RaisonEchec::Expiration };

pub(crate) fn recompenser(n: u128) -> ProgresCommand {
    ProgresCommand::Recompenser { tentative: 1, transaction: transaction(n) }
}

/// All commands, none of which may be refused.
pub(crate) fn apres(
    scenario: Scenario<Progres>,
    commandes: impl IntoIterator<Item = ProgresCommand>,
) -> Scenario<Progres> {
    commandes.into_iter().fold(scenario, |it, commande| it.when(commande).then_state(|_| {}))
}

/// A visit that was made and finished a minute after noon.
pub(crate) fn terminee(change: impl FnOnce(&mut FicheQuete)) -> Scenario<Progres> {
    let visiter = progresser(fait(1, TypeObjectif::Explore, 1, 1));
    apres(en_cours(visite(change)), [visiter, TERMINER])
}

/// How much of each objective is done.
pub(crate) fn avances(progres: &Progres) -> Vec<u16> {
    progres.objectifs().map(|(_, fait)| fait).collect()
}
