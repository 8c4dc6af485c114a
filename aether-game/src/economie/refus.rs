//! Why a book refuses a command.

use chrono::{DateTime, Utc};

use super::mots::TypeContenu;
use crate::refus::refus;
use crate::values::{ColisId, ItemId, OrdreId, Prix, Quantite, TransactionId};

refus! {
    /// A rule of the market that a command would break.
    pub enum EconomieRefus of "Economy" {
        /// The order is there already, or its trades are not settled.
        OrdreDejaPlace { ordre: OrdreId } = "ORDRE_DEJA_PLACE",
            "the order {ordre} is known here already; place another one under a new id",
            "l'ordre {ordre} est déjà connu ici ; placez-en un autre sous un nouvel identifiant";
        /// The book is that of another item.
        AutreMarche { attendu: ItemId, trouve: ItemId } = "AUTRE_MARCHE",
            "this book trades {attendu} and the order is for {trouve}; place it in the book of its item",
            "ce carnet est celui de {attendu} et l'ordre porte sur {trouve} ; placez-le dans le carnet de son objet";
        /// The order would live too shortly or too long.
        DureeOrdre { duree_s: u32, minimum_s: u32, maximum_s: u32 } = "DUREE_ORDRE",
            "an order lives {minimum_s} to {maximum_s} seconds, and this one {duree_s}; choose a time in between",
            "un ordre vit de {minimum_s} à {maximum_s} secondes, et celui-ci {duree_s} ; choisissez une durée entre les deux";
        /// No purse holds as much gold as the order asks for.
        MontantTropGrand { prix: Prix, quantite: Quantite } = "MONTANT_TROP_GRAND",
            "{quantite} pieces at {prix} cost more than a purse can hold; ask for fewer or pay less",
            "{quantite} pièces à {prix} coûtent plus qu'une bourse ne contient ; demandez-en moins ou baissez le prix";
        /// The book has no room for what would stay of the order.
        CarnetPlein { maximum: usize } = "CARNET_PLEIN",
            "the book holds {maximum} open orders and no more; trade with one that is there, or try later",
            "le carnet contient {maximum} ordres ouverts et pas plus ; traitez avec un ordre présent, ou réessayez plus tard";
        /// The player leaves too much lying about.
        TropDeColis { maximum: usize } = "TROP_DE_COLIS",
            "{maximum} parcels wait for you here, which is the most; collect one, then place the order",
            "{maximum} colis vous attendent ici, c'est le maximum ; retirez-en un, puis placez l'ordre";
        /// The order would meet too many others at once.
        TropDeContreparties { nombre: usize, maximum: usize } = "TROP_DE_CONTREPARTIES",
            "the order would trade with {nombre} others and {maximum} are allowed; place a smaller one",
            "l'ordre rencontrerait {nombre} autres ordres et {maximum} sont permis ; placez-en un plus petit";
        /// No such order is open.
        OrdreIntrouvable { ordre: OrdreId } = "ORDRE_INTROUVABLE",
            "the order {ordre} is not open: it was traded, closed, or never placed; look at your orders",
            "l'ordre {ordre} n'est pas ouvert : exécuté, clos, ou jamais placé ; consultez vos ordres";
        /// The order is somebody else's.
        OrdreDAutrui { ordre: OrdreId } = "ORDRE_D_AUTRUI",
            "the order {ordre} is somebody else's; withdraw your own ones only",
            "l'ordre {ordre} est à quelqu'un d'autre ; n'annulez que les vôtres";
        /// The order was traded meanwhile.
        ResteChange { ordre: OrdreId, attendu: Quantite, trouve: Quantite } = "RESTE_CHANGE",
            "{attendu} pieces of the order {ordre} were expected to be left, and {trouve} are; ask again with those",
            "il devait rester {attendu} pièces de l'ordre {ordre}, il en reste {trouve} ; redemandez avec ce nombre";
        /// Trades of the order were made or settled meanwhile.
        FermetureChangee { ordre: OrdreId } = "FERMETURE_CHANGEE",
            "trades of the order {ordre} were made or settled meanwhile; look at it, then ask again",
            "des transactions de l'ordre {ordre} ont été conclues ou réglées entre-temps ; consultez-le, puis redemandez";
        /// The order's time is not over.
        OrdreEnCours { ordre: OrdreId, expire_a: DateTime<Utc> } = "ORDRE_EN_COURS",
            "the order {ordre} lives until {expire_a}; close it then",
            "l'ordre {ordre} court jusqu'à {expire_a} ; clôturez-le alors";
        /// The trade owes nothing.
        TransactionNonDue { transaction: TransactionId } = "TRANSACTION_NON_DUE",
            "the trade {transaction} owes nothing here: it is settled, or of another book; settle what is owed",
            "la transaction {transaction} ne doit rien ici : réglée, ou d'un autre carnet ; réglez ce qui est dû";
        /// The parcel is there.
        ColisDejaDepose { colis: ColisId } = "COLIS_DEJA_DEPOSE",
            "the parcel {colis} is there already; let the next one wait under a new id",
            "le colis {colis} est déjà déposé ; déposez le suivant sous un nouvel identifiant";
        /// The player has no such parcel.
        ColisIntrouvable { colis: ColisId } = "COLIS_INTROUVABLE",
            "no parcel {colis} waits for you here: it was collected, or is somebody else's; look at your parcels",
            "aucun colis {colis} ne vous attend ici : déjà retiré, ou à quelqu'un d'autre ; consultez vos colis";
        /// The other leg takes something else than the parcel holds.
        AutreContenu { colis: ColisId, attendu: TypeContenu, trouve: TypeContenu } = "COLIS_AUTRE_CONTENU",
            "the parcel {colis} holds {trouve} and is collected as {attendu}; collect what it holds",
            "le colis {colis} contient {trouve} et on le retire comme {attendu} ; retirez ce qu'il contient";
        /// The parcel holds less.
        ColisTropPetit { colis: ColisId, demande: u32, contenu: u32 } = "COLIS_TROP_PETIT",
            "the parcel {colis} holds {contenu} and {demande} were asked for; collect no more than it holds",
            "le colis {colis} contient {contenu} et {demande} ont été demandés ; ne retirez pas plus";
    }
}
