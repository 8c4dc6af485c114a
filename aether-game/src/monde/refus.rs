//! Why the world refuses a command.

use chrono::{DateTime, Utc};

use crate::refus::refus;
use crate::values::{BossId, EvenementId, JoueurId, RessourceId, ZoneId};

refus! {
    /// A rule of the world that a command would break.
    pub enum MondeRefus of "WorldState" {
        /// The world has no room for another zone.
        TropDeZones { maximum: usize } = "TROP_DE_ZONES",
            "the world has {maximum} zones and no more; use one of them",
            "le monde a {maximum} zones et pas plus ; employez l'une d'elles";
        /// A batch holds nothing, or too much.
        LotInvalide { nombre: usize, maximum: usize } = "LOT_INVALIDE",
            "a batch has 1 to {maximum} entries, and this one {nombre}; split it",
            "un lot a de 1 à {maximum} entrées, et celui-ci {nombre} ; découpez-le";
        /// A batch names something twice.
        DoublonDansLot = "DOUBLON_DANS_LOT",
            "the batch names the same thing twice; name each once",
            "le lot nomme deux fois la même chose ; nommez chacune une fois";
        /// The world has no room for another boss.
        TropDeBoss { maximum: usize } = "TROP_DE_BOSS",
            "the world has {maximum} bosses and no more; use one of them",
            "le monde a {maximum} boss et pas plus ; employez l'un d'eux";
        /// No such boss has appeared.
        BossIntrouvable { boss: BossId } = "BOSS_INTROUVABLE",
            "the boss {boss} has never appeared; let it appear first",
            "le boss {boss} n'est jamais apparu ; faites-le d'abord apparaître";
        /// The boss rests.
        BossAuRepos { boss: BossId, reapparait_a: DateTime<Utc> } = "BOSS_AU_REPOS",
            "the boss {boss} rests until {reapparait_a}; let it appear then",
            "le boss {boss} se repose jusqu'à {reapparait_a} ; faites-le apparaître alors";
        /// This appearance of the boss has ended.
        BossDejaVaincu { boss: BossId, apparition: u32 } = "BOSS_DEJA_VAINCU",
            "appearance {apparition} of the boss {boss} has ended; fight it when it appears again",
            "l'apparition {apparition} du boss {boss} est terminée ; combattez-le à la prochaine";
        /// The boss has not appeared so often.
        ApparitionInconnue { boss: BossId, apparition: u32, derniere: u32 } = "APPARITION_INCONNUE",
            "the boss {boss} has appeared {derniere} times, and this is about appearance {apparition}; name the last one",
            "le boss {boss} est apparu {derniere} fois, et ceci parle de l'apparition {apparition} ; nommez la dernière";
        /// The event is on, or has ended.
        EvenementDejaLance { evenement: EvenementId } = "EVENEMENT_DEJA_LANCE",
            "the event {evenement} has begun before; begin another one under a new id",
            "l'événement {evenement} a déjà été lancé ; lancez-en un autre sous un nouvel identifiant";
        /// Too much is going on.
        TropDEvenements { maximum: usize } = "TROP_D_EVENEMENTS",
            "{maximum} events are on, which is the most; wait for one to end",
            "{maximum} événements sont en cours, c'est le maximum ; attendez la fin de l'un d'eux";
        /// The event would be too short or too long.
        DureeEvenement { duree_s: u32, minimum_s: u32, maximum_s: u32 } = "DUREE_EVENEMENT",
            "an event lasts {minimum_s} to {maximum_s} seconds, and this one {duree_s}; choose a time in between",
            "un événement dure de {minimum_s} à {maximum_s} secondes, et celui-ci {duree_s} ; choisissez une durée entre les deux";
        /// The event would grant too many kinds of items.
        RecompenseTropLongue { nombre: usize, maximum: usize } = "RECOMPENSE_TROP_LONGUE",
            "an event grants at most {maximum} kinds of items, and this one {nombre}; grant fewer",
            "un événement accorde au plus {maximum} sortes d'objets, et celui-ci {nombre} ; accordez-en moins";
        /// No such event is on.
        EvenementIntrouvable { evenement: EvenementId } = "EVENEMENT_INTROUVABLE",
            "the event {evenement} is not on: it has ended or never begun; look at what is on",
            "l'événement {evenement} n'est pas en cours : terminé ou jamais lancé ; consultez ceux en cours";
        /// The event's time is over.
        EvenementExpire { evenement: EvenementId, fin_a: DateTime<Utc> } = "EVENEMENT_EXPIRE",
            "the time of the event {evenement} was over at {fin_a}; nothing counts any more, end it with ExpirerEvenement",
            "le temps de l'événement {evenement} s'est écoulé à {fin_a} ; rien ne compte plus, terminez-le par ExpirerEvenement";
        /// The event's time is not over.
        EvenementEnCours { evenement: EvenementId, fin_a: DateTime<Utc> } = "EVENEMENT_EN_COURS",
            "the event {evenement} lasts until {fin_a}; end it then",
            "l'événement {evenement} dure jusqu'à {fin_a} ; terminez-le alors";
        /// The event takes no further participant.
        EvenementComplet { joueur: JoueurId, maximum: usize } = "EVENEMENT_COMPLET",
            "{maximum} players take part, which is the most, and {joueur} is not one of them; leave that one out",
            "{maximum} joueurs participent, c'est le maximum, et {joueur} n'en est pas ; retirez-le du lot";
        /// The zone has no resources.
        ZoneSansRessources { zone: ZoneId } = "ZONE_SANS_RESSOURCES",
            "the zone {zone} has no resources; gather in another one",
            "la zone {zone} n'a pas de ressources ; récoltez dans une autre";
        /// The zone has no such resource.
        RessourceIntrouvable { ressource: RessourceId } = "RESSOURCE_INTROUVABLE",
            "the zone has no resource {ressource}; gather one that it has",
            "la zone n'a pas de ressource {ressource} ; récoltez-en une qu'elle a";
        /// There is not as much of the resource.
        RessourceEpuisee { ressource: RessourceId, demande: u32, reste: u32 } = "RESSOURCE_EPUISEE",
            "{reste} pieces of {ressource} are left and {demande} were asked for; gather fewer, or later",
            "il reste {reste} pièces de {ressource} et {demande} ont été demandées ; récoltez-en moins, ou plus tard";
        /// The percentage is out of bounds.
        FacteurHorsBornes { valeur: u16, maximum: u16 } = "FACTEUR_HORS_BORNES",
            "a factor is 1 to {maximum} percent, and this one {valeur}; choose one in between",
            "un facteur va de 1 à {maximum} pour cent, et celui-ci {valeur} ; choisissez entre les deux";
        /// The lines of the ranking are not in order.
        ClassementEnDesordre = "CLASSEMENT_EN_DESORDRE",
            "the lines of a ranking come by falling score, and these do not; sort them",
            "les lignes d'un classement vont par score décroissant, et celles-ci non ; triez-les";
    }
}
