WITH finis AS (
    SELECT i.combat_id
    FROM instances_combat AS i
    WHERE i.heure_fin < $1
    ORDER BY i.heure_fin
    LIMIT $2
    FOR UPDATE SKIP LOCKED
), participants AS (
    DELETE FROM participants_combat AS p USING finis WHERE p.combat_id = finis.combat_id RETURNING p.*
), archives AS (
    INSERT INTO participants_combat_archive SELECT * FROM participants ON CONFLICT DO NOTHING
), instances AS (
    DELETE FROM instances_combat AS i USING finis WHERE i.combat_id = finis.combat_id RETURNING i.*
)
INSERT INTO instances_combat_archive AS a
SELECT * FROM instances
-- rebuilt since: the row that is there already is the same, and counts as moved
ON CONFLICT (combat_id) DO UPDATE SET updated_at = a.updated_at
