MERGE INTO etat_monde AS t
USING changes(
    monde_id uuid, cycle_jour_nuit int, saison text, jour_saison int, heure_absolue bigint, derniere_mise_a_jour_cycle timestamptz,
    evenements_actifs jsonb, boss_vaincus jsonb, boss_presents jsonb, zones_decouvertes jsonb, ressources_mondiales jsonb,
    facteurs_economiques jsonb, classements jsonb, last_event_sequence bigint) AS d
ON t.monde_id = d.monde_id
WHEN MATCHED AND t.last_event_sequence < d.last_event_sequence THEN UPDATE SET
    cycle_jour_nuit = coalesce(d.cycle_jour_nuit, t.cycle_jour_nuit),
    saison = coalesce(d.saison, t.saison),
    jour_saison = coalesce(d.jour_saison, t.jour_saison),
    heure_absolue = coalesce(d.heure_absolue, t.heure_absolue),
    derniere_mise_a_jour_cycle = coalesce(d.derniere_mise_a_jour_cycle, t.derniere_mise_a_jour_cycle),
    evenements_actifs = corrige_json(t.evenements_actifs, d.evenements_actifs),
    boss_vaincus = corrige_json(t.boss_vaincus, d.boss_vaincus),
    boss_presents = corrige_json(t.boss_presents, d.boss_presents),
    zones_decouvertes = corrige_json(t.zones_decouvertes, d.zones_decouvertes),
    ressources_mondiales = corrige_json(t.ressources_mondiales, d.ressources_mondiales),
    facteurs_economiques = corrige_json(t.facteurs_economiques, d.facteurs_economiques),
    classements = corrige_json(t.classements, d.classements),
    last_event_sequence = d.last_event_sequence,
    updated_at = now()
WHEN NOT MATCHED THEN INSERT (
    monde_id, cycle_jour_nuit, saison, jour_saison, heure_absolue, derniere_mise_a_jour_cycle, evenements_actifs, boss_vaincus,
    boss_presents, zones_decouvertes, ressources_mondiales, facteurs_economiques, classements, last_event_sequence)
VALUES (
    d.monde_id, d.cycle_jour_nuit, d.saison, d.jour_saison, d.heure_absolue, d.derniere_mise_a_jour_cycle,
    corrige_json('{}', d.evenements_actifs), corrige_json('{}', d.boss_vaincus), corrige_json('{}', d.boss_presents),
    corrige_json('{}', d.zones_decouvertes), corrige_json('{}', d.ressources_mondiales),
    corrige_json('{}', d.facteurs_economiques), corrige_json('{}', d.classements), d.last_event_sequence)
