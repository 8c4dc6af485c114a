//! What the page consists of; a test compares the list with the folder.

macro_rules! files {
    ($($path:literal)+) => {
        /// The files by path.
        pub(super) const FILES: &[(&str, &[u8])] =
            &[$(($path, include_bytes!(concat!("../../page/", $path)))),+];
    };
}

files! {
    "css/base.css"
    "css/console.css"
    "css/vues.css"
    "icon.svg"
    "index.html"
    "js/annonce.js"
    "js/api.js"
    "js/console/actes.js"
    "js/console/agregat.js"
    "js/console/causes.js"
    "js/console/console.js"
    "js/console/journal.js"
    "js/console/lettres.js"
    "js/console/livre.js"
    "js/console/maintenant.js"
    "js/console/raison.js"
    "js/dom.js"
    "js/i18n.js"
    "js/main.js"
    "js/router.js"
    "js/socket.js"
    "js/store.js"
    "js/suivi.js"
    "js/vue/accueil.js"
    "js/vue/actions.js"
    "js/vue/article.js"
    "js/vue/cadre.js"
    "js/vue/chronique.js"
    "js/vue/classement.js"
    "js/vue/combat.js"
    "js/vue/connexion.js"
    "js/vue/cours.js"
    "js/vue/joueur.js"
    "js/vue/marche.js"
    "js/vue/monde.js"
    "js/vue/morceaux.js"
    "js/vue/ordres.js"
    "js/vue/plateau.js"
    "js/vue/sac.js"
    "lang/console-en.json"
    "lang/console-fr.json"
    "lang/en.json"
    "lang/fr.json"
    "vendor/LICENSE-htm"
    "vendor/LICENSE-preact"
    "vendor/LICENSE-uplot"
    "vendor/hooks.js"
    "vendor/htm.js"
    "vendor/preact.js"
    "vendor/uplot.css"
    "vendor/uplot.js"
}
