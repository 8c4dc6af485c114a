//! Why a combat refuses a command.

use chrono::{DateTime, Utc};

use super::ids::{CompetenceId, EntiteId, ItemId, ParticipantId};
use super::mots::{Camp, Ciblage, EtatParticipant, ResultatCombat};
use crate::refus::refus;

refus! {
    /// A rule of combat that a command would break. Nothing happened; the same command in the same state is refused again.
    #[non_exhaustive]
    pub enum CombatRefus of "Combat" {
        /// It was never started.
        PasDemarre = "COMBAT_PAS_DEMARRE",
            "the combat has not started; send Demarrer first",
            "le combat n'a pas commencé ; envoyez d'abord Demarrer";
        /// It was started before.
        DejaDemarre = "COMBAT_DEJA_DEMARRE",
            "the combat has already started; start another one under a new id",
            "le combat a déjà commencé ; commencez-en un autre sous un nouvel identifiant";
        /// It is over.
        DejaTermine { resultat: ResultatCombat } = "COMBAT_DEJA_TERMINE",
            "the combat is over ({resultat}) and takes no more commands; start another one",
            "le combat est terminé ({resultat}) et ne prend plus de commande ; commencez-en un autre";
        /// No such participant.
        ParticipantInconnu { participant: ParticipantId } = "PARTICIPANT_INCONNU",
            "{participant} does not take part in this combat; use a participant id of its roster",
            "{participant} ne participe pas à ce combat ; employez un identifiant de ses participants";
        /// It is somebody else's turn.
        PasSonTour { acteur: ParticipantId, actif: ParticipantId } = "PAS_TON_TOUR",
            "it is the turn of {actif}, not of {acteur}; wait for its TourDebute",
            "c'est le tour de {actif}, pas de {acteur} ; attendez son TourDebute";
        /// The one that wants to act is out of the fight.
        HorsCombat { acteur: ParticipantId, etat: EtatParticipant } = "HORS_COMBAT",
            "{acteur} is out of the fight ({etat}) and cannot act any more; wait for the end",
            "{acteur} est hors de combat ({etat}) et ne peut plus agir ; attendez la fin";
        /// The turn's time is over.
        TourExpire { numero_tour: u32, echeance: DateTime<Utc> } = "TOUR_EXPIRE",
            "turn {numero_tour} ended at {echeance}; send ExpirerTour to continue",
            "le tour {numero_tour} s'est terminé à {echeance} ; envoyez ExpirerTour pour continuer";
        /// The turn's time is not over yet.
        TourEnCours { numero_tour: u32, echeance: DateTime<Utc> } = "TOUR_EN_COURS",
            "turn {numero_tour} lasts until {echeance}; send ExpirerTour then",
            "le tour {numero_tour} dure jusqu'à {echeance} ; envoyez ExpirerTour à ce moment";
        /// A timer speaks of a turn that has not come.
        TourFutur { numero_tour: u32, actuel: u32 } = "TOUR_FUTUR",
            "turn {numero_tour} has not begun, the combat is in turn {actuel}; check the timer",
            "le tour {numero_tour} n'a pas commencé, le combat en est au tour {actuel} ; vérifiez la minuterie";
        /// The combat's time is over.
        LimiteAtteinte { limite: DateTime<Utc> } = "LIMITE_ATTEINTE",
            "the time limit was reached at {limite}; send VerifierLimite to end the combat",
            "la limite de temps a été atteinte à {limite} ; envoyez VerifierLimite pour terminer le combat";
        /// The action has no target.
        SansCible = "SANS_CIBLE",
            "the action has no target; name at least one",
            "l'action n'a pas de cible ; nommez-en au moins une";
        /// The action has more targets than it can have.
        TropDeCibles { nombre: usize, maximum: usize } = "TROP_DE_CIBLES",
            "{nombre} targets are too many, at most {maximum} here; name fewer",
            "{nombre} cibles sont de trop, {maximum} au plus ici ; nommez-en moins";
        /// A target was named twice.
        CibleEnDouble { cible: ParticipantId } = "CIBLE_EN_DOUBLE",
            "{cible} is a target twice; name each target once",
            "{cible} est visé deux fois ; nommez chaque cible une fois";
        /// A target is not in the combat.
        CibleInconnue { cible: ParticipantId } = "CIBLE_INCONNUE",
            "target {cible} does not take part in this combat; choose one of its roster",
            "la cible {cible} ne participe pas à ce combat ; choisissez un de ses participants";
        /// A target does not stand any more.
        CibleHorsCombat { cible: ParticipantId, etat: EtatParticipant } = "CIBLE_HORS_COMBAT",
            "target {cible} is out of the fight ({etat}); choose one that stands",
            "la cible {cible} est hors de combat ({etat}) ; choisissez-en une qui est debout";
        /// A target is on the wrong side.
        CibleInterdite { cible: ParticipantId, ciblage: Ciblage } = "CIBLE_INTERDITE",
            "{cible} cannot be a target of what is meant for {ciblage}; choose another target",
            "{cible} ne peut être la cible de ce qui est destiné à {ciblage} ; choisissez une autre cible";
        /// A target is too far away.
        HorsDePortee { cible: ParticipantId, distance: u32, portee: u32 } = "HORS_DE_PORTEE",
            "{cible} is {distance} steps away and the reach is {portee}; move closer first",
            "{cible} est à {distance} pas et la portée est de {portee} ; approchez-vous d'abord";
        /// Not enough mana.
        PasAssezDeMp { cout: u32, disponible: u32 } = "MANA_INSUFFISANT",
            "this costs {cout} mp and only {disponible} are left; choose something cheaper",
            "cela coûte {cout} points de mana et il en reste {disponible} ; choisissez moins cher";
        /// Not enough stamina.
        PasAssezDeStamina { cout: u32, disponible: u32 } = "STAMINA_INSUFFISANTE",
            "this costs {cout} stamina and only {disponible} are left; choose something cheaper",
            "cela coûte {cout} points d'endurance et il en reste {disponible} ; choisissez moins cher";
        /// The actor does not have this skill.
        CompetenceInconnue { competence_id: CompetenceId } = "COMPETENCE_HORS_FICHE",
            "skill {competence_id} is not among the actor's skills; use one of its sheet",
            "la compétence {competence_id} n'est pas de celles de l'acteur ; employez-en une de sa fiche";
        /// The skill rests.
        EnRecharge { competence_id: CompetenceId, tours_restants: u8 } = "COMPETENCE_EN_RECHARGE",
            "skill {competence_id} rests, it can be used in {tours_restants} turns; use another one",
            "la compétence {competence_id} se repose, elle sera prête dans {tours_restants} tours ; employez-en une autre";
        /// The actor does not carry this item.
        ObjetInconnu { item_id: ItemId } = "OBJET_HORS_FICHE",
            "item {item_id} is not among the actor's items; use one of its sheet",
            "l'objet {item_id} n'est pas de ceux de l'acteur ; employez-en un de sa fiche";
        /// The item is used up.
        ObjetEpuise { item_id: ItemId } = "OBJET_EPUISE",
            "item {item_id} is used up; use another one",
            "l'objet {item_id} est épuisé ; employez-en un autre";
        /// The step leads nowhere.
        DeplacementInvalide { de: u32, vers: u32, pas_max: u32, position_max: u32 } = "DEPLACEMENT_INVALIDE",
            "a step leads 1 to {pas_max} positions away within 0..={position_max}, not from {de} to {vers}; choose another place",
            "un pas mène de 1 à {pas_max} positions plus loin entre 0 et {position_max}, pas de {de} à {vers} ; choisissez un autre endroit";
        /// Too few or too many.
        NombreDeParticipants { nombre: usize, maximum: usize } = "NOMBRE_DE_PARTICIPANTS",
            "{nombre} participants came, and a combat has 2 to {maximum}; change the roster",
            "{nombre} participants sont venus, et un combat en a de 2 à {maximum} ; changez la liste";
        /// Nobody to fight against, or nobody whose fall would end the combat.
        CampVide { camp: Camp } = "CAMP_VIDE",
            "nobody is on side {camp}; a combat needs both sides",
            "personne n'est du côté {camp} ; un combat en demande deux";
        /// Two participants have one id.
        ParticipantEnDouble { participant: ParticipantId } = "PARTICIPANT_EN_DOUBLE",
            "{participant} is in the list twice; make a new id for each participant",
            "{participant} est deux fois dans la liste ; donnez à chaque participant un nouvel identifiant";
        /// A player came twice.
        JoueurEnDouble { entite: EntiteId } = "JOUEUR_EN_DOUBLE",
            "player {entite} takes part twice; each player takes part once",
            "le joueur {entite} participe deux fois ; chaque joueur participe une fois";
        /// All together bring more skills and items than a combat can tell of.
        TropDeBagages { nombre: usize, maximum: usize } = "TROP_DE_BAGAGES",
            "the participants bring {nombre} skills and items, and {maximum} are allowed for all together; bring fewer",
            "les participants apportent {nombre} compétences et objets, et {maximum} sont permis pour tous ; apportez-en moins";
        /// A text is empty, too long or holds control characters.
        TexteDeCombat { champ: &'static str, maximum: usize } = "TEXTE_DE_COMBAT",
            "{champ} has to have 1 to {maximum} characters without control characters; correct it",
            "{champ} doit avoir de 1 à {maximum} caractères sans caractère de contrôle ; corrigez-le";
        /// A number of a sheet is out of its range.
        FicheHorsBornes { participant: ParticipantId, champ: &'static str, valeur: i64, minimum: i64, maximum: i64 } = "FICHE_HORS_BORNES",
            "{champ} of {participant} is {valeur}, and has to be in {minimum}..={maximum}; correct the sheet",
            "{champ} de {participant} vaut {valeur}, et doit être entre {minimum} et {maximum} ; corrigez la fiche";
        /// Too many skills, items or powers, or one of them twice.
        ListeInvalide { participant: ParticipantId, champ: &'static str, maximum: usize } = "LISTE_INVALIDE",
            "{participant} brings too many {champ} (at most {maximum}), or one of them twice; correct the sheet",
            "{participant} apporte trop de {champ} ({maximum} au plus), ou deux fois le même ; corrigez la fiche";
        /// A setting of the combat is out of its range.
        ReglageHorsBornes { champ: &'static str, valeur: u32, minimum: u32, maximum: u32 } = "REGLAGE_HORS_BORNES",
            "{champ} is {valeur}, and has to be in {minimum}..={maximum}; correct the setting",
            "{champ} vaut {valeur}, et doit être entre {minimum} et {maximum} ; corrigez le réglage";
    }
}
