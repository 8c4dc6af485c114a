//! Why the catalogue refuses a command.

use super::vocabulaire::TypeItem;
use crate::refus::refus;
use crate::values::ItemId;

refus! {
    /// A rule of the catalogue that a command would break.
    #[non_exhaustive]
    pub enum ItemRefus of "Item" {
        /// It was never created.
        Inconnu = "ITEM_INCONNU",
            "there is no such item in the catalogue; check its id",
            "cet objet n'existe pas au catalogue ; vérifiez son identifiant";
        /// It was created before.
        DejaCree = "ITEM_DEJA_CREE",
            "the item is in the catalogue already; modify it, or create another one under a new id",
            "cet objet est déjà au catalogue ; modifiez-le, ou créez-en un autre sous un nouvel identifiant";
        /// It was withdrawn.
        Detruit = "ITEM_DETRUIT",
            "the item was withdrawn from the catalogue and takes no more changes; use another one",
            "cet objet a été retiré du catalogue et n'accepte plus de changement ; prenez-en un autre";
        /// A sheet is not the one of the catalogue.
        FicheDepassee { item_id: ItemId } = "FICHE_DEPASSEE",
            "the sheet that came with {item_id} is not the one of the catalogue; read it again",
            "la fiche fournie pour {item_id} n'est pas celle du catalogue ; relisez-la";
        /// It does something else in the catalogue.
        UsageDepasse { item_id: ItemId } = "ITEM_USAGE_DEPASSE",
            "what is brought of {item_id} does something else than the catalogue says; read it again",
            "ce qui est apporté de {item_id} n'a pas l'effet que dit le catalogue ; relisez-le";
        /// Its kind would change.
        NatureImmuable { type_item: TypeItem } = "ITEM_NATURE_IMMUABLE",
            "an item of type {type_item} keeps its type and its place on the body; create another item instead",
            "un objet de type {type_item} garde son type et son emplacement ; créez plutôt un autre objet";
        /// It would be worn in stacks, or stacked although it is worn.
        RangementIncoherent { type_item: TypeItem } = "ITEM_RANGEMENT_INCOHERENT",
            "an item of type {type_item} does not fit the way it is kept; weapons and armour are pieces with a place on the body, anything else lies in stacks",
            "un objet de type {type_item} ne se range pas ainsi ; armes et armures sont des pièces avec un emplacement, tout le reste s'empile";
        /// A use that does not belong to the kind, or none where one is needed.
        UsageIncoherent { type_item: TypeItem } = "ITEM_USAGE_INCOHERENT",
            "an item of type {type_item} has a wrong use; consumables have one, other items have none",
            "un objet de type {type_item} a un usage incorrect ; les consommables en ont un, les autres n'en ont pas";
        /// An item of a quest that could be sold.
        QueteEchangeable = "ITEM_QUETE_ECHANGEABLE",
            "an item of a quest cannot be exchanged; take the mark off",
            "un objet de quête ne s'échange pas ; retirez cette marque";
        /// None or too many powers.
        Pouvoirs { nombre: usize, maximum: usize } = "ITEM_POUVOIRS",
            "a consumable has 1 to {maximum} powers, and this one has {nombre}; change their number",
            "un consommable a de 1 à {maximum} pouvoirs, et celui-ci en a {nombre} ; changez leur nombre";
        /// A number is outside of its range.
        Borne { champ: &'static str, valeur: u32, minimum: u32, maximum: u32 } = "ITEM_BORNE",
            "{champ} is {valeur} and has to be in {minimum}..={maximum}; correct it",
            "{champ} vaut {valeur} et doit être entre {minimum} et {maximum} ; corrigez-le";
        /// Too many ingredients, or one of them twice.
        Recette { nombre: usize, maximum: usize } = "ITEM_RECETTE",
            "a recipe has up to {maximum} different ingredients, and this one has {nombre} or one of them twice; correct it",
            "une recette a jusqu'à {maximum} ingrédients différents, et celle-ci en a {nombre} ou l'un d'eux deux fois ; corrigez-la";
    }
}
