//! The creation.

use aether_core::Facts;

use super::Suite;
use crate::joueur::commands::NouveauJoueur;
use crate::joueur::events::JoueurEvent;
use crate::joueur::experience::prochain_niveau;
use crate::joueur::state::Joueur;
use crate::values::Niveau;

pub(super) fn creer(suite: &mut Suite, nouveau: &NouveauJoueur, facts: &Facts) {
    suite.emit(JoueurEvent::JoueurCree {
        username: nouveau.username.as_str().to_owned(),
        username_cle: nouveau.username.cle(),
        pseudo: nouveau.pseudo.as_str().to_owned(),
        classe: nouveau.classe,
        niveau: Niveau::MIN,
        experience_prochain_niveau: prochain_niveau(Niveau::MIN),
        stats_base: nouveau.classe.stats_de_depart(),
        or: Joueur::OR_DE_DEPART,
        cree_a: facts.now(),
    });
}
