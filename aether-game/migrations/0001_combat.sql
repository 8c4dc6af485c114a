-- The read models of combat. Who writes what: see src/read_models.rs.

CREATE TABLE instances_combat (
    combat_id            UUID PRIMARY KEY,
    etat                 VARCHAR(20)  NOT NULL
        CHECK (etat IN ('PREPARATION', 'EN_COURS', 'TERMINE', 'ABANDONNE')),
    type_combat          VARCHAR(20)  NOT NULL
        CHECK (type_combat IN ('PVE', 'PVP', 'BOSS', 'ARENE')),
    zone_id              UUID         NOT NULL,
    zone_nom             VARCHAR(100) NOT NULL,
    tour_actuel          INTEGER      NOT NULL DEFAULT 0,
    ordre_tour           JSONB        NOT NULL DEFAULT '[]',
    participant_actif_id UUID,
    heure_debut          TIMESTAMPTZ  NOT NULL,
    heure_fin            TIMESTAMPTZ,
    duree_tour_ms        INTEGER      NOT NULL DEFAULT 30000,
    prochain_timeout     TIMESTAMPTZ,
    conditions_victoire  JSONB        NOT NULL DEFAULT '{}',
    recompenses          JSONB        NOT NULL DEFAULT '{}',
    last_event_sequence  BIGINT       NOT NULL,
    updated_at           TIMESTAMPTZ  NOT NULL DEFAULT now()
) WITH (fillfactor = 80);

CREATE INDEX instances_combat_actives ON instances_combat (zone_id, heure_debut, combat_id)
    WHERE etat = 'EN_COURS';
CREATE INDEX instances_combat_finies ON instances_combat (heure_fin) WHERE heure_fin IS NOT NULL;

CREATE TABLE participants_combat (
    participant_id          UUID PRIMARY KEY,
    combat_id               UUID         NOT NULL REFERENCES instances_combat ON DELETE CASCADE,
    entite_id               UUID         NOT NULL,
    type_entite             VARCHAR(10)  NOT NULL CHECK (type_entite IN ('JOUEUR', 'PNJ', 'BOSS')),
    nom                     VARCHAR(100) NOT NULL,
    niveau                  INTEGER      NOT NULL,
    initiative              INTEGER      NOT NULL,
    position                INTEGER      NOT NULL,
    etat                    VARCHAR(10)  NOT NULL CHECK (etat IN ('ACTIF', 'KO', 'FUITE', 'MORT')),
    hp_actuel               INTEGER      NOT NULL,
    hp_max                  INTEGER      NOT NULL,
    mp_actuel               INTEGER      NOT NULL,
    mp_max                  INTEGER      NOT NULL,
    stamina_actuel          INTEGER      NOT NULL,
    stamina_max             INTEGER      NOT NULL,
    stats_combat            JSONB        NOT NULL DEFAULT '{}',
    resistances             JSONB        NOT NULL DEFAULT '{}',
    effets_actifs           JSONB        NOT NULL DEFAULT '[]',
    -- {"objets": [what it brought], "restants": [how many are left]}
    equipement              JSONB        NOT NULL DEFAULT '{}',
    -- {"competences": [its skills], "recharges": [those that rest]}
    competences_disponibles JSONB        NOT NULL DEFAULT '{}',
    peut_agir               BOOLEAN      NOT NULL,
    last_event_sequence     BIGINT       NOT NULL,
    updated_at              TIMESTAMPTZ  NOT NULL DEFAULT now(),
    camp                    VARCHAR(20)  NOT NULL CHECK (camp IN ('ALLIES', 'ADVERSAIRES'))
) WITH (fillfactor = 70);

CREATE INDEX participants_combat_par_combat ON participants_combat (combat_id);
CREATE INDEX participants_combat_par_entite ON participants_combat (entite_id);

CREATE TABLE actions_combat (
    action_id          UUID PRIMARY KEY,
    combat_id          UUID        NOT NULL,
    numero_tour        INTEGER     NOT NULL,
    participant_id     UUID        NOT NULL,
    type_action        VARCHAR(20) NOT NULL,
    competence_id      UUID,
    item_id            UUID,
    cibles             JSONB       NOT NULL DEFAULT '[]',
    donnees_action     JSONB       NOT NULL DEFAULT '{}',
    resultat           VARCHAR(20) NOT NULL,
    effets_appliques   JSONB       NOT NULL DEFAULT '[]',
    temps_execution_ms INTEGER     NOT NULL,
    timestamp          TIMESTAMPTZ NOT NULL,
    event_sequence     BIGINT      NOT NULL
);

CREATE INDEX actions_combat_par_participant ON actions_combat (participant_id, event_sequence DESC);
CREATE INDEX actions_combat_par_combat ON actions_combat (combat_id, event_sequence);

CREATE TABLE historique_combat (
    historique_id  UUID PRIMARY KEY,
    combat_id      UUID        NOT NULL,
    numero_tour    INTEGER     NOT NULL,
    type_evenement VARCHAR(10) NOT NULL
        CHECK (type_evenement IN ('ACTION', 'EFFET', 'ETAT', 'TIMEOUT')),
    acteur_id      UUID,
    details        JSONB       NOT NULL,
    severite       VARCHAR(10) NOT NULL CHECK (severite IN ('INFO', 'IMPORTANT', 'CRITIQUE')),
    timestamp      TIMESTAMPTZ NOT NULL,
    event_sequence BIGINT      NOT NULL
);

CREATE INDEX historique_combat_par_combat ON historique_combat (combat_id, event_sequence);

CREATE TABLE effets_statut (
    effet_id             UUID PRIMARY KEY,
    participant_id       UUID        NOT NULL,
    combat_id            UUID        NOT NULL,
    type_effet           VARCHAR(20) NOT NULL,
    source_type          VARCHAR(20) NOT NULL
        CHECK (source_type IN ('COMPETENCE', 'OBJET', 'ENVIRONNEMENT')),
    source_id            UUID        NOT NULL,
    puissance            INTEGER     NOT NULL,
    duree_tours_restants INTEGER     NOT NULL,
    stacks               INTEGER     NOT NULL,
    modificateurs        JSONB       NOT NULL DEFAULT '{}',
    est_debuff           BOOLEAN     NOT NULL,
    peut_etre_dissipe    BOOLEAN     NOT NULL,
    applique_a           TIMESTAMPTZ NOT NULL,
    event_sequence       BIGINT      NOT NULL,
    last_event_sequence  BIGINT      NOT NULL,
    updated_at           TIMESTAMPTZ NOT NULL DEFAULT now()
) WITH (fillfactor = 80);

CREATE INDEX effets_statut_par_combat ON effets_statut (combat_id);
CREATE INDEX effets_statut_par_participant ON effets_statut (participant_id);
