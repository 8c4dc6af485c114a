//! How queries are carried out on the tables of a grown game: with few pages, whichever way they are planned.

use std::collections::BTreeSet;

use super::fixtures::*;
use super::{plans_des_rangs, plans_des_sacs};

/// Ten thousand players, whose ids are numbers.
const TABLES: &[&str] = &[
    "CREATE FUNCTION pg_temp.id(n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE
     RETURN lpad(to_hex(n), 32, '0')::uuid",
    "INSERT INTO ordres_economie
     SELECT pg_temp.id(n), CASE WHEN n / 500 % 2 = 0 THEN 'VENTE' ELSE 'ACHAT' END, pg_temp.id(n % 10000), 'Alba', pg_temp.id(n % 500),
            10, 5, 1 + n % 997, (ARRAY['ACTIF', 'COMPLETE', 'ANNULE', 'PARTIELLEMENT_EXECUTE', 'EXPIRE'])[1 + n / 1000 % 5],
            now(), now() + interval '1 day', NULL, n, now(), n
     FROM generate_series(1, 200000) AS n",
    "INSERT INTO transactions_economie
     SELECT pg_temp.id(n), pg_temp.id(n), pg_temp.id(n + 1), pg_temp.id(n % 9000), 'Alba', pg_temp.id((n + 1) % 9000), 'Berthe',
            pg_temp.id(n % 500), 1, 10, 10, 0, now() - n * interval '1 minute', n, 0, CASE WHEN n % 1000 > 0 THEN now() END
     FROM generate_series(1, 200000) AS n",
    "INSERT INTO prix_marche (prix_id, item_id, derniere_transaction, last_event_sequence, dernier_prix)
     SELECT pg_temp.id(n), pg_temp.id(n), now(), n, 10 FROM generate_series(0, 499) AS n",
    "INSERT INTO colis_economie
     SELECT pg_temp.id(n), pg_temp.id(n % 5000), pg_temp.id(n % 500), 'OR', 1, 'PRODUIT', NULL, NULL, now(), n, n
     FROM generate_series(1, 20000) AS n",
    "INSERT INTO joueurs (joueur_id, username, pseudo, classe, niveau, stats_base, stats_equipement, stats_totales, \"or\", cree_a,
                          last_event_sequence)
     SELECT pg_temp.id(n), n, n, 'MAGE', 1 + n % 100, '{}', '{}', '{}', 0, now(), n FROM generate_series(0, 9999) AS n",
    "INSERT INTO quetes
     SELECT pg_temp.id(n), n, repeat('Une longue histoire. ', 20), 'SECONDAIRE', 1 + n % 100, 100,
            CASE WHEN n > 100 THEN jsonb_build_object('quetes', jsonb_build_array(pg_temp.id(n - 100))) ELSE '{\"quetes\": []}' END,
            '[]', '{}', NULL, NULL, NULL, n % 2 = 0, NULL, '[]', n
     FROM generate_series(1, 300) AS n",
    "INSERT INTO quetes_joueur
     SELECT pg_temp.id(n), pg_temp.id(n % 10000), pg_temp.id(1 + n / 1000),
            (ARRAY['EN_COURS', 'COMPLETE', 'ECHOUEE', 'ABANDONEE'])[1 + n / 10000 % 4], '{}', 50, true, now(), NULL, NULL, n, now(), 1,
            false, n / 10000 % 4 = 1, now()
     FROM generate_series(1, 200000) AS n",
    "INSERT INTO competences
     SELECT pg_temp.id(n), n, '', 'ACTIVE', 'FEU', 'SOI', 1, 1, 1, 1, 1, '[]', '{}', NULL, NULL, '{}', n
     FROM generate_series(1, 120) AS n",
    "INSERT INTO competences_joueur (competence_joueur_id, joueur_id, competence_id, niveau_competence, experience_competence,
                                     last_event_sequence, apprise_a, cooldown_fin_a)
     SELECT pg_temp.id(n), pg_temp.id(n % 10000), pg_temp.id(1 + n / 10000 * 6), 1, 0, n, now(), now() + (n % 3 - 1) * interval '1 day'
     FROM generate_series(1, 150000) AS n",
];

/// The text of a query, by its name.
macro_rules! sql {
    ($name:literal) => {
        ($name, include_str!(concat!("../../../src/queries/sql/", $name, ".sql")))
    };
}
pub(super) use sql;

/// A query, its text, and what it is asked with.
pub(super) type Question = ((&'static str, &'static str), String);

const ZERO: &str = "'00000000-0000-0000-0000-000000000000'";

fn questions() -> Vec<Question> {
    let un = "'00000000-0000-0000-0000-000000000015'";
    let now = "now()";
    vec![
        (sql!("offres_vente"), format!("{un}, {now}, 0, 0, 50")),
        (sql!("offres_vente"), format!("{un}, {now}, 500, 9000, 50")),
        (sql!("offres_achat"), format!("{un}, {now}, -2147483648, 0, 50")),
        (sql!("offres_achat"), format!("{un}, {now}, -500, 9000, 50")),
        (sql!("profondeur_vente"), format!("{un}, {now}, 0, 20")),
        (sql!("profondeur_achat"), format!("{un}, {now}, -2147483648, 20")),
        (sql!("prix"), un.to_owned()),
        (sql!("transactions_de_l_item"), format!("{un}, now() - interval '9 days', 200000, 50")),
        (sql!("transactions_du_joueur"), format!("{un}, 9223372036854775807, 50")),
        (sql!("ordres_du_joueur"), un.to_owned()),
        (sql!("colis_du_joueur"), format!("{un}, 0, 50")),
        (sql!("quetes_en_cours"), format!("{un}, 'infinity', {ZERO}, 20")),
        (sql!("quetes_ouvertes"), format!("{un}, {now}, 0, {ZERO}, 20")),
        (sql!("competences_du_joueur"), format!("{un}, {ZERO}, 50")),
        (sql!("competences_pretes"), format!("{un}, {now}, {ZERO}, 50")),
    ]
}

/// Fills tables of a game of its own.
pub(super) async fn grown(tables: &[&'static str]) -> Terrain {
    let terrain = Terrain::open().await;
    let mut connection = terrain.pool.acquire().await.unwrap();
    for table in tables {
        sqlx::query(*table).execute(&mut *connection).await.unwrap();
    }
    connection.close().await.unwrap();
    terrain.run("VACUUM ANALYZE").await;
    terrain
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_of_market_quests_and_skills_read_few_pages_of_large_tables() {
    let terrain = grown(TABLES).await;
    for ((name, sql), parameters) in questions() {
        for mode in ["custom", "generic"] {
            let (pages, plan) = terrain.plan(mode, sql, &parameters).await;
            assert!(pages <= 200, "{name}, {mode}: {pages} pages, {plan}");
        }
    }
}

/// They add everything up, for an operator.
const WHOLE: [&str; 2] = ["livre_items", "livre_or"];

#[test]
fn every_query_has_a_test_of_its_plan() {
    let tested = [questions(), plans_des_sacs::questions(), plans_des_rangs::questions()];
    let tested = tested.iter().flatten().map(|((name, _), _)| *name);
    let tested: BTreeSet<String> = tested.chain(WHOLE).map(str::to_owned).collect();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/queries/sql");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let all = files.map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned());
    assert_eq!(tested, all.collect::<BTreeSet<_>>());
}
