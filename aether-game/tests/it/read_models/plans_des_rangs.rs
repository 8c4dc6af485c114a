//! How queries about players, boards, the catalogue and the world are carried out on tables of a grown game: by an index, with few pages.

use super::plans::{Question, grown, sql};

/// Ten thousand players who reached fifty levels, and five hundred items. Ids are numbers.
const TABLES: &[&str] = &[
    "CREATE FUNCTION pg_temp.id(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
     RETURN lpad(to_hex(n), 32, '0')::uuid",
    "INSERT INTO joueurs (joueur_id, username, pseudo, classe, niveau, experience, stats_base, stats_equipement, stats_totales, \"or\",
                          statistiques_jeu, cree_a, last_event_sequence)
     SELECT pg_temp.id(n), n, n, 'MAGE', 1 + n % 100, n % 7, '{}', '{}', '{}', 0, jsonb_build_object('victoires', n % 90), now(), n
     FROM generate_series(0, 9999) AS n",
    "INSERT INTO historique_niveau
     SELECT pg_temp.id(n), pg_temp.id(n % 10000), 1 + n / 10000, n, now(), n FROM generate_series(0, 499999) AS n",
    "INSERT INTO items
     SELECT pg_temp.id(n), 'Lame ' || n, repeat('Une longue description. ', 10), 'ARME', 'RARE', 1 + n % 100, NULL, NULL, 1, 1, true, 1,
            true, true, NULL, '[]', n
     FROM generate_series(0, 9999) AS n",
    "INSERT INTO cotes_arene
     SELECT pg_temp.id(n), n, 1000 + n % 700, 3, pg_temp.id(n / 2), n FROM generate_series(0, 9999) AS n",
    "INSERT INTO etat_monde (monde_id, evenements_actifs, boss_vaincus, zones_decouvertes, ressources_mondiales, facteurs_economiques,
                             classements, boss_presents, last_event_sequence)
     VALUES (pg_temp.id(0), '{}', '{}', '[]', '{}', '{}', '{}', '{}', 1)",
    "REFRESH MATERIALIZED VIEW vue_leaderboard_global",
    "REFRESH MATERIALIZED VIEW vue_items_populaires",
];

pub(super) fn questions() -> Vec<Question> {
    let one = "'00000000-0000-0000-0000-000000000014'";
    let last = i64::MAX;
    vec![
        (sql!("profils"), format!("ARRAY[{one}]::uuid[]")),
        (sql!("niveaux_atteints"), format!("{one}, {last}, 50")),
        (sql!("classement"), format!("2147483647, 0, {one}, 50")),
        (sql!("classement"), format!("50, 3, {one}, 50")),
        (sql!("classement_global"), "0, 50".to_owned()),
        (sql!("classement_global"), "5000, 50".to_owned()),
        (sql!("classement_arene"), format!("1300, {one}, 50")),
        (
            sql!("cotes_apres"),
            format!("ARRAY[{one}, '00000000-0000-0000-0000-000000000300']::uuid[]"),
        ),
        (sql!("items_par_id"), format!("ARRAY[{one}]::uuid[]")),
        (sql!("items"), format!("NULL, NULL, '', 40, 'Lame', {one}, 60, 50")),
        (sql!("items"), format!("'ARME', 'RARE', 'lame 77', 1, '', {one}, 100, 50")),
        (sql!("items_populaires"), "50".to_owned()),
        (sql!("etat_du_monde"), String::new()),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_of_players_boards_and_the_catalogue_read_few_pages_by_an_index() {
    let terrain = grown(TABLES).await;
    for ((name, sql), parameters) in questions() {
        // the filters of a list decide which index is the best: it is planned anew each time
        let modes = if name == "items" { &["custom"][..] } else { &["custom", "generic"] };
        for mode in modes {
            let (pages, plan) = terrain.plan(mode, sql, &parameters).await;
            // there is one world, in one page
            let scanned = plan.contains("Seq Scan") && name != "etat_du_monde";
            assert!(pages <= 200 && !scanned, "{name}, {mode}: {pages} pages, {plan}");
        }
    }
}
