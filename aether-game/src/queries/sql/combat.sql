SELECT jsonb_build_object('instance', to_jsonb(i) - 'updated_at', 'participants', coalesce(c.participants, '[]'))
FROM instances_combat AS i
CROSS JOIN LATERAL (
    SELECT jsonb_agg(to_jsonb(p) - 'updated_at' ORDER BY o.rang) AS participants
    FROM jsonb_array_elements_text(i.ordre_tour) WITH ORDINALITY AS o (participant_id, rang)
    JOIN participants_combat AS p ON p.participant_id = o.participant_id::uuid AND p.combat_id = i.combat_id
) AS c
WHERE i.combat_id = $1
