SELECT jsonb_build_object(
    'item_id', NULL,
    'detenu', (SELECT coalesce(sum(j."or"), 0)::bigint FROM joueurs AS j),
    'ordres', (SELECT coalesce(sum(o.quantite_restante::bigint * o.prix_unitaire), 0)::bigint
               FROM ordres_economie AS o
               WHERE o.type_ordre = 'ACHAT' AND o.statut IN ('ACTIF', 'PARTIELLEMENT_EXECUTE')),
    'du', (SELECT coalesce(sum(t.montant_total::bigint - t.taxe + t.rendu), 0)::bigint
           FROM transactions_economie AS t
           WHERE t.reglee_a IS NULL),
    'colis', (SELECT coalesce(sum(c.quantite), 0)::bigint FROM colis_economie AS c WHERE c.type_contenu = 'OR'),
    'flux', (SELECT coalesce(jsonb_object_agg(f.raison, f.quantite), '{}')
             FROM flux_livre AS f
             WHERE f.item_id = '00000000-0000-0000-0000-000000000000'))
