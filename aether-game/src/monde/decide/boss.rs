//! Bosses: each appearance is beaten once.

use chrono::{DateTime, TimeDelta, Utc};

use super::lot;
use crate::monde::events::MondeEvent;
use crate::monde::refus::MondeRefus;
use crate::monde::state::{Boss, Monde};
use crate::values::{BossId, CombatId, JoueurId, Nom, ZoneId};

/// How a boss appears.
pub(super) struct Apparition<'a> {
    pub(super) nom: &'a Nom,
    pub(super) zone: ZoneId,
    pub(super) repos_s: u32,
}

/// How a boss is beaten.
pub(super) struct Victoire<'a> {
    pub(super) combat: CombatId,
    pub(super) vainqueurs: &'a [JoueurId],
}

pub(super) fn apparaitre(
    monde: &Monde,
    boss_id: BossId,
    nouvelle: Apparition<'_>,
    apparu_a: DateTime<Utc>,
) -> Result<Vec<MondeEvent>, MondeRefus> {
    let avant = match monde.boss(boss_id) {
        None if monde.boss.len() >= Monde::BOSS_MAX => {
            return Err(MondeRefus::TropDeBoss { maximum: Monde::BOSS_MAX });
        }
        None => 0,
        Some(Boss { reapparait_a: None, .. }) => return Ok(Vec::new()),
        Some(Boss { reapparait_a: Some(reapparait_a), .. }) if apparu_a < *reapparait_a => {
            return Err(MondeRefus::BossAuRepos { boss: boss_id, reapparait_a: *reapparait_a });
        }
        Some(boss) => boss.apparition,
    };
    Ok(vec![MondeEvent::BossApparu {
        boss_id,
        nom: nouvelle.nom.clone(),
        zone_id: nouvelle.zone,
        apparition: avant.saturating_add(1),
        repos_s: nouvelle.repos_s,
        apparu_a,
    }])
}

pub(super) fn vaincre(
    monde: &Monde,
    boss_id: BossId,
    apparition: u32,
    victoire: Victoire<'_>,
    vaincu_a: DateTime<Utc>,
) -> Result<Vec<MondeEvent>, MondeRefus> {
    lot(victoire.vainqueurs.iter(), Monde::VAINQUEURS_MAX)?;
    let boss = monde.boss(boss_id).ok_or(MondeRefus::BossIntrouvable { boss: boss_id })?;
    let derniere = boss.apparition;
    if apparition == 0 || apparition > derniere {
        return Err(MondeRefus::ApparitionInconnue { boss: boss_id, apparition, derniere });
    }
    if apparition < derniere || boss.reapparait_a.is_some() {
        return Err(MondeRefus::BossDejaVaincu { boss: boss_id, apparition });
    }
    let repos = TimeDelta::seconds(boss.repos_s.into());
    Ok(vec![MondeEvent::BossVaincu {
        boss_id,
        nom: boss.nom.clone(),
        zone_id: boss.zone_id,
        apparition,
        combat_id: victoire.combat,
        vainqueurs: victoire.vainqueurs.to_vec(),
        vaincu_a,
        reapparait_a: vaincu_a.checked_add_signed(repos).unwrap_or(vaincu_a),
    }])
}
