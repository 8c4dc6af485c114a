MERGE INTO items AS t
USING changes(
    item_id uuid, nom text, description text, rarete text, valeur_or int, icone_url text, type_item text,
    niveau_requis int, stats jsonb, effets jsonb, poids int, empilable boolean, stack_max int, echangeable boolean,
    destructible boolean, recette_craft jsonb, retire boolean, last_event_sequence bigint) AS d
ON t.item_id = d.item_id
WHEN MATCHED AND t.last_event_sequence < d.last_event_sequence THEN UPDATE SET
    nom = coalesce(d.nom, t.nom),
    description = coalesce(d.description, t.description),
    rarete = coalesce(d.rarete, t.rarete),
    valeur_or = coalesce(d.valeur_or, t.valeur_or),
    icone_url = CASE WHEN d.nom IS NULL THEN t.icone_url ELSE d.icone_url END,
    type_item = coalesce(d.type_item, t.type_item),
    niveau_requis = coalesce(d.niveau_requis, t.niveau_requis),
    stats = CASE WHEN d.type_item IS NULL THEN t.stats ELSE d.stats END,
    effets = CASE WHEN d.type_item IS NULL THEN t.effets ELSE d.effets END,
    poids = coalesce(d.poids, t.poids),
    empilable = coalesce(d.empilable, t.empilable),
    stack_max = coalesce(d.stack_max, t.stack_max),
    echangeable = coalesce(d.echangeable, t.echangeable),
    destructible = coalesce(d.destructible, t.destructible),
    recette_craft = coalesce(d.recette_craft, t.recette_craft),
    retire = coalesce(d.retire, t.retire),
    last_event_sequence = d.last_event_sequence,
    updated_at = now()
WHEN NOT MATCHED THEN INSERT (
    item_id, nom, description, rarete, valeur_or, icone_url, type_item, niveau_requis, stats, effets, poids, empilable,
    stack_max, echangeable, destructible, recette_craft, retire, last_event_sequence)
VALUES (
    d.item_id, d.nom, d.description, d.rarete, d.valeur_or, d.icone_url, d.type_item, d.niveau_requis, d.stats, d.effets,
    d.poids, d.empilable, d.stack_max, d.echangeable, d.destructible, d.recette_craft, coalesce(d.retire, false),
    d.last_event_sequence)
