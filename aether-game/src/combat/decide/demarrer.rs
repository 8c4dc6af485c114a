//! The start of a combat: what is checked, and who goes first.

use std::cmp::Reverse;
use std::collections::HashSet;
use std::hash::Hash;

use aether_core::Facts;

use crate::combat::commands::Demarrer;
use crate::combat::events::CombatEvent;
use crate::combat::ids::ParticipantId;
use crate::combat::mots::{Camp, TypeEntite};
use crate::combat::play::Play;
use crate::combat::refus::CombatRefus;
use crate::combat::roster::{Participant, Pouvoir};
use crate::combat::state::Combat;

const TEXTE_MAX: usize = 100;
const COMPETENCES_MAX: usize = 20;
const OBJETS_MAX: usize = 20;
const POUVOIRS_MAX: usize = 5;

/// The combat's seed is the decision's: random, and told to nobody.
pub(super) fn start(demarrer: &Demarrer, facts: &Facts) -> Result<Vec<CombatEvent>, CombatRefus> {
    check(demarrer)?;
    let event = CombatEvent::CombatDemarre {
        type_combat: demarrer.type_combat,
        zone_id: demarrer.zone_id,
        zone_nom: demarrer.zone_nom.clone(),
        participants: demarrer.participants.clone(),
        ordre_initiative: order(&demarrer.participants),
        conditions: demarrer.conditions,
        duree_tour_ms: demarrer.duree_tour_ms,
        graine: facts.seed(),
        recompenses: demarrer.recompenses.clone(),
        debute_a: facts.now(),
    };
    let mut combat = Combat::default();
    combat.applique(&event);
    let mut events = vec![event];
    if let Some(depart) = combat.depart.clone() {
        let mut play = Play::new(combat, &depart, facts.now());
        play.next_turn(false);
        events.append(&mut play.events);
    }
    Ok(events)
}

/// By initiative, then dexterity, both falling; then as listed.
fn order(participants: &[Participant]) -> Vec<ParticipantId> {
    let mut order: Vec<_> = participants.iter().collect();
    order.sort_by_key(|it| Reverse((it.initiative, it.stats.dexterite)));
    order.iter().map(|it| it.participant_id).collect()
}

fn check(demarrer: &Demarrer) -> Result<(), CombatRefus> {
    let participants = &demarrer.participants;
    if !(2..=Combat::PARTICIPANTS_MAX).contains(&participants.len()) {
        return Err(CombatRefus::NombreDeParticipants {
            nombre: participants.len(),
            maximum: Combat::PARTICIPANTS_MAX,
        });
    }
    for &camp in Camp::ALL {
        if !participants.iter().any(|it| it.camp == camp) {
            return Err(CombatRefus::CampVide { camp });
        }
    }
    let mut seen = HashSet::new();
    if let Some(twice) = participants.iter().find(|it| !seen.insert(it.participant_id)) {
        return Err(CombatRefus::ParticipantEnDouble { participant: twice.participant_id });
    }
    let mut players = HashSet::new();
    let is_player = |it: &&Participant| it.type_entite == TypeEntite::Joueur;
    if let Some(twice) =
        participants.iter().filter(is_player).find(|it| !players.insert(it.entite_id))
    {
        return Err(CombatRefus::JoueurEnDouble { entite: twice.entite_id });
    }
    let bagages = participants.iter().map(|it| it.competences.len() + it.objets.len()).sum();
    if bagages > Combat::BAGAGES_MAX {
        return Err(CombatRefus::TropDeBagages { nombre: bagages, maximum: Combat::BAGAGES_MAX });
    }
    check_text("zone_nom", &demarrer.zone_nom)?;
    check_setting("duree_tour_ms", demarrer.duree_tour_ms, 1000, 3_600_000)?;
    check_setting("limite_tours", demarrer.conditions.limite_tours, 1, 10_000)?;
    if let Some(limite) = demarrer.conditions.limite_temps {
        check_setting("limite_temps", limite, 1, u32::MAX)?;
    }
    check_setting("recompenses.experience", demarrer.recompenses.experience, 0, i32::MAX as u32)?;
    check_setting("recompenses.or", demarrer.recompenses.or, 0, i32::MAX as u32)?;
    let items = u32::try_from(demarrer.recompenses.items.len()).unwrap_or(u32::MAX);
    check_setting("number of recompenses.items", items, 0, 100)?;
    for item in &demarrer.recompenses.items {
        check_setting("quantite of an item won", item.quantite, 1, Combat::STAT_MAX)?;
    }
    participants.iter().try_for_each(check_participant)
}

