MERGE INTO sets_equipement AS t
USING changes(
    equipement_id uuid, joueur_id uuid, places jsonb, bonus_set jsonb, valeur_defense_totale int,
    valeur_attaque_totale int, last_event_sequence bigint) AS d
ON t.equipement_id = d.equipement_id
WHEN MATCHED AND t.last_event_sequence < d.last_event_sequence THEN UPDATE SET
    slot_tete = CASE WHEN d.places ? 'TETE' THEN (d.places ->> 'TETE')::uuid ELSE t.slot_tete END,
    slot_torse = CASE WHEN d.places ? 'TORSE' THEN (d.places ->> 'TORSE')::uuid ELSE t.slot_torse END,
    slot_jambes = CASE WHEN d.places ? 'JAMBES' THEN (d.places ->> 'JAMBES')::uuid ELSE t.slot_jambes END,
    slot_pieds = CASE WHEN d.places ? 'PIEDS' THEN (d.places ->> 'PIEDS')::uuid ELSE t.slot_pieds END,
    slot_mains = CASE WHEN d.places ? 'MAINS' THEN (d.places ->> 'MAINS')::uuid ELSE t.slot_mains END,
    slot_arme_principale = CASE WHEN d.places ? 'ARME_PRINCIPALE' THEN (d.places ->> 'ARME_PRINCIPALE')::uuid ELSE t.slot_arme_principale END,
    slot_arme_secondaire = CASE WHEN d.places ? 'ARME_SECONDAIRE' THEN (d.places ->> 'ARME_SECONDAIRE')::uuid ELSE t.slot_arme_secondaire END,
    slot_dos = CASE WHEN d.places ? 'DOS' THEN (d.places ->> 'DOS')::uuid ELSE t.slot_dos END,
    slot_cou = CASE WHEN d.places ? 'COU' THEN (d.places ->> 'COU')::uuid ELSE t.slot_cou END,
    slot_doigt_1 = CASE WHEN d.places ? 'DOIGT_1' THEN (d.places ->> 'DOIGT_1')::uuid ELSE t.slot_doigt_1 END,
    slot_doigt_2 = CASE WHEN d.places ? 'DOIGT_2' THEN (d.places ->> 'DOIGT_2')::uuid ELSE t.slot_doigt_2 END,
    slot_accessoire_1 = CASE WHEN d.places ? 'ACCESSOIRE_1' THEN (d.places ->> 'ACCESSOIRE_1')::uuid ELSE t.slot_accessoire_1 END,
    slot_accessoire_2 = CASE WHEN d.places ? 'ACCESSOIRE_2' THEN (d.places ->> 'ACCESSOIRE_2')::uuid ELSE t.slot_accessoire_2 END,
    bonus_set = d.bonus_set,
    valeur_defense_totale = d.valeur_defense_totale,
    valeur_attaque_totale = d.valeur_attaque_totale,
    last_event_sequence = d.last_event_sequence,
    updated_at = now()
WHEN NOT MATCHED THEN INSERT (
    equipement_id, joueur_id, slot_tete, slot_torse, slot_jambes, slot_pieds, slot_mains, slot_arme_principale,
    slot_arme_secondaire, slot_dos, slot_cou, slot_doigt_1, slot_doigt_2, slot_accessoire_1, slot_accessoire_2, bonus_set,
    valeur_defense_totale, valeur_attaque_totale, last_event_sequence)
VALUES (
    d.equipement_id, d.joueur_id,
    (d.places ->> 'TETE')::uuid, (d.places ->> 'TORSE')::uuid,
    (d.places ->> 'JAMBES')::uuid, (d.places ->> 'PIEDS')::uuid,
    (d.places ->> 'MAINS')::uuid, (d.places ->> 'ARME_PRINCIPALE')::uuid,
    (d.places ->> 'ARME_SECONDAIRE')::uuid, (d.places ->> 'DOS')::uuid,
    (d.places ->> 'COU')::uuid, (d.places ->> 'DOIGT_1')::uuid,
    (d.places ->> 'DOIGT_2')::uuid, (d.places ->> 'ACCESSOIRE_1')::uuid,
    (d.places ->> 'ACCESSOIRE_2')::uuid,
    d.bonus_set, d.valeur_defense_totale, d.valeur_attaque_totale, d.last_event_sequence)
