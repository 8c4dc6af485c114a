//! Why a name is not given.

use crate::refus::refus;

refus! {
    /// Why a name is not given.
    pub enum ReservationRefus of "Reservation" {
        /// Somebody else holds it, or one that looks like it.
        NomPris { nom: String } = "NOM_PRIS",
            "the name {nom:?}, or one that looks like it, is taken; choose another",
            "le nom {nom:?}, ou un nom qui lui ressemble, est pris ; choisissez-en un autre";
        /// It is the name of a player.
        NomDejaAttribue { nom: String } = "NOM_DEJA_ATTRIBUE",
            "the name {nom:?} is that of a player; it stays so",
            "le nom {nom:?} est celui d'un joueur ; il le reste";
        /// It is not reserved for this player.
        NomNonReserve = "NOM_NON_RESERVE",
            "the name is not reserved for this player; reserve it first",
            "le nom n'est pas réservé pour ce joueur ; réservez-le d'abord";
        /// It belongs into another stream.
        NomDUnAutreFlux { cle: String, attendue: String } = "NOM_D_UN_AUTRE_FLUX",
            "the name has the key {cle:?} and this stream is that of {attendue:?}; use the id of the name",
            "le nom a la clé {cle:?} et ce flux est celui de {attendue:?} ; employez l'identifiant du nom";
    }
}
