-- Ratings of players in the arena, and the rated combats that go on.

CREATE TABLE cotes_arene (
    joueur_id           UUID PRIMARY KEY,
    -- as the last combat showed it
    nom                 VARCHAR(100) NOT NULL,
    cote                INTEGER      NOT NULL CHECK (cote >= 0),
    combats             INTEGER      NOT NULL CHECK (combats >= 0),
    dernier_combat_id   UUID         NOT NULL,
    last_event_sequence BIGINT       NOT NULL,
    updated_at          TIMESTAMPTZ  NOT NULL DEFAULT now()
);

CREATE INDEX cotes_arene_classement ON cotes_arene (cote DESC, joueur_id DESC);
CREATE INDEX cotes_arene_par_combat ON cotes_arene (dernier_combat_id);

CREATE TABLE combats_cotes (
    combat_id           UUID PRIMARY KEY,
    -- the players, each with its side
    joueurs             JSONB       NOT NULL,
    last_event_sequence BIGINT      NOT NULL,
    updated_at          TIMESTAMPTZ NOT NULL DEFAULT now()
);
