SELECT kind, id, process_id, name, command, metadata, tries, failures
FROM aether_due_tasks($1, $2, $3, $4, $5)
