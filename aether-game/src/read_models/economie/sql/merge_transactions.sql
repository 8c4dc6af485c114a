MERGE INTO transactions_economie AS t
USING changes(
    transaction_id uuid, ordre_vente_id uuid, ordre_achat_id uuid, vendeur_id uuid, pseudo_vendeur text, acheteur_id uuid,
    pseudo_acheteur text, item_id uuid, quantite int, prix_unitaire int, montant_total int, taxe int, executee_a timestamptz,
    event_sequence bigint, rendu int, reglee_a timestamptz) AS d
ON t.transaction_id = d.transaction_id
WHEN MATCHED AND t.reglee_a IS NULL AND d.reglee_a IS NOT NULL THEN UPDATE SET reglee_a = d.reglee_a
WHEN NOT MATCHED THEN INSERT (
    transaction_id, ordre_vente_id, ordre_achat_id, vendeur_id, pseudo_vendeur, acheteur_id, pseudo_acheteur, item_id, quantite,
    prix_unitaire, montant_total, taxe, executee_a, event_sequence, rendu, reglee_a)
VALUES (
    d.transaction_id, d.ordre_vente_id, d.ordre_achat_id, d.vendeur_id, d.pseudo_vendeur, d.acheteur_id, d.pseudo_acheteur,
    d.item_id, d.quantite, d.prix_unitaire, d.montant_total, d.taxe, d.executee_a, d.event_sequence, d.rendu, d.reglee_a)
