//! Why a player's progress in a quest refuses a command.

use chrono::{DateTime, Utc};

use crate::quete::ids::{CibleId, FaitId};
use crate::quete::mots::EtatQuete;
use crate::refus::refus;
use crate::values::{ItemId, JoueurId, Niveau, ObjectifId, Pourcent, Quantite, QueteId};

refus! {
    /// A rule of quests that a command would break. Nothing happened.
    pub enum ProgresRefus of "Quete" {
        /// The player never accepted it.
        PasAcceptee = "QUETE_PAS_ACCEPTEE",
            "the quest was never accepted; accept it first",
            "la quête n'a jamais été acceptée ; acceptez-la d'abord";
        /// It is in progress.
        DejaAcceptee { tentative: u32 } = "QUETE_DEJA_ACCEPTEE",
            "attempt {tentative} is in progress; finish it, abandon it or let it expire first",
            "la tentative {tentative} est en cours ; terminez-la, abandonnez-la ou laissez-la expirer d'abord";
        /// The stream belongs to another player or quest.
        AutreFlux { joueur: JoueurId, quete: QueteId } = "QUETE_AUTRE_FLUX",
            "this is the progress of player {joueur} in quest {quete}; send the command to the stream of yours",
            "ceci est la progression du joueur {joueur} dans la quête {quete} ; adressez la commande à la vôtre";
        /// The command is about another attempt.
        AutreTentative { tentative: u32, actuelle: u32 } = "QUETE_AUTRE_TENTATIVE",
            "the command is about attempt {tentative}, and the last one is {actuelle}; read the progress anew",
            "la commande concerne la tentative {tentative}, et la dernière est la {actuelle} ; relisez la progression";
        /// The attempt has ended.
        PasEnCours { etat: EtatQuete } = "QUETE_PAS_EN_COURS",
            "the attempt has ended ({etat}); nothing more can be done for it",
            "la tentative est close ({etat}) ; on ne peut plus rien y faire";
        /// Its time is over.
        Expiree { expire_a: DateTime<Utc> } = "QUETE_EXPIREE",
            "the time for the quest was over at {expire_a}; let it expire, then accept it again",
            "le temps de la quête s'est écoulé à {expire_a} ; laissez-la expirer, puis acceptez-la de nouveau";
        /// Its time is not over yet.
        PasEncoreExpiree { expire_a: DateTime<Utc> } = "QUETE_PAS_ENCORE_EXPIREE",
            "the quest lasts until {expire_a}; let it expire then",
            "la quête dure jusqu'à {expire_a} ; laissez-la expirer alors";
        /// The player's level is too low.
        NiveauInsuffisant { requis: Niveau, niveau: Niveau } = "QUETE_NIVEAU_INSUFFISANT",
            "the quest needs level {requis}, and the player has {niveau}; come back later",
            "la quête exige le niveau {requis}, et le joueur a {niveau} ; revenez plus tard";
        /// Another quest must be finished before.
        PreRequisManquant { quete: QueteId } = "QUETE_PREREQUIS_MANQUANT",
            "quest {quete} must be finished before; finish it first",
            "la quête {quete} doit être finie avant ; terminez-la d'abord";
        /// Too much is brought along.
        TropDAcquis { nombre: usize, maximum: usize } = "QUETE_TROP_D_ACQUIS",
            "{nombre} facts are to count on acceptance, and {maximum} are allowed; bring fewer",
            "{nombre} faits doivent compter à l'acceptation, et {maximum} sont permis ; apportez-en moins";
        /// It was finished, and is not repeated.
        PasRepetable { terminee_a: DateTime<Utc> } = "QUETE_PAS_REPETABLE",
            "the quest was finished at {terminee_a} and is not repeated; choose another one",
            "la quête a été finie à {terminee_a} et ne se répète pas ; choisissez-en une autre";
        /// It was finished, and its next day or week has not begun.
        TropTot { a_partir_de: DateTime<Utc> } = "QUETE_TROP_TOT",
            "the quest can be accepted again from {a_partir_de} on; come back then",
            "la quête peut être acceptée de nouveau à partir de {a_partir_de} ; revenez alors";
        /// The last attempt is finished and not paid.
        RecompenseAPrendre { tentative: u32 } = "QUETE_RECOMPENSE_A_PRENDRE",
            "the reward of attempt {tentative} is still due; collect it before the next attempt",
            "la récompense de la tentative {tentative} est encore due ; prenez-la avant la suivante";
        /// No such objective.
        ObjectifInconnu { objectif: ObjectifId } = "OBJECTIF_INCONNU",
            "objective {objectif} is not one of this quest; choose one of its objectives",
            "l'objectif {objectif} n'est pas de cette quête ; choisissez l'un des siens";
        /// The objective takes no deliveries.
        PasUneLivraison { objectif: ObjectifId } = "OBJECTIF_SANS_LIVRAISON",
            "objective {objectif} takes no deliveries; do what it asks for",
            "l'objectif {objectif} n'attend pas de livraison ; faites ce qu'il demande";
        /// The objective asks for another item.
        AutreItem { voulu: CibleId, livre: ItemId } = "LIVRAISON_AUTRE_ITEM",
            "the objective asks for item {voulu}, not for {livre}; deliver that one",
            "l'objectif demande l'objet {voulu}, et non {livre} ; livrez celui-là";
        /// The objective is complete.
        ObjectifComplet { objectif: ObjectifId } = "OBJECTIF_COMPLET",
            "objective {objectif} is complete; keep the items",
            "l'objectif {objectif} est rempli ; gardez les objets";
        /// The objective's stage is not open.
        ObjectifFerme { objectif: ObjectifId } = "OBJECTIF_FERME",
            "objective {objectif} is not open yet; complete the earlier ones first",
            "l'objectif {objectif} n'est pas encore ouvert ; remplissez d'abord les précédents";
        /// More is delivered than is missing.
        LivraisonExcessive { quantite: Quantite, restant: u16 } = "LIVRAISON_EXCESSIVE",
            "{quantite} pieces are delivered and {restant} are missing; deliver at most those",
            "{quantite} pièces sont livrées et il en manque {restant} ; n'en livrez pas plus";
        /// This delivery has counted.
        LivraisonDejaComptee { livraison: FaitId } = "LIVRAISON_DEJA_COMPTEE",
            "delivery {livraison} has counted already; make a new delivery under a new id",
            "la livraison {livraison} a déjà compté ; faites-en une nouvelle sous un nouvel identifiant";
        /// Not every objective is complete.
        Incomplete { pourcentage: Pourcent } = "QUETE_INCOMPLETE",
            "{pourcentage} % of the quest is done; complete every objective first",
            "{pourcentage} % de la quête est fait ; remplissez d'abord chaque objectif";
        /// The attempt is not finished.
        PasTerminee { tentative: u32 } = "QUETE_PAS_TERMINEE",
            "attempt {tentative} is not finished, so nothing is due for it; finish it first",
            "la tentative {tentative} n'est pas finie, rien n'est donc dû ; terminez-la d'abord";
        /// Nothing is due: it was paid, or pays nothing.
        RienDeDu { tentative: u32 } = "QUETE_RIEN_DE_DU",
            "nothing is due for attempt {tentative}; its reward was paid, or there is none",
            "rien n'est dû pour la tentative {tentative} ; sa récompense a été versée, ou il n'y en a pas";
    }
}
