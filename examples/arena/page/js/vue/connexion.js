// Log in, or sign up.

import { html, useState } from "../dom.js";
import { faire } from "../api.js";
import { mot, t } from "../i18n.js";
import { aller } from "../router.js";
import { rouvrir } from "../socket.js";
import { setMoi } from "../store.js";
import { Champ, Refus, useCommande } from "./morceaux.js";

const CLASSES = ["GUERRIER", "MAGE", "ARCHER", "VOLEUR", "CLERC"];

/** The view of those who have no session yet. */
export function Connexion() {
  const [nouveau, change] = useState(false);
  const [agir, enCours, erreur] = useCommande(async (form) => {
    const { nom, motDePasse, classe } = Object.fromEntries(new FormData(form));
    if (nouveau) await faire("POST", "/comptes", { nom, motDePasse, classe });
    await entrer(nom, motDePasse);
  });
  return html`
    <div class="porte">
      <h1>${t(nouveau ? "connexion.inscription" : "connexion.titre")}</h1>
      <p class="attenue">${t(nouveau ? "connexion.bienvenue" : "connexion.retour")}</p>
      <form onSubmit=${(event) => (event.preventDefault(), agir(event.target))}>
        <${Champ} nom=${t("connexion.nom")} name="nom" required maxlength="24" autocomplete="username" />
        <${Champ} nom=${t("connexion.motDePasse")} name="motDePasse" type="password" required minlength=${nouveau ? 8 : null} maxlength="200"
          autocomplete=${nouveau ? "new-password" : "current-password"} aide=${nouveau ? t("connexion.regle") : null} />
        ${nouveau && html`<${Classes} />`}
        <${Refus} erreur=${erreur} />
        <button class="bouton plein" disabled=${enCours}>${t(nouveau ? "connexion.creer" : "connexion.entrer")}</button>
      </form>
      <p><button class="lien" onClick=${() => change(!nouveau)}>${t(nouveau ? "connexion.deja" : "connexion.pasEncore")}</button></p>
      <p><a href="#/">${t("connexion.regarder")}</a></p>
    </div>`;
}

function Classes() {
  return html`
    <fieldset class="classes"><legend>${t("joueur.classe")}</legend>
      ${CLASSES.map(
        (it, n) => html`<label><input type="radio" name="classe" value=${it} required checked=${n === 0} /><span>${mot("classe", it)}</span></label>`,
      )}
    </fieldset>`;
}

async function entrer(nom, motDePasse) {
  const { sessionId, joueurId, role } = await faire("POST", "/sessions", { nom, motDePasse, cookie: true });
  setMoi({ nom, sessionId, joueurId, role });
  rouvrir();
  aller("");
}

/** Ends the session. */
export async function sortir(moi) {
  await faire("DELETE", `/sessions/${moi.sessionId}`);
  setMoi(null);
  rouvrir();
  aller("");
}
