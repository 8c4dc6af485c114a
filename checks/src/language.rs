//! Identifiers are English outside of the game and its arena, whose field is French.
//!
//! What is text stays free: names of events, of columns and of JSON keys are what the model calls them.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use proc_macro2::{TokenStream, TokenTree};

use crate::files::files;

/// Where the field is French.
const FRENCH: [&str; 2] = ["aether-game/", "examples/arena/"];

/// What was released keeps its words.
const RELEASED: [&str; 1] = ["CHANGELOG.md"];

/// The names that the game offers: those who use it have to call it by them.
const OFFERED: &str = "docs/api/aether_game.txt";

/// French words that are no English ones, without accents, in lower case.
const WORDS: &str = "
    abandonne abandonner achat achats acheter acheteur actifs actuel actuelle adversaire adversaires
    affaiblissement affiche afficher ajout ajoute ajouter annule annulee annuler apres arene argent arme armes
    armure assez attaque attaquer atteint atteinte attendre aucun aucune aussi autre autres avant avec boite
    bouclier bourse bourses butin cede ceder chaine cible cibles classement cle cles coffre coffres combattant
    combattants commence commencee competence competences compte comptes contenu cours cout cree creee creer
    critique debiter debut defaite degats deja delai demande demander demarre demarrer depense depenser depose
    deposer depot depuis dernier derniere devise dexterite disponible donne donnee donnees donner dons droits
    duree echange echanger echec echecs echoue echouer effacer ennemi ennemis enregistre envoye envoyer epee
    epuise equipe equipement esquive etape etapes etat etats evenement evenements faut fiche fiches fini finir
    foret frapper fuite gagne gagnee gagner gemmes groupe guerrier guilde guildes heure histoire inconnu
    inconnue interdit inventaire jeton jetons jeu joueur joueurs joueuse jour jours lancer libere liberer libres
    liste livre livrer lumiere magasin maintenant maison manche manches marchand marchande marchands marche
    membre membres mettre moitie montant montants mort morte mouvement mouvements nain neuve niveau niveaux nom
    nombre noms nouveau nouvel nouvelle nouvelles objet objets obtenir obtenu offrir ordre ordres oublier ouvert
    ouverte ouvrir paiement paiements paire pas paye payee perdre perdu perdue plafond plafonner plein pleine
    poids portefeuille pouvoir pouvoirs premier premiere prenom prete prix prochain prochaine puissance quantite
    quantites quete quetes quoi raison raisons rang recette recevoir recompense recompenses recu recus refus
    remettre remis rendre rendu reprendre reserver ressource restant restants resultat retirer retrait reussi
    reussie reussite rien sac sacs sante serment serrure seuil seul seule soin soins solde somme sorcier statut
    succes surnom taux taxe termine terminee terrain tirage tirages titre toujours trajet transfert tresor
    tresors trop trouver tueur utilisateur utilisateurs vaincu vainqueur vainqueurs valeur valeurs vendeur
    vendre vendu vente ventes vers verse verser vider vie vies virement virements voleur voleurs
";

/// Each French identifier outside of the game, once a file, in words: in sources, and in examples of documents.
pub(crate) fn french(root: &Path) -> Result<Vec<String>> {
    let words: BTreeSet<_> = WORDS.split_whitespace().collect();
    let offered = identifiers(&std::fs::read_to_string(root.join(OFFERED)).context(OFFERED)?)?;
    let mut found = Vec::new();
    for file in files(root, &["rs", "md"])? {
        let shown = file.strip_prefix(root).unwrap_or(&file).display().to_string();
        if FRENCH.iter().any(|folder| shown.starts_with(folder)) || RELEASED.contains(&&*shown) {
            continue;
        }
        let text = std::fs::read_to_string(&file).with_context(|| shown.clone())?;
        let mut names = BTreeSet::new();
        if shown.ends_with(".rs") {
            names.extend(identifiers(&text).with_context(|| shown.clone())?);
        }
        // an example that is no Rust on its own has no tokens
        names.extend(examples(&text).iter().flat_map(|code| identifiers(code).unwrap_or_default()));
        if text.contains("aether_game") {
            names.retain(|name| !offered.contains(name));
        }
        names.retain(|name| parts(name).any(|part| words.contains(part.as_str())));
        for name in names {
            let line = text.lines().position(|line| line.contains(&name)).unwrap_or_default() + 1;
            found.push(format!("{shown}:{line} calls something `{name}`: give it an English name"));
        }
    }
    Ok(found)
}

