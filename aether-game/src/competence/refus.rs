//! Why the definition of a skill refuses a command.

use crate::refus::refus;
use crate::values::CompetenceId;

refus! {
    /// A rule that a definition would break. Nothing happened.
    pub enum CompetenceRefus of "Competence" {
        /// It exists.
        DejaCreee = "COMPETENCE_DEJA_CREEE",
            "the skill exists already; create another one under a new id",
            "la compétence existe déjà ; créez-en une autre sous un nouvel identifiant";
        /// It does not exist.
        Inconnue = "COMPETENCE_INEXISTANTE",
            "there is no such skill; choose one that was created",
            "cette compétence n'existe pas ; choisissez-en une qui a été créée";
        /// Too few or too many effects.
        NombreEffets { nombre: usize, maximum: usize } = "COMPETENCE_NOMBRE_EFFETS",
            "the skill has {nombre} effects; give it 1 to {maximum}",
            "la compétence a {nombre} effets ; donnez-lui-en de 1 à {maximum}";
        /// An effect is too strong.
        Puissance { puissance: u32, maximum: u32 } = "COMPETENCE_PUISSANCE",
            "an effect has power {puissance}, and {maximum} are allowed; weaken it",
            "un effet a une puissance de {puissance}, et {maximum} sont permis ; affaiblissez-le";
        /// An effect is too short or too long.
        Duree { tours: u8, maximum: u8 } = "COMPETENCE_DUREE_EFFET",
            "an effect lasts {tours} turns; let it last 1 to {maximum}",
            "un effet dure {tours} tours ; qu'il dure de 1 à {maximum}";
        /// The chance of an effect is more than certain.
        Chance { chance: u8 } = "COMPETENCE_CHANCE_EFFET",
            "an effect takes in {chance} % of the cases, but 100 is certain; lower it",
            "un effet prend dans {chance} % des cas, mais 100 est certain ; baissez-le";
        /// A level adds too much.
        Modificateur { pourcent: u8, maximum: u8 } = "COMPETENCE_MODIFICATEUR",
            "a level changes the skill by {pourcent} %, and {maximum} are allowed; lower it",
            "un niveau change la compétence de {pourcent} %, et {maximum} sont permis ; baissez-le";
        /// Too many skills before this one.
        TropDePreRequis { nombre: usize, maximum: usize } = "COMPETENCE_TROP_DE_PREREQUIS",
            "{nombre} skills must be learned before, and {maximum} are allowed; name fewer",
            "{nombre} compétences doivent être apprises avant, et {maximum} sont permises ; citez-en moins";
        /// A skill that must be learned before is named twice, or is this one.
        PreRequisInvalide { competence: CompetenceId } = "COMPETENCE_PREREQUIS_INVALIDE",
            "skill {competence} is named twice as one to learn before, or is this skill; name other skills, each once",
            "la compétence {competence} est citée deux fois comme préalable, ou est celle-ci ; citez-en d'autres, une fois chacune";
        /// A passive skill costs something or rests.
        PassiveCouteuse = "COMPETENCE_PASSIVE_COUTEUSE",
            "a passive skill is never used; let it cost nothing and not rest",
            "une compétence passive ne s'utilise jamais ; qu'elle ne coûte rien et ne se repose pas";
    }
}
