//! How queries about bags, equipment and combats are carried out on tables of a grown game: by an index, with few pages.

use super::plans::{Question, grown, sql};

/// Ten thousand players with fifty slots each, and thirty thousand combats of six. Ids are numbers.
const TABLES: &[&str] = &[
    "CREATE FUNCTION pg_temp.id(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
     RETURN lpad(to_hex(n), 32, '0')::uuid",
    "INSERT INTO items
     SELECT pg_temp.id(n), n, repeat('Une longue description. ', 10), 'ARME', 'RARE', 1 + n % 100, NULL, NULL, 1, 1, true, 1,
            true, true, NULL, '[]', n
     FROM generate_series(0, 499) AS n",
    "INSERT INTO inventaires
     SELECT pg_temp.id(n), pg_temp.id(n), 50, 1, 1000, 50, '[]', n FROM generate_series(0, 9999) AS n",
    "INSERT INTO items_inventaire
     SELECT pg_temp.id(n), pg_temp.id(n % 10000), pg_temp.id(n % 10000), pg_temp.id(n * 7 % 500), 5, 'GENERAL', n / 10000, false,
            '{}', now(), n, n
     FROM generate_series(0, 499999) AS n",
    "INSERT INTO sets_equipement (equipement_id, joueur_id, slot_tete, slot_torse, slot_jambes, slot_dos, bonus_set,
                                  valeur_defense_totale, valeur_attaque_totale, last_event_sequence)
     SELECT pg_temp.id(n), pg_temp.id(n), pg_temp.id(n * 4), pg_temp.id(n * 4 + 1), pg_temp.id(n * 4 + 2), pg_temp.id(n * 4 + 3),
            '{}', 1, 1, n
     FROM generate_series(0, 9999) AS n",
    "INSERT INTO pieces_equipement
     SELECT pg_temp.id(n), pg_temp.id(n / 4), pg_temp.id(n % 500), 'TETE', 1, 50, 0, '[]', 1, 1, '{}', NULL, false, n
     FROM generate_series(0, 39999) AS n",
    "INSERT INTO instances_combat
     SELECT pg_temp.id(n), CASE WHEN n / 40 % 20 = 0 THEN 'EN_COURS' ELSE 'TERMINE' END, 'PVE', pg_temp.id(n % 40), 'Zone', 7,
            jsonb_build_array(pg_temp.id(n * 6), pg_temp.id(n * 6 + 1), pg_temp.id(n * 6 + 2), pg_temp.id(n * 6 + 3)),
            pg_temp.id(n * 6), now() - n * interval '1 minute', NULL, 30000, NULL, '{}', '{}', n
     FROM generate_series(0, 29999) AS n",
    "INSERT INTO participants_combat
     SELECT pg_temp.id(n), pg_temp.id(n / 6), pg_temp.id(n), 'JOUEUR', n, 1, 1, 1, 'ACTIF', 1, 1, 1, 1, 1, 1, '{}', '{}', '[]', '{}',
            '{}', true, n, now(), 'ALLIES'
     FROM generate_series(0, 179999) AS n",
    "INSERT INTO actions_combat
     SELECT pg_temp.id(n), pg_temp.id(n / 30), n % 30, pg_temp.id(n / 30 * 6 + n % 6), 'ATTAQUE', NULL, NULL, '[]', '{}', 'SUCCES',
            '[]', 1, now(), n
     FROM generate_series(0, 599999) AS n",
    "INSERT INTO effets_statut
     SELECT pg_temp.id(n), pg_temp.id(n / 20 * 120), pg_temp.id(n / 20 * 20), 'POISON', 'OBJET', pg_temp.id(1), 1, 1, 1, '{}', true,
            true, now(), n, n
     FROM generate_series(0, 19999) AS n",
];

pub(super) fn questions() -> Vec<Question> {
    let one = "'00000000-0000-0000-0000-000000000014'";
    let last = i64::MAX;
    vec![
        (sql!("sac"), format!("{one}, -1, 40")),
        (sql!("tenues"), format!("ARRAY[{one}]::uuid[]")),
        (sql!("items_par_id"), format!("ARRAY[{one}]::uuid[]")),
        (sql!("combat"), one.to_owned()),
        (sql!("tour_actuel"), one.to_owned()),
        (sql!("effets_du_combat"), one.to_owned()),
        (sql!("actions_du_combat"), format!("{one}, {last}, 50")),
        (sql!("actions_du_participant"), format!("{one}, {last}, 50")),
        (sql!("combats_en_cours"), format!("{one}, 'epoch', {one}, 50")),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_of_bags_equipment_and_combats_read_few_pages_by_an_index() {
    let terrain = grown(TABLES).await;
    for ((name, sql), parameters) in questions() {
        for mode in ["custom", "generic"] {
            let (pages, plan) = terrain.plan(mode, sql, &parameters).await;
            // the whole catalogue is read in fewer pages than forty of its items by their keys
            let scanned = plan.contains("Seq Scan") && !(name == "sac" && mode == "custom");
            assert!(pages <= 200 && !scanned, "{name}, {mode}: {pages} pages, {plan}");
        }
    }
}
