//! A combat and the bags of its players: what they bring is set aside when it begins, and settled when it is over.

use super::commands::InventaireCommand;
use super::parties::{LigneObjet, Reste};
use crate::combat::{Combat, Participant, TypeEntite};
use crate::item::Item;
use crate::unite::Unite;
use crate::values::{CombatId, HorsBornes, InventaireId, Niveau, Quantite};

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

/// The commands that settle a combat that is over, one for each player who brought something.
#[must_use]
pub fn soldes(combat_id: CombatId, combat: &Combat) -> Vec<InventaireCommand> {
    if combat.resultat().is_none() {
        return Vec::new();
    }
    let joueurs = combat.participants().filter(|it| it.fiche.type_entite == TypeEntite::Joueur);
    let soldes = joueurs.map(|vue| {
        let apportes = vue.objets().filter(|(objet, _)| objet.quantite > 0);
        let restes = apportes.map(|(objet, reste)| Reste {
            item_id: objet.item_id,
            quantite: u16::try_from(reste).unwrap_or(u16::MAX),
        });
        (vue.fiche.entite_id.joueur(), restes.collect::<Vec<_>>())
    });
    let apportes = soldes.filter(|(_, restes)| !restes.is_empty());
    let solder = apportes.map(|(joueur_id, restes)| InventaireCommand::SolderCombat {
        joueur_id,
        combat_id,
        restes,
    });
    solder.collect()
}
