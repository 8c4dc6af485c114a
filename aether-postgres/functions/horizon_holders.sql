-- Who holds the horizon back. The number is that of aether_lock_space(), which would be looked up along the path of the reader.
CREATE OR REPLACE VIEW aether_horizon_holders AS
SELECT l.pid,
       a.usename,
       a.application_name,
       a.state,
       now() - a.xact_start AS age,
       left(a.query, 200) AS query,
       host(a.client_addr) AS client,
       CASE WHEN a.state LIKE 'idle in transaction%' THEN now() - a.state_change END AS idle
FROM pg_locks AS l
LEFT JOIN pg_stat_activity AS a ON a.pid = l.pid
WHERE l.locktype = 'advisory'
  AND l.classid::bigint = ('aether_event_sequence'::regclass::oid::bigint # 1095062600) & 2147483647
  AND l.objsubid = 2
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database());
