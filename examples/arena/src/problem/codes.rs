//! The codes of the door: each has a status, a French and an English sentence.

use axum::http::StatusCode;

/// A kind of problem that is not a rule of the game.
#[derive(Debug)]
pub(crate) struct Code {
    /// What programs go by; it never changes.
    pub(crate) name: &'static str,
    pub(crate) status: StatusCode,
    pub(crate) english: &'static str,
    pub(crate) french: &'static str,
}

macro_rules! codes {
    ($($constant:ident = $name:literal, $status:ident, $english:literal, $french:literal;)+) => {
        impl Code {
            $(pub(crate) const $constant: &'static Self = &Self {
                name: $name,
                status: StatusCode::$status,
                english: $english,
                french: $french,
            };)+
        }

        /// All of them.
        #[cfg(test)]
        pub(crate) const TABLE: &[&Code] = &[$(Code::$constant),+];
    };
}

codes! {
    UNKNOWN = "introuvable", NOT_FOUND,
        "there is nothing at this address", "il n'y a rien à cette adresse";
    METHOD = "methode-interdite", METHOD_NOT_ALLOWED,
        "this address does not know the method; Allow lists those it knows",
        "cette adresse ne connaît pas la méthode ; Allow énumère celles qu'elle connaît";
    NOT_ACCEPTABLE = "inacceptable", NOT_ACCEPTABLE,
        "the answer is JSON, which Accept excludes", "la réponse est en JSON, ce qu'Accept exclut";
    MEDIA_TYPE = "type-de-contenu", UNSUPPORTED_MEDIA_TYPE,
        "the body has to be application/json", "le corps doit être en application/json";
    TOO_LARGE = "corps-trop-grand", PAYLOAD_TOO_LARGE,
        "the body is too large", "le corps est trop grand";
    BODY = "corps-invalide", BAD_REQUEST,
        "the body is not what is expected here", "le corps n'est pas ce qui est attendu ici";
    PARAMETER = "parametre-invalide", BAD_REQUEST,
        "a parameter of the address is not valid", "un paramètre de l'adresse n'est pas valide";
    HEADER = "entete-invalide", BAD_REQUEST,
        "a header of the request is not valid", "un en-tête de la requête n'est pas valide";
    CURSOR = "curseur-invalide", BAD_REQUEST,
        "the cursor is not one that this list gave; begin without one",
        "le curseur n'a pas été donné par cette liste ; recommencez sans curseur";
    SLOW_REQUEST = "requete-trop-lente", REQUEST_TIMEOUT,
        "the request took too long to come in", "la requête a mis trop de temps à arriver";
    SLOW_ANSWER = "reponse-trop-lente", SERVICE_UNAVAILABLE,
        "the answer took too long; send it again, with the same Idempotency-Key",
        "la réponse a pris trop de temps ; renvoyez la requête avec la même Idempotency-Key";
    UNAVAILABLE = "indisponible", SERVICE_UNAVAILABLE,
        "a part of the server is away; send the request again, with the same Idempotency-Key",
        "une partie du serveur est absente ; renvoyez la requête avec la même Idempotency-Key";
    READ_BEHIND = "lecture-en-retard", SERVICE_UNAVAILABLE,
        "what is read has not reached the position in Aether-After yet; ask again",
        "ce qui est lu n'a pas encore atteint la position d'Aether-After ; redemandez";
    VERSION = "version-depassee", PRECONDITION_FAILED,
        "the version in If-Match is not the current one, which ETag names; look again and decide again",
        "la version d'If-Match n'est pas l'actuelle, que donne ETag ; relisez et décidez à nouveau";
    CONFLICT = "conflit", CONFLICT,
        "others changed the same thing again and again; send the request again",
        "d'autres ont sans cesse modifié la même chose ; renvoyez la requête";
    KEY_REUSED = "cle-reutilisee", UNPROCESSABLE_ENTITY,
        "this Idempotency-Key was used for another request; take a new one",
        "cette Idempotency-Key a servi à une autre requête ; prenez-en une nouvelle";
    LOG_IN = "non-identifie", UNAUTHORIZED,
        "log in first", "connectez-vous d'abord";
    CREDENTIALS = "identifiants-invalides", UNAUTHORIZED,
        "name and password do not belong together", "le nom et le mot de passe ne vont pas ensemble";
    PASSWORD = "mot-de-passe-invalide", UNPROCESSABLE_ENTITY,
        "a password has 8 to 200 characters; choose another",
        "un mot de passe a de 8 à 200 caractères ; choisissez-en un autre";
    FORBIDDEN = "interdit", FORBIDDEN,
        "this is for somebody else to do", "c'est à quelqu'un d'autre de le faire";
    ORIGIN = "origine-interdite", FORBIDDEN,
        "pages of this origin may not write here", "les pages de cette origine ne peuvent pas écrire ici";
    LIMITED = "trop-de-requetes", TOO_MANY_REQUESTS,
        "too many requests; wait as long as Retry-After says",
        "trop de requêtes ; attendez le temps indiqué par Retry-After";
    CROWDED = "connexions-saturees", SERVICE_UNAVAILABLE,
        "too many are logging in at the moment; try again",
        "trop de connexions en ce moment ; réessayez";
    GRAPHQL = "graphql-invalide", BAD_REQUEST,
        "the GraphQL request is not valid, or asks for more than one may at a time",
        "la requête GraphQL n'est pas valide, ou demande plus qu'on ne peut à la fois";
    INTERNAL = "erreur-interne", INTERNAL_SERVER_ERROR,
        "something went wrong on our side", "une erreur s'est produite de notre côté";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn each_code_names_one_problem_and_no_refusal_of_the_game() {
        let names: HashSet<_> = TABLE.iter().map(|code| code.name).collect();
        assert_eq!(names.len(), TABLE.len());
        let refusals = aether_game::refus::table();
        assert!(refusals.iter().all(|line| !names.contains(line.code)));
        for code in TABLE {
            assert!(!code.english.ends_with('.') && !code.french.ends_with('.'), "{code:?}");
            assert!(code.status.is_client_error() || code.status.is_server_error(), "{code:?}");
        }
    }
}
