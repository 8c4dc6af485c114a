//! A world with things by number.

use std::num::NonZeroU32;

use aether_core::{Aggregate as _, Facts};
use aether_game::monde::*;
use aether_game::values::*;
use aether_testkit::scenario::Scenario;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

/// Seconds after midnight of the first day of spring of some year of the world.
pub(crate) fn a(secondes: i64) -> DateTime<Utc> {
    let annee_s = 120 * 24 * Moment::HEURE_S;
    DateTime::UNIX_EPOCH + TimeDelta::seconds(1_000 * annee_s + secondes)
}

/// Hours of the world after that.
pub(crate) fn heures(n: i64) -> DateTime<Utc> {
    a(n * Moment::HEURE_S)
}

pub(crate) fn joueur(n: u128) -> JoueurId {
    JoueurId::new(Uuid::from_u128(0x10_0000 + n))
}

pub(crate) fn zone(n: u128) -> ZoneId {
    ZoneId::new(Uuid::from_u128(0x40_0000 + n))
}

pub(crate) fn boss(n: u128) -> BossId {
    BossId::new(Uuid::from_u128(0x50_0000 + n))
}

pub(crate) fn combat(n: u128) -> CombatId {
    CombatId::new(Uuid::from_u128(0x60_0000 + n))
}

pub(crate) fn evenement(n: u128) -> EvenementId {
    EvenementId::new(Uuid::from_u128(0x70_0000 + n))
}

pub(crate) fn ressource(n: u128) -> RessourceId {
    RessourceId::new(Uuid::from_u128(0x80_0000 + n))
}

pub(crate) fn item(n: u128) -> ItemId {
    ItemId::new(Uuid::from_u128(0x90_0000 + n))
}

pub(crate) fn nom(nom: &str) -> Nom {
    Nom::new(nom).expect("a name")
}

pub(crate) fn nombre(n: u32) -> NonZeroU32 {
    NonZeroU32::new(n).expect("more than nothing")
}

pub(crate) fn intervention() -> Intervention {
    Intervention { acteur: nom("Brune"), motif: Motif::new("essai").expect("a reason") }
}

pub(crate) fn apparait(n: u128) -> MondeCommand {
    MondeCommand::FaireApparaitreBoss {
        boss: boss(n),
        nom: nom("Hydre"),
        zone: zone(1),
        repos_s: 3_600,
    }
}

pub(crate) fn vainc(n: u128, apparition: u32) -> MondeCommand {
    let vainqueurs = vec![joueur(1), joueur(2)];
    MondeCommand::VaincreBoss { boss: boss(n), apparition, combat: combat(n), vainqueurs }
}

pub(crate) fn evenement_de(n: u128, requis: u32) -> DeclencherEvenement {
    DeclencherEvenement {
        evenement: evenement(n),
        nom: nom("Invasion"),
        type_evenement: TypeEvenement::Invasion,
        zone: Some(zone(1)),
        requis: nombre(requis),
        duree_s: 3_600,
        recompense: RecompenseEvenement::default(),
    }
}

pub(crate) fn declenche(n: u128, requis: u32) -> MondeCommand {
    MondeCommand::DeclencherEvenement(evenement_de(n, requis))
}

pub(crate) fn progresse(n: u128, contributions: &[(u128, u32)]) -> MondeCommand {
    let contributions = contributions.iter().map(|(de, q)| (joueur(*de), nombre(*q))).collect();
    MondeCommand::Progresser { evenement: evenement(n), contributions }
}

pub(crate) fn gisement(n: u128, maximum: u32, par_heure: u32) -> NouveauGisement {
    NouveauGisement { ressource: ressource(n), item: item(n), maximum: nombre(maximum), par_heure }
}

pub(crate) fn declare(n: u128, gisements: &[NouveauGisement]) -> MondeCommand {
    MondeCommand::DeclarerRessources {
        zone: zone(n),
        gisements: gisements.to_vec(),
        intervention: intervention(),
    }
}

pub(crate) fn recolte(n: u128, recoltes: &[(u128, u16)]) -> MondeCommand {
    let quantite = |n| Quantite::new(n).expect("a quantity");
    let recoltes = recoltes.iter().map(|(r, q)| (ressource(*r), quantite(*q))).collect();
    MondeCommand::Recolter { zone: zone(n), joueur: joueur(1), recoltes }
}

pub(crate) fn regenere(zones: &[u128]) -> MondeCommand {
    MondeCommand::Regenerer { zones: zones.iter().map(|n| zone(*n)).collect() }
}

/// A world to which these commands have been sent, all accepted, in its first second.
#[track_caller]
pub(crate) fn monde(commands: impl IntoIterator<Item = MondeCommand>) -> Scenario<Monde> {
    let cree = Scenario::given([]).at(a(0));
    commands.into_iter().fold(cree, |monde, command| monde.when(command).then_state(|_| {}))
}

/// Carries a command out at this time.
pub(crate) fn joue(
    monde: &mut Monde,
    command: &MondeCommand,
    a: DateTime<Utc>,
) -> Result<Vec<MondeEvent>, MondeRefus> {
    let events = monde.decide(command, &Facts::at(a))?;
    events.iter().for_each(|event| monde.apply(event));
    Ok(events)
}
