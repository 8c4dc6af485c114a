//! Why the definition of a quest refuses a command.

use super::ids::CibleId;
use crate::refus::refus;
use crate::values::{ItemId, Niveau, ObjectifId, QueteId};

refus! {
    /// A rule that a definition would break. Nothing happened.
    pub enum QueteRefus of "Quete" {
        /// It exists.
        DejaCreee = "QUETE_DEJA_CREEE",
            "the quest exists already; create another one under a new id",
            "la quête existe déjà ; créez-en une autre sous un nouvel identifiant";
        /// It does not exist.
        Inconnue = "QUETE_INCONNUE",
            "there is no such quest; choose one that was created",
            "cette quête n'existe pas ; choisissez-en une qui a été créée";
        /// Too few or too many objectives.
        NombreObjectifs { nombre: usize, maximum: usize } = "QUETE_NOMBRE_OBJECTIFS",
            "the quest has {nombre} objectives; give it 1 to {maximum}",
            "la quête a {nombre} objectifs ; donnez-lui-en de 1 à {maximum}";
        /// Two objectives have one id.
        ObjectifEnDouble { objectif: ObjectifId } = "QUETE_OBJECTIF_EN_DOUBLE",
            "objective {objectif} is in the list twice; make a new id for each objective",
            "l'objectif {objectif} est deux fois dans la liste ; donnez un identifiant à chacun";
        /// Two objectives of one stage ask for the same.
        CibleEnDouble { cible: CibleId, ordre: u8 } = "QUETE_CIBLE_EN_DOUBLE",
            "two objectives of stage {ordre} ask for the same of {cible}; make one of them, or put them in two stages",
            "deux objectifs de l'étape {ordre} demandent la même chose de {cible} ; réunissez-les ou séparez les étapes";
        /// The objectives ask for too much.
        RequisTotal { total: u32, maximum: u32 } = "QUETE_REQUIS_TOTAL",
            "the objectives ask for {total} together, and {maximum} are allowed; ask for less",
            "les objectifs demandent {total} en tout, et {maximum} sont permis ; demandez moins";
        /// Too many quests before this one.
        TropDePreRequis { nombre: usize, maximum: usize } = "QUETE_TROP_DE_PREREQUIS",
            "{nombre} quests must be finished before, and {maximum} are allowed; name fewer",
            "{nombre} quêtes doivent être finies avant, et {maximum} sont permises ; citez-en moins";
        /// A quest that must be finished before is named twice, or is this one.
        PreRequisInvalide { quete: QueteId } = "QUETE_PREREQUIS_INVALIDE",
            "quest {quete} is named twice as one to finish before, or is this quest; name other quests, each once",
            "la quête {quete} est citée deux fois comme préalable, ou est celle-ci ; citez d'autres quêtes, une fois chacune";
        /// The level that it is meant for is too low.
        NiveauRecommande { requis: Niveau, recommande: Niveau } = "QUETE_NIVEAU_RECOMMANDE",
            "the quest is meant for level {recommande} and needs {requis}; recommend at least level {requis}",
            "la quête vise le niveau {recommande} et exige {requis} ; recommandez au moins {requis}";
        /// It says how often it comes again, and that it does not.
        FrequenceSansRepetition = "QUETE_FREQUENCE_SANS_REPETITION",
            "the quest has a frequency but is not repeated; set `repete`, or leave the frequency out",
            "la quête a une fréquence sans être répétée ; activez `repete` ou retirez la fréquence";
        /// The time limit is out of its bounds.
        DureeLimite { minutes: u32, maximum: u32 } = "QUETE_DUREE_LIMITE",
            "the time limit is {minutes} minutes; set 1 to {maximum}",
            "la limite de temps est de {minutes} minutes ; fixez-la entre 1 et {maximum}";
        /// It pays too many kinds of items.
        TropDeRecompenses { nombre: usize, maximum: usize } = "QUETE_TROP_DE_RECOMPENSES",
            "the quest pays {nombre} kinds of items, and {maximum} are allowed; name fewer",
            "la quête offre {nombre} sortes d'objets, et {maximum} sont permises ; citez-en moins";
        /// It pays one item in two places.
        RecompenseEnDouble { item: ItemId } = "QUETE_RECOMPENSE_EN_DOUBLE",
            "item {item} is paid twice; name it once, with the whole quantity",
            "l'objet {item} est offert deux fois ; citez-le une fois, avec la quantité entière";
        /// Too many texts.
        TropDeDialogues { nombre: usize, maximum: usize } = "QUETE_TROP_DE_DIALOGUES",
            "{nombre} dialogues, and {maximum} are allowed; leave some out",
            "{nombre} dialogues, et {maximum} sont permis ; retirez-en";
    }
}
