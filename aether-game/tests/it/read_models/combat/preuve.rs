//! The proof finds what was changed behind the projections' back.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn the_proof_finds_every_kind_of_damage_to_combats() {
    let terrain = Terrain::open().await;
    fight(&terrain, 8, 10, 8).await;
    project_both(&terrain, 1000).await;
    equal(&terrain).await;
    for (damage, repair) in [
        (
            "UPDATE participants_combat SET hp_actuel = hp_actuel + 1",
            "UPDATE participants_combat SET hp_actuel = hp_actuel - 1",
        ),
        (
            "UPDATE participants_combat SET peut_agir = NOT peut_agir",
            "UPDATE participants_combat SET peut_agir = NOT peut_agir",
        ),
        (
            "UPDATE historique_combat SET details = jsonb_set(details, '{payload,graine}', '1') \
             WHERE details->>'eventType' = 'CombatDemarre'",
            "UPDATE historique_combat AS h SET details = jsonb_set(details, '{payload,graine}', e.payload->'graine') \
             FROM evenements AS e WHERE e.event_id = h.historique_id AND e.event_type = 'CombatDemarre'",
        ),
    ] {
        terrain.run(damage).await;
        let found = differences(&terrain).await;
        assert!(found >= 10, "{damage}: {found}");
        terrain.run(repair).await;
        equal(&terrain).await;
    }
    for damage in [
        "DELETE FROM actions_combat WHERE action_id = (SELECT min(action_id::text)::uuid FROM actions_combat)",
        "UPDATE actions_combat SET temps_execution_ms = temps_execution_ms + 1 WHERE action_id = (SELECT max(action_id::text)::uuid FROM actions_combat)",
        "DELETE FROM historique_combat WHERE event_sequence = (SELECT max(event_sequence) FROM historique_combat)",
        "UPDATE historique_combat SET severite = 'CRITIQUE' WHERE event_sequence = (SELECT min(event_sequence) FROM historique_combat)",
        "UPDATE instances_combat SET tour_actuel = 99 WHERE combat_id = (SELECT min(combat_id::text)::uuid FROM instances_combat)",
        "DELETE FROM instances_combat WHERE combat_id = (SELECT max(combat_id::text)::uuid FROM instances_combat)",
        "DELETE FROM effets_statut WHERE effet_id = (SELECT min(effet_id::text)::uuid FROM effets_statut)",
    ] {
        let before = differences(&terrain).await;
        terrain.run(damage).await;
        let found = differences(&terrain).await;
        assert!(found > before, "{damage}: {found}");
    }
}
