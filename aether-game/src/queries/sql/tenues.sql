SELECT jsonb_build_object('set', to_jsonb(s) - 'updated_at', 'pieces', coalesce(p.pieces, '[]'))
FROM sets_equipement AS s
CROSS JOIN LATERAL (
    SELECT jsonb_agg(
        jsonb_build_object(
            'emplacement', w.emplacement, 'piece', to_jsonb(p) - 'updated_at', 'item', to_jsonb(o) - 'updated_at')
        ORDER BY w.place) AS pieces
    FROM (VALUES
        (1, 'TETE', s.slot_tete),
        (2, 'TORSE', s.slot_torse),
        (3, 'JAMBES', s.slot_jambes),
        (4, 'PIEDS', s.slot_pieds),
        (5, 'MAINS', s.slot_mains),
        (6, 'ARME_PRINCIPALE', s.slot_arme_principale),
        (7, 'ARME_SECONDAIRE', s.slot_arme_secondaire),
        (8, 'DOS', s.slot_dos),
        (9, 'COU', s.slot_cou),
        (10, 'DOIGT_1', s.slot_doigt_1),
        (11, 'DOIGT_2', s.slot_doigt_2),
        (12, 'ACCESSOIRE_1', s.slot_accessoire_1),
        (13, 'ACCESSOIRE_2', s.slot_accessoire_2)
    ) AS w (place, emplacement, equipement_id)
    LEFT JOIN pieces_equipement AS p ON p.equipement_id = w.equipement_id
    LEFT JOIN items AS o ON o.item_id = p.item_id
    WHERE w.equipement_id IS NOT NULL
) AS p
WHERE s.joueur_id = ANY($1)
