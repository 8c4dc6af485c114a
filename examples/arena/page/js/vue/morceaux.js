// Small pieces that several views are made of.

import { html, useId, useState } from "../dom.js";
import { annoncer } from "../annonce.js";
import { nombre, t } from "../i18n.js";

/** A bar that says how much is left of something. */
export function Jauge({ nom, valeur, max, genre = "hp" }) {
  const part = max > 0 ? Math.min(100, (100 * valeur) / max) : 0;
  const etat = genre === "hp" && part <= 25 ? " basse" : genre === "hp" && part <= 55 ? " moyenne" : "";
  const texte = t("jauge", { valeur, max });
  return html`
    <div class=${`jauge ${genre}${etat}`} role="meter" aria-label=${nom} aria-valuemin="0" aria-valuemax=${max} aria-valuenow=${valeur} aria-valuetext=${texte}>
      <div class="plein" style=${{ width: `${part}%` }}></div>
      <span class="chiffres" aria-hidden="true">${nombre(valeur)}<small>/${nombre(max)}</small></span>
    </div>`;
}

/** What is there while something is read, could not be read, or is not there. */
export function Etat({ lecture, vide = null, children }) {
  const { donnees, erreur } = lecture;
  if (donnees === undefined && erreur) return html`<p class="erreur" role="alert">${dire(erreur)}</p>`;
  if (donnees === undefined) return html`<p class="attente">${t("attente")}</p>`;
  if (donnees === null || (vide && (donnees.elements ?? donnees).length === 0)) return html`<p class="rien">${vide ?? t("rien")}</p>`;
  return children;
}

/** A problem in a sentence. */
export function dire(erreur) {
  return erreur.status === undefined ? t("erreur.reseau") : majuscule(erreur.message || t("erreur.inconnue"));
}

const majuscule = (text) => text.charAt(0).toLocaleUpperCase() + text.slice(1);

/** A command with its state: `[agir, enCours, erreur]`. Another one is not sent while one is on its way. */
export function useCommande(work, done) {
  const [enCours, run] = useState(false);
  const [erreur, fail] = useState(null);
  const agir = async (...given) => {
    if (enCours) return;
    run(true);
    fail(null);
    try {
      const result = await work(...given);
      if (done) annoncer(typeof done === "function" ? done(result) : done);
    } catch (error) {
      fail(dire(error));
    } finally {
      run(false);
    }
  };
  return [agir, enCours, erreur];
}

/** Why a command was refused. */
export const Refus = ({ erreur }) => erreur && html`<p class="erreur" role="alert">${erreur}</p>`;

/** A field with its label. */
export function Champ({ nom, aide, children, ...rest }) {
  const id = useId();
  return html`
    <div class="champ">
      <label for=${id}>${nom}</label>
      ${children ? children(id) : html`<input id=${id} aria-describedby=${aide ? `${id}-aide` : null} ...${rest} />`}
      ${aide && html`<small id=${`${id}-aide`}>${aide}</small>`}
    </div>`;
}

/** A part of a view, with a heading. */
export function Carte({ titre, cote, children, classe = "" }) {
  const id = useId();
  return html`
    <section class=${`carte ${classe}`} aria-labelledby=${id}>
      <header><h2 id=${id}>${titre}</h2>${cote}</header>
      ${children}
    </section>`;
}

/** There is nothing at this address. */
export function Absent() {
  return html`<h1>${t("absent.titre")}</h1><p>${t("absent.texte")}</p><p><a href="#/">${t("nav.accueil")}</a></p>`;
}

/** More of a list, by its cursor. */
export const Suite = ({ suivant, prendre }) =>
  suivant && html`<button class="discret" onClick=${prendre}>${t("suite")}</button>`;
