//! Why a character refuses a command.

use super::fiche::DialogueId;
use super::reputation::Reputation;
use crate::refus::refus;
use crate::values::{ItemId, Prix, Quantite};

refus! {
    /// A rule of characters that a command would break. Nothing happened.
    pub enum PnjRefus of "PNJ" {
        /// It does not exist.
        Inconnu = "PNJ_INCONNU",
            "there is no such character; choose one that was created",
            "ce personnage n'existe pas ; choisissez-en un qui a été créé";
        /// It exists.
        DejaCree = "PNJ_DEJA_CREE",
            "the character exists already; create another one under a new id",
            "le personnage existe déjà ; créez-en un autre sous un nouvel identifiant";
        /// It is dead.
        Mort = "PNJ_MORT",
            "the character is dead; turn to another one",
            "le personnage est mort ; adressez-vous à un autre";
        /// It has too much to say.
        TropDeDialogues { nombre: usize, maximum: usize } = "PNJ_TROP_DE_DIALOGUES",
            "{nombre} dialogues, and {maximum} are allowed; leave some out",
            "{nombre} dialogues, et {maximum} sont permis ; retirez-en";
        /// Two dialogues have one id.
        DialogueEnDouble { dialogue: DialogueId } = "PNJ_DIALOGUE_EN_DOUBLE",
            "dialogue {dialogue} is in the list twice; make a new id for each dialogue",
            "le dialogue {dialogue} est deux fois dans la liste ; donnez un identifiant à chacun";
        /// It sells too many articles.
        TropDArticles { nombre: usize, maximum: usize } = "PNJ_TROP_D_ARTICLES",
            "{nombre} articles, and {maximum} are allowed; leave some out",
            "{nombre} articles, et {maximum} sont permis ; retirez-en";
        /// One item is sold as two articles.
        ArticleEnDouble { item: ItemId } = "PNJ_ARTICLE_EN_DOUBLE",
            "item {item} is in the shop twice; name it once",
            "l'objet {item} est deux fois dans la boutique ; citez-le une fois";
        /// It would pay more for an item than it asks.
        RachatTropCher { item: ItemId, prix: Prix, rachat: Prix } = "PNJ_RACHAT_TROP_CHER",
            "the character would sell item {item} for {prix} and pay {rachat} for it; pay at most what it asks",
            "le personnage vendrait l'objet {item} pour {prix} et le paierait {rachat} ; ne payez pas plus qu'il ne demande";
        /// There would be too many pieces.
        Stock { stock: u32, maximum: u32 } = "PNJ_STOCK_EXCESSIF",
            "there would be {stock} pieces in the shop, and {maximum} fit in; bring fewer",
            "il y aurait {stock} pièces dans la boutique, et {maximum} y tiennent ; apportez-en moins";
        /// It does not say that.
        DialogueInconnu { dialogue: DialogueId } = "PNJ_DIALOGUE_INCONNU",
            "the character knows no dialogue {dialogue}; choose one of its own",
            "le personnage ne connaît pas le dialogue {dialogue} ; choisissez l'un des siens";
        /// It does not like the player enough.
        ReputationInsuffisante { minimum: i16, reputation: Reputation } = "PNJ_REPUTATION_INSUFFISANTE",
            "this needs a reputation of {minimum}, and the player has {reputation}; do the character a favour first",
            "ceci exige une réputation de {minimum}, et le joueur a {reputation} ; rendez d'abord service au personnage";
        /// It has no shop.
        PasDeCommerce = "PNJ_SANS_COMMERCE",
            "the character has no shop; turn to a merchant",
            "le personnage n'a pas de boutique ; adressez-vous à un marchand";
        /// It does not sell that.
        ArticleInconnu { item: ItemId } = "PNJ_ARTICLE_INCONNU",
            "item {item} is not in the shop; choose one of its articles",
            "l'objet {item} n'est pas dans la boutique ; choisissez l'un de ses articles";
        /// It does not buy that.
        PasDeRachat { item: ItemId } = "PNJ_SANS_RACHAT",
            "the character does not buy item {item}; sell it elsewhere",
            "le personnage n'achète pas l'objet {item} ; vendez-le ailleurs";
        /// The price is another one than the player has seen.
        PrixChange { vu: Prix, prix: Prix } = "PNJ_PRIX_CHANGE",
            "the price is {prix}, not {vu}; look at the shop anew",
            "le prix est {prix}, et non {vu} ; regardez de nouveau la boutique";
        /// No purse holds that much.
        MontantExcessif { prix: Prix, quantite: Quantite } = "PNJ_MONTANT_EXCESSIF",
            "{quantite} pieces at {prix} cost more than a purse holds; trade fewer",
            "{quantite} pièces à {prix} coûtent plus qu'une bourse ne contient ; échangez-en moins";
        /// There are not that many.
        StockInsuffisant { quantite: Quantite, stock: u32 } = "PNJ_STOCK_INSUFFISANT",
            "{quantite} pieces are asked for and the shop has {stock}; take fewer",
            "{quantite} pièces sont demandées et la boutique en a {stock} ; prenez-en moins";
        /// There is any number of it.
        StockIllimite { item: ItemId } = "PNJ_STOCK_ILLIMITE",
            "there is any number of item {item}; fill up one that is limited",
            "l'objet {item} est illimité ; réapprovisionnez-en un qui est limité";
        /// It has an opinion of too many players.
        TropDeJoueurs { maximum: usize } = "PNJ_TROP_DE_JOUEURS",
            "the character has an opinion of {maximum} players and can have no more; leave this one a stranger",
            "le personnage a une opinion de {maximum} joueurs et ne peut en avoir plus ; laissez celui-ci étranger";
    }
}
