//! Whom to fight, for what, and under which conditions.

use crate::combat::{ConditionVictoire, Conditions, ItemGagne, Recompenses};
use crate::monde::Monde;
use crate::pnj::FichePnj;
use crate::values::{BossId, Niveau, PnjId};
use crate::world::catalogue::Catalogue;
use crate::world::hasard::Hasard;

/// A kind of fight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Envie {
    /// Against creatures.
    Creatures,
    /// Against a boss.
    Boss,
    /// A match of two sides of players.
    Arene,
    /// One player against another.
    Duel,
}

/// Mostly creatures, now and then a boss or other players.
pub const fn envie(hasard: &mut Hasard) -> Envie {
    match hasard.below(20) {
        0 => Envie::Boss,
        1 => Envie::Arene,
        2 => Envie::Duel,
        _ => Envie::Creatures,
    }
}

/// A creature that is about as strong as a player of this level.
pub fn creature(catalogue: &Catalogue, niveau: Niveau, hasard: &mut Hasard) -> Option<PnjId> {
    let creatures = catalogue.pnj().iter().filter(|it| it.dialogues.is_empty());
    let ecart = |it: &FichePnj| it.niveau.get().abs_diff(niveau.get());
    let mut creatures: Vec<_> = creatures.map(|it| (ecart(it), it.pnj_id)).collect();
    creatures.sort_unstable();
    hasard.pick(creatures.get(..4)?).map(|(_, pnj)| *pnj)
}

/// A boss that is there, and which of its appearances: one near a level, or the one that is named. Those that `exclus` knows are passed
/// over.
pub fn boss(
    catalogue: &Catalogue,
    monde: &Monde,
    (niveau, lequel): (Niveau, Option<BossId>),
    exclus: impl Fn(BossId) -> bool,
    hasard: &mut Hasard,
) -> Option<(BossId, u32)> {
    let present = |id: BossId| monde.boss(id).filter(|it| it.reapparait_a.is_none());
    let proche = niveau.get().saturating_add(3);
    let proches = catalogue
        .boss()
        .iter()
        .filter(|it| lequel.map_or(it.niveau.get() <= proche, |id| id == it.id) && !exclus(it.id));
    let presents: Vec<_> =
        proches.filter_map(|it| Some((it.id, present(it.id)?.apparition))).collect();
    hasard.pick(presents.get(presents.len().saturating_sub(6)..)?).copied()
}

/// What the winners share.
pub fn butin(catalogue: &Catalogue, niveau: u32, nombre: u32, hasard: &mut Hasard) -> Recompenses {
    let items = catalogue.items().iter().filter(|it| {
        let requis = u32::from(it.proprietes.niveau_requis.get());
        it.proprietes.echangeable && requis <= niveau + 1 && requis + 12 > niveau
    });
    let items: Vec<_> = items.map(|it| (it.id, it.fiche().piece().is_some())).collect();
    let gains = (0..nombre.min(4)).filter_map(|_| {
        let (item_id, est_une_piece) = *hasard.pick(&items)?;
        let quantite = if est_une_piece { 1 } else { hasard.between(1, 4) };
        hasard.chance(45).then_some(ItemGagne { item_id, quantite })
    });
    let items = gains.collect();
    Recompenses {
        experience: nombre * (160 + 70 * niveau),
        or: nombre * (10 + hasard.between(2 * niveau, 8 * niveau)),
        items,
    }
}

/// How a combat is won, and how long it may take: longer against a boss.
#[must_use]
pub fn conditions(boss: bool) -> Conditions {
    Conditions {
        victoire: match boss {
            true => ConditionVictoire::BossVaincu,
            false => ConditionVictoire::Elimination,
        },
        limite_temps: Some(if boss { 1_800_000 } else { 600_000 }),
        limite_tours: 200,
        ..Conditions::default()
    }
}
