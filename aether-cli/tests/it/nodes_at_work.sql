-- Tables as two nodes leave them: arena-1 at work, arena-2 gone a minute ago.
INSERT INTO aether_nodes (node, name, wants, seen_at, expires_at) VALUES
    ('00000000-0000-4000-8000-000000000001', 'arena-1', '{}', now(), now() + INTERVAL '1 hour'),
    ('00000000-0000-4000-8000-000000000002', 'arena-2', '{}', now() - INTERVAL '1 minute',
     now() - INTERVAL '50 seconds');
INSERT INTO aether_projections (projection, shards, event_types, aggregate_types) VALUES
    ('budgets', 1, '{GoldSpent}', '{Player}'),
    ('players', 2, '{}', '{}'),
    ('combats', 1, '{}', '{Combat}');
INSERT INTO aether_leases (lease, node, epoch, acquired_at, expires_at) VALUES
    (aether_projection_lease('budgets', 0), '00000000-0000-4000-8000-000000000001',
     nextval('aether_epochs'), now() - INTERVAL '5 minutes', now() + INTERVAL '1 hour'),
    (aether_projection_lease('players', 0), '00000000-0000-4000-8000-000000000001',
     nextval('aether_epochs'), now() - INTERVAL '4 minutes', now() + INTERVAL '1 hour'),
    (aether_projection_lease('players', 1), '00000000-0000-4000-8000-000000000002',
     nextval('aether_epochs'), now() - INTERVAL '9 minutes', now() - INTERVAL '50 seconds');
INSERT INTO aether_checkpoints (projection, shard, position, epoch, failure) VALUES
    ('budgets', 0, 4, 1, NULL),
    ('combats', 0, 8, 2, 'event CombatStarted cannot be decoded: missing field `zone`'),
    ('archived', 0, 8, 1, NULL);
INSERT INTO aether_dead_letters (projection, rebuild, position, event_id, event_type, aggregate_id,
    aggregate_type, aggregate_version, slice, state, error, attempts)
SELECT 'budgets', l.rebuild, e.event_sequence, e.event_id, e.event_type, e.aggregate_id, e.aggregate_type,
       e.aggregate_version, e.slice, l.state, l.error, l.attempts
FROM evenements AS e
JOIN (VALUES (1, FALSE, 'skipped', 'no such player', 3),
             (5, FALSE, 'failed', 'division by zero', 3),
             (8, FALSE, 'waiting', NULL, 0),
             (5, TRUE, 'failed', 'division by zero', 3)
     ) AS l(position, rebuild, state, error, attempts) ON l.position = e.event_sequence;
INSERT INTO aether_jobs (job, started_at, finished_at, outcome, error, runs, failures) VALUES
    ('partitions_ahead', now() - INTERVAL '3 hours', now() - INTERVAL '3 hours', 'ok', NULL, 12, 1);
