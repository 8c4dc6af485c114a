-- Players, and the levels that they reached.

CREATE TABLE joueurs (
    joueur_id                   UUID PRIMARY KEY,
    username                    VARCHAR(100) NOT NULL UNIQUE,
    pseudo                      VARCHAR(100) NOT NULL,
    classe                      VARCHAR(20)  NOT NULL
        CHECK (classe IN ('GUERRIER', 'MAGE', 'ARCHER', 'VOLEUR', 'CLERC')),
    niveau                      INTEGER      NOT NULL CHECK (niveau BETWEEN 1 AND 100),
    experience                  BIGINT       NOT NULL DEFAULT 0 CHECK (experience >= 0),
    -- none at the last level
    experience_prochain_niveau  BIGINT,
    stats_base                  JSONB        NOT NULL,
    stats_equipement            JSONB        NOT NULL,
    stats_totales               JSONB        NOT NULL,
    "or"                        INTEGER      NOT NULL CHECK ("or" >= 0),
    gemmes                      INTEGER      NOT NULL DEFAULT 0,
    titre                       VARCHAR(100),
    guilde_id                   VARCHAR(100),
    guilde_nom                  VARCHAR(100),
    reputation                  JSONB        NOT NULL DEFAULT '{}',
    realisations                JSONB        NOT NULL DEFAULT '[]',
    statistiques_jeu            JSONB        NOT NULL DEFAULT '{}',
    derniere_connexion          TIMESTAMPTZ,
    cree_a                      TIMESTAMPTZ  NOT NULL,
    last_event_sequence         BIGINT       NOT NULL,
    updated_at                  TIMESTAMPTZ  NOT NULL DEFAULT now(),
    points_competence           INTEGER      NOT NULL DEFAULT 0,
    ordres_ouverts              INTEGER      NOT NULL DEFAULT 0 CHECK (ordres_ouverts BETWEEN 0 AND 100),
    -- the one that the player is in
    combat_id                   UUID
) WITH (fillfactor = 80);

CREATE INDEX joueurs_classement ON joueurs (niveau DESC, experience DESC, joueur_id DESC);
CREATE INDEX joueurs_connexion ON joueurs (derniere_connexion);

CREATE TABLE historique_niveau (
    historique_id    UUID PRIMARY KEY,
    joueur_id        UUID        NOT NULL,
    niveau_atteint   INTEGER     NOT NULL,
    experience_total BIGINT      NOT NULL,
    atteint_a        TIMESTAMPTZ NOT NULL,
    event_sequence   BIGINT      NOT NULL
);

CREATE INDEX historique_niveau_par_joueur ON historique_niveau (joueur_id, event_sequence DESC);
