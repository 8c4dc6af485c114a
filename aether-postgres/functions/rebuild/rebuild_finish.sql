-- What has to be true of projections in the moment their rebuilt tables go live: they have come to a position,
-- in all their shards, and their dead letters are those of the rebuild. Returns how many letters there are.
-- A runner that was at another position is fenced off by that and looks where to go on.
CREATE OR REPLACE FUNCTION aether_rebuild_finish(p_projections TEXT[], p_position BIGINT, p_epoch BIGINT)
RETURNS BIGINT LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    UPDATE aether_checkpoints
    SET position = p_position, failure = NULL, updated_at = clock_timestamp()
    WHERE projection = ANY (p_projections);
    INSERT INTO aether_checkpoints (projection, shard, position)
    SELECT p.name, s.shard, p_position
    FROM unnest(p_projections) AS p(name)
    LEFT JOIN aether_projections AS r ON r.projection = p.name
    CROSS JOIN LATERAL generate_series(0, coalesce(r.shards, 1) - 1) AS s(shard)
    ON CONFLICT (projection, shard) DO NOTHING;
    DELETE FROM aether_dead_letters WHERE projection = ANY (p_projections) AND NOT rebuild;
    UPDATE aether_dead_letters SET rebuild = FALSE WHERE projection = ANY (p_projections);
    DELETE FROM aether_rebuilds WHERE projection = ANY (p_projections) AND epoch = p_epoch;
    RETURN (SELECT count(*) FROM aether_dead_letters WHERE projection = ANY (p_projections));
END
$$;