fn check_participant(it: &Participant) -> Result<(), CombatRefus> {
    const MAX: i64 = Combat::STAT_MAX as i64;
    check_text("nom of a participant", &it.nom)?;
    let range = |champ, valeur: i64, minimum: i64, maximum: i64| match valeur {
        _ if (minimum..=maximum).contains(&valeur) => Ok(()),
        _ => Err(CombatRefus::FicheHorsBornes {
            participant: it.participant_id,
            champ,
            valeur,
            minimum,
            maximum,
        }),
    };
    let stats = &it.stats;
    range("niveau", it.niveau.into(), 1, MAX)?;
    range("initiative", it.initiative.into(), -MAX, MAX)?;
    range("position", it.position.into(), 0, Combat::POSITION_MAX.into())?;
    range("hp_max", it.hp_max.into(), 1, MAX)?;
    range("hp", it.hp.into(), 1, it.hp_max.into())?;
    range("mp_max", it.mp_max.into(), 0, MAX)?;
    range("mp", it.mp.into(), 0, it.mp_max.into())?;
    range("stamina_max", it.stamina_max.into(), 0, MAX)?;
    range("stamina", it.stamina.into(), 0, it.stamina_max.into())?;
    range("stats.force", stats.force.into(), 0, MAX)?;
    range("stats.dexterite", stats.dexterite.into(), 0, MAX)?;
    range("stats.intelligence", stats.intelligence.into(), 0, MAX)?;
    range("stats.armure", stats.armure.into(), 0, MAX)?;
    range("stats.critique", stats.critique.into(), 0, 100)?;
    range("stats.esquive", stats.esquive.into(), 0, 90)?;
    range("stats.portee", stats.portee.into(), 1, MAX)?;
    let res = &it.resistances;
    for percent in [res.physique, res.feu, res.eau, res.terre, res.air, res.lumiere, res.ombre] {
        range("resistances", percent.into(), 0, 100)?;
    }
    check_list(it, "competences", COMPETENCES_MAX, it.competences.iter().map(|c| c.competence_id))?;
    check_list(it, "objets", OBJETS_MAX, it.objets.iter().map(|o| o.item_id))?;
    for competence in &it.competences {
        check_text("nom of a skill", &competence.nom)?;
        range("cout.mp of a skill", competence.cout.mp.into(), 0, MAX)?;
        range("cout.stamina of a skill", competence.cout.stamina.into(), 0, MAX)?;
    }
    for objet in &it.objets {
        check_text("nom of an item", &objet.nom)?;
        range("quantite of an item", objet.quantite.into(), 0, MAX)?;
    }
    let of_skills = it.competences.iter().map(|competence| &competence.pouvoirs);
    let of_items = it.objets.iter().map(|objet| &objet.pouvoirs);
    for pouvoirs in of_skills.chain(of_items) {
        range("number of pouvoirs", pouvoirs.len() as i64, 1, POUVOIRS_MAX as i64)?;
        for pouvoir in pouvoirs {
            match *pouvoir {
                Pouvoir::Degats { puissance, .. } | Pouvoir::Soin { puissance } => {
                    range("puissance", puissance.into(), 0, MAX)?;
                }
                Pouvoir::Effet { puissance, duree_tours, chance, .. } => {
                    range("puissance", puissance.into(), 0, MAX)?;
                    range("duree_tours", duree_tours.into(), 1, 20)?;
                    range("chance", chance.into(), 0, 100)?;
                }
                Pouvoir::Dissipation => {}
            }
        }
    }
    Ok(())
}

fn check_list<T: Hash + Eq>(
    of: &Participant,
    champ: &'static str,
    maximum: usize,
    ids: impl ExactSizeIterator<Item = T>,
) -> Result<(), CombatRefus> {
    let count = ids.len();
    let distinct = ids.collect::<HashSet<_>>().len();
    if count > maximum || distinct < count {
        return Err(CombatRefus::ListeInvalide { participant: of.participant_id, champ, maximum });
    }
    Ok(())
}

/// No control characters: PostgreSQL cannot store U+0000, and logs do not want the others.
fn check_text(champ: &'static str, text: &str) -> Result<(), CombatRefus> {
    let length = text.chars().count();
    if text.trim().is_empty() || length > TEXTE_MAX || text.chars().any(char::is_control) {
        return Err(CombatRefus::TexteDeCombat { champ, maximum: TEXTE_MAX });
    }
    Ok(())
}

fn check_setting(
    champ: &'static str,
    valeur: u32,
    minimum: u32,
    maximum: u32,
) -> Result<(), CombatRefus> {
    if (minimum..=maximum).contains(&valeur) {
        return Ok(());
    }
    Err(CombatRefus::ReglageHorsBornes { champ, valeur, minimum, maximum })
}
