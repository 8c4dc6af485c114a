//! Why a bar refuses a command.

use crate::refus::refus;
use crate::values::JoueurId;

refus! {
    /// A rule of bars that a command would break. Nothing happened.
    pub enum BarreRefus of "Competence" {
        /// It belongs to another player.
        AutreJoueur { joueur: JoueurId } = "BARRE_AUTRE_JOUEUR",
            "this is the bar of player {joueur}; send the command to your own",
            "ceci est la barre du joueur {joueur} ; adressez la commande à la vôtre";
    }
}
