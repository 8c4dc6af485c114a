-- The world, in one row.

-- One JSON object in another one, at every depth: what is no object takes the place of what was there.
CREATE FUNCTION fusion_json(ancien JSONB, nouveau JSONB) RETURNS JSONB LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF jsonb_typeof(ancien) IS DISTINCT FROM 'object' OR jsonb_typeof(nouveau) IS DISTINCT FROM 'object' THEN
        RETURN nouveau;
    END IF;
    RETURN ancien || (
        SELECT coalesce(jsonb_object_agg(m.key, fusion_json(ancien -> m.key, m.value)), '{}') FROM jsonb_each(nouveau) AS m);
END
$$;

-- An object after a correction: without the members in "retires", then with those in "poses". None: as it was.
CREATE FUNCTION corrige_json(ancien JSONB, correction JSONB) RETURNS JSONB LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    IF correction IS NULL THEN
        RETURN ancien;
    END IF;
    RETURN fusion_json(
        ancien - ARRAY(SELECT jsonb_array_elements_text(correction -> 'retires')), correction -> 'poses');
END
$$;

CREATE TABLE etat_monde (
    monde_id                   UUID PRIMARY KEY CHECK (monde_id = '00000000-0000-0000-0000-000000000000'),
    -- nowhere until the clock moves for the first time
    cycle_jour_nuit            INTEGER     CHECK (cycle_jour_nuit BETWEEN 0 AND 23),
    saison                     VARCHAR(20) CHECK (saison IN ('PRINTEMPS', 'ETE', 'AUTOMNE', 'HIVER')),
    jour_saison                INTEGER     CHECK (jour_saison BETWEEN 1 AND 30),
    -- what is brought forward must be there
    evenements_actifs          JSONB       NOT NULL
        CHECK (NOT jsonb_path_exists(evenements_actifs, '$.* ? (!exists (@.finA))')),
    -- the last defeat of each boss
    boss_vaincus               JSONB       NOT NULL,
    zones_decouvertes          JSONB       NOT NULL,
    -- what changes must have been laid out
    ressources_mondiales       JSONB       NOT NULL
        CHECK (NOT jsonb_path_exists(ressources_mondiales, '$.*.gisements.* ? (!exists (@.maximum))')),
    -- percentages other than 100
    facteurs_economiques       JSONB       NOT NULL,
    classements                JSONB       NOT NULL,
    derniere_mise_a_jour_cycle TIMESTAMPTZ,
    last_event_sequence        BIGINT      NOT NULL,
    updated_at                 TIMESTAMPTZ NOT NULL DEFAULT now(),
    heure_absolue              BIGINT,
    boss_presents              JSONB       NOT NULL
) WITH (fillfactor = 50);
