INSERT INTO competences (
    competence_id, nom, description, type_competence, element, cible, niveau_requis, cout_mana, cout_stamina, cooldown_tours,
    portee, effets, modificateurs_niveau, animation, icone_url, pre_requis, last_event_sequence)
SELECT
    d.competence_id, d.nom, d.description, d.type_competence, d.element, d.cible, d.niveau_requis, d.cout_mana, d.cout_stamina,
    d.cooldown_tours, d.portee, d.effets, d.modificateurs_niveau, d.animation, d.icone_url, d.pre_requis, d.last_event_sequence
FROM changes(
    competence_id uuid, nom text, description text, type_competence text, element text, cible text, niveau_requis int, cout_mana int,
    cout_stamina int, cooldown_tours int, portee int, effets jsonb, modificateurs_niveau jsonb, animation text, icone_url text,
    pre_requis jsonb, last_event_sequence bigint) AS d
ON CONFLICT (competence_id) DO NOTHING