/// The blocks of Rust in a document, or in the documentation of a source.
fn examples(text: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut block: Option<String> = None;
    let mut is_rust = false;
    for line in text.lines() {
        let line = line.trim_start();
        let line = line.strip_prefix("///").or_else(|| line.strip_prefix("//!")).unwrap_or(line);
        let line = line.trim_start();
        if let Some(kind) = line.strip_prefix("```") {
            match block.take() {
                Some(whole) if is_rust => blocks.push(whole),
                Some(_) => {}
                None => block = Some(String::new()),
            }
            is_rust = ["", "rust", "no_run", "ignore", "should_panic", "compile_fail"]
                .contains(&kind.split(',').next().unwrap_or_default());
        } else if let Some(block) = &mut block {
            block.push_str(line.strip_prefix("# ").unwrap_or(line));
            block.push('\n');
        }
    }
    blocks
}

/// All identifiers of a source, those inside of macros too.
fn identifiers(text: &str) -> Result<BTreeSet<String>> {
    let tokens = text.parse::<TokenStream>().map_err(|error| anyhow!("no Rust: {error}"))?;
    let mut all = BTreeSet::new();
    gather(tokens, &mut all);
    Ok(all)
}

fn gather(tokens: TokenStream, all: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => gather(group.stream(), all),
            TokenTree::Ident(ident) => drop(all.insert(ident.to_string())),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// The words of an identifier, in lower case: `OrGagne` and `or_gagne` are "or" and "gagne".
fn parts(name: &str) -> impl Iterator<Item = String> {
    let mut parts = vec![String::new()];
    let mut after_lower = false;
    for character in name.chars() {
        let is_start = character.is_uppercase() && after_lower;
        if is_start || !character.is_alphabetic() {
            parts.push(String::new());
        }
        if let (true, Some(part)) = (character.is_alphabetic(), parts.last_mut()) {
            part.extend(character.to_lowercase());
        }
        after_lower = character.is_lowercase();
    }
    parts.into_iter()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test")]

    use super::*;

    fn faults(source: &str) -> Vec<String> {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write(OFFERED, "pub struct Degats;");
        write("aether-game/src/lib.rs", "struct Joueur;");
        write("a/src/lib.rs", source);
        french(root.path()).unwrap()
    }

    #[test]
    fn a_french_identifier_outside_of_the_game_is_found_with_its_line() {
        let found = faults("struct Chest;\nfn f() { println!(\"{}\", or_gagne); }");
        assert_eq!(found, ["a/src/lib.rs:2 calls something `or_gagne`: give it an English name"]);
        assert_eq!(faults("enum E { OrGagne }").len(), 1);
        assert_eq!(faults("struct Degats;").len(), 1);
        assert_eq!(faults("/// ```\n/// # struct Joueur;\n/// ```\nstruct Player;").len(), 1);
    }

    #[test]
    fn english_texts_and_what_the_game_offers_are_free() {
        let free = ["struct Chest { order: u32 }", "const SQL: &str = \"joueur\"; // le joueur"];
        let shown = "/// Un joueur.\n/// ```text\n/// joueur\n/// ```\nstruct Player;";
        for source in free.into_iter().chain(["use aether_game::Degats;", shown]) {
            assert_eq!(faults(source), [""; 0], "{source}");
        }
    }
}
