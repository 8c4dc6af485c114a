//! Small combats with known stats.

use aether_core::{Aggregate as _, Facts};
use aether_game::combat::*;
use aether_testkit::scenario::Scenario;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

/// Milliseconds after the start of the combat.
pub(crate) fn at(ms: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::milliseconds(ms)
}

pub(crate) fn pid(n: u128) -> ParticipantId {
    ParticipantId::new(Uuid::from_u128(n))
}

pub(crate) fn skill_id(n: u128) -> CompetenceId {
    CompetenceId::new(Uuid::from_u128(0x5_0000 + n))
}

pub(crate) fn item_id(n: u128) -> ItemId {
    ItemId::new(Uuid::from_u128(0x7_0000 + n))
}

/// 100 hp, 50 mp and stamina, force 20, no armour, no luck; lower numbers go first.
pub(crate) fn fighter(n: u128, camp: Camp) -> Participant {
    Participant {
        participant_id: pid(n),
        entite_id: EntiteId::new(Uuid::from_u128(0x9_0000 + n)),
        type_entite: if camp == Camp::Allies { TypeEntite::Joueur } else { TypeEntite::Pnj },
        camp,
        nom: format!("Combattant {n}"),
        niveau: 5,
        initiative: 100 - n as i32,
        position: 50,
        hp: 100,
        hp_max: 100,
        mp: 50,
        mp_max: 50,
        stamina: 50,
        stamina_max: 50,
        stats: StatsCombat {
            force: 20,
            dexterite: 10,
            intelligence: 0,
            armure: 0,
            critique: 0,
            esquive: 0,
            portee: 1,
        },
        resistances: Resistances::default(),
        competences: vec![],
        objets: vec![],
    }
}

pub(crate) fn ally(n: u128) -> Participant {
    fighter(n, Camp::Allies)
}

pub(crate) fn foe(n: u128) -> Participant {
    fighter(n, Camp::Adversaires)
}

/// The same participant, changed.
pub(crate) fn with(mut it: Participant, change: impl FnOnce(&mut Participant)) -> Participant {
    change(&mut it);
    it
}

pub(crate) fn skill(n: u128, ciblage: Ciblage, pouvoirs: Vec<Pouvoir>) -> Competence {
    Competence {
        competence_id: skill_id(n),
        nom: format!("Compétence {n}"),
        ciblage,
        portee: 10,
        cout: Cout { mp: 5, stamina: 0 },
        cooldown_tours: 0,
        pouvoirs,
    }
}

pub(crate) fn effect(type_effet: TypeEffet, puissance: u32, duree_tours: u8) -> Pouvoir {
    Pouvoir::Effet { type_effet, puissance, duree_tours, chance: 100 }
}

pub(crate) fn demarrer(participants: Vec<Participant>) -> Demarrer {
    Demarrer {
        type_combat: TypeCombat::Pve,
        zone_id: ZoneId::new(Uuid::from_u128(1)),
        zone_nom: "Clairière".into(),
        participants,
        conditions: Conditions::default(),
        duree_tour_ms: 30_000,
        recompenses: Recompenses { experience: 100, or: 7, items: vec![] },
    }
}

pub(crate) fn start(participants: Vec<Participant>) -> CombatCommand {
    CombatCommand::Demarrer(Box::new(demarrer(participants)))
}

/// Where a decision is made some milliseconds after the start: always with the same seed.
pub(crate) fn facts(ms: i64) -> Facts {
    Facts::at(at(ms)).with_seed(42)
}

/// A combat to be started; the time is that of its start.
pub(crate) fn scenario() -> Scenario<Combat> {
    Scenario::given([]).at(at(0)).seed(42)
}

/// A combat that has begun a second ago.
pub(crate) fn begun(participants: Vec<Participant>) -> Scenario<Combat> {
    scenario().when(start(participants)).then_state(|_| {}).at(at(1000))
}

pub(crate) fn acts(n: u128, action: Action) -> CombatCommand {
    CombatCommand::Agir { acteur: pid(n), action }
}

pub(crate) fn strikes(n: u128, cible: u128) -> CombatCommand {
    acts(n, Action::Attaque { cible: pid(cible) })
}

pub(crate) fn casts(n: u128, competence: u128, cibles: &[u128]) -> CombatCommand {
    let cibles = cibles.iter().map(|&n| pid(n)).collect();
    acts(n, Action::Competence { competence_id: skill_id(competence), cibles })
}

pub(crate) fn uses(n: u128, item: u128, cibles: &[u128]) -> CombatCommand {
    let cibles = cibles.iter().map(|&n| pid(n)).collect();
    acts(n, Action::Objet { item_id: item_id(item), cibles })
}

pub(crate) fn passes(n: u128) -> CombatCommand {
    CombatCommand::PasserTour { acteur: pid(n) }
}

/// A combat after some commands, none of which may be refused.
pub(crate) fn after(participants: Vec<Participant>, commands: &[CombatCommand]) -> Combat {
    let mut combat = Combat::default();
    play(&mut combat, &start(participants));
    for command in commands {
        play(&mut combat, command);
    }
    combat
}

/// Carries a command out: the start at once, others a second after it.
#[track_caller]
pub(crate) fn play(combat: &mut Combat, command: &CombatCommand) -> Vec<CombatEvent> {
    let starts = matches!(command, CombatCommand::Demarrer(_));
    play_at(if starts { 0 } else { 1000 }, combat, command)
}

/// Carries a command out some milliseconds after the start.
#[track_caller]
pub(crate) fn play_at(ms: i64, combat: &mut Combat, command: &CombatCommand) -> Vec<CombatEvent> {
    let decided = combat.decide(command, &facts(ms));
    let events = decided.unwrap_or_else(|error| panic!("{command:?}: {error}"));
    for event in &events {
        combat.apply(event);
    }
    events
}

pub(crate) fn hp(combat: &Combat, n: u128) -> u32 {
    combat.participant(pid(n)).unwrap().combattant.hp
}

pub(crate) fn etat(combat: &Combat, n: u128) -> EtatParticipant {
    combat.participant(pid(n)).unwrap().combattant.etat
}

/// The damage events among some.
pub(crate) fn damage(events: &[CombatEvent]) -> Vec<(u32, u32, u32)> {
    let of = |event: &CombatEvent| match event {
        CombatEvent::DegatsInfliges { degats_bruts, reduction, degats_finaux, .. } => {
            Some((*degats_bruts, *reduction, *degats_finaux))
        }
        _ => None,
    };
    events.iter().filter_map(of).collect()
}

pub(crate) fn resultat(events: &[CombatEvent]) -> ResultatAction {
    let of = |event: &CombatEvent| match event {
        CombatEvent::ActionExecutee { resultat, .. } => Some(*resultat),
        _ => None,
    };
    events.iter().find_map(of).expect("an action")
}
