MERGE INTO ordres_economie AS t
USING changes(
    ordre_id uuid, type_ordre text, joueur_id uuid, pseudo_joueur text, item_id uuid, quantite int, quantite_restante int,
    prix_unitaire int, statut text, cree_a timestamptz, expire_a timestamptz, complete_a timestamptz, event_sequence bigint,
    last_event_sequence bigint) AS d
ON t.ordre_id = d.ordre_id
WHEN MATCHED AND t.last_event_sequence < d.last_event_sequence THEN UPDATE SET
    quantite_restante = coalesce(d.quantite_restante, t.quantite_restante),
    statut = coalesce(d.statut, t.statut),
    complete_a = coalesce(d.complete_a, t.complete_a),
    last_event_sequence = d.last_event_sequence,
    updated_at = now()
WHEN NOT MATCHED THEN INSERT (
    ordre_id, type_ordre, joueur_id, pseudo_joueur, item_id, quantite, quantite_restante, prix_unitaire, statut, cree_a, expire_a,
    complete_a, event_sequence, last_event_sequence)
VALUES (
    d.ordre_id, d.type_ordre, d.joueur_id, d.pseudo_joueur, d.item_id, d.quantite, d.quantite_restante, d.prix_unitaire, d.statut,
    d.cree_a, d.expire_a, d.complete_a, d.event_sequence, d.last_event_sequence)
