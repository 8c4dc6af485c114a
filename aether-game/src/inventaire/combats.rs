//! A combat and the bags of its players: what they bring is set aside when it begins, and settled when it is over.

use super::commands::InventaireCommand;
use super::parties::{LigneObjet, Reste};
use super::state::Inventaire;
use crate::combat::{Combat, Participant, TypeEntite, Vue};
use crate::item::Item;
use crate::unite::Unite;
use crate::values::{CombatId, HorsBornes, InventaireId, ItemId, JoueurId, Niveau, Quantite};

/// Adds, to the unit by which a combat [begins](crate::combat::commencer), that what the players bring is set aside in their bags, and does
/// what the catalogue says. Nobody brings what needs a higher level than his.
///
/// # Errors
///
/// Somebody brings more of an item than a command can name, or has a level that no player has.
pub fn mettre_de_cote<U: Unite>(
    unit: U,
    combat_id: CombatId,
    participants: &[Participant],
) -> Result<U, HorsBornes> {
    let mut unit = unit;
    for participant in participants.iter().filter(|it| it.type_entite == TypeEntite::Joueur) {
        let apportes = participant.objets.iter().filter(|objet| objet.quantite > 0);
        let mut lignes = Vec::new();
        for objet in apportes {
            let (item_id, quantite) = (objet.item_id, Quantite::new(objet.quantite)?);
            lignes.push(LigneObjet { item_id, quantite });
            let objet = objet.clone();
            unit = unit.provided(item_id, move |item: &Item| item.verifie_objet(&objet));
        }
        if !lignes.is_empty() {
            let joueur_id = participant.entite_id.joueur();
            let niveau = Niveau::new(participant.niveau)?;
            let command = InventaireCommand::MettreDeCote { joueur_id, combat_id, niveau, lignes };
            unit = unit.command(InventaireId::du_joueur(joueur_id), command);
        }
    }
    Ok(unit)
}

/// The command that settles a combat that is over in the bag of a player; none if nothing is set aside for it there.
#[must_use]
pub fn solde(
    (combat_id, combat): (CombatId, &Combat),
    (joueur_id, sac): (JoueurId, &Inventaire),
) -> Option<InventaireCommand> {
    combat.resultat()?;
    let de_cote = sac.de_cote(combat_id);
    let est_le_joueur = |vue: &Vue<'_>| {
        vue.fiche.type_entite == TypeEntite::Joueur && vue.fiche.entite_id.joueur() == joueur_id
    };
    let joueur = combat.participants().find(est_le_joueur);
    let reste = |(item_id, nombre): (&ItemId, &u16)| {
        let reste = joueur.and_then(|vue| vue.objet(*item_id)).map_or(0, |(_, reste)| reste);
        let quantite = u16::try_from(reste).unwrap_or(u16::MAX).min(*nombre);
        Reste { item_id: *item_id, quantite }
    };
    let restes: Vec<_> = de_cote.iter().map(reste).collect();
    let solder = InventaireCommand::SolderCombat { joueur_id, combat_id, restes };
    (!de_cote.is_empty()).then_some(solder)
}
