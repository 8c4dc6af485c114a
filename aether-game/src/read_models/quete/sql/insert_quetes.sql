INSERT INTO quetes (
    quete_id, nom, description, type_quete, niveau_requis, niveau_recommande, pre_requis, objectifs, recompenses, zone_depart,
    pnj_donneur, duree_limite_minutes, repete, frequence_repetition, dialogues, last_event_sequence)
SELECT
    d.quete_id, d.nom, d.description, d.type_quete, d.niveau_requis, d.niveau_recommande, d.pre_requis, d.objectifs, d.recompenses,
    d.zone_depart, d.pnj_donneur, d.duree_limite_minutes, d.repete, d.frequence_repetition, d.dialogues, d.last_event_sequence
FROM changes(
    quete_id uuid, nom text, description text, type_quete text, niveau_requis int, niveau_recommande int, pre_requis jsonb,
    objectifs jsonb, recompenses jsonb, zone_depart text, pnj_donneur text, duree_limite_minutes int, repete boolean,
    frequence_repetition text, dialogues jsonb, last_event_sequence bigint) AS d
ON CONFLICT (quete_id) DO NOTHING
