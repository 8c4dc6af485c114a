// The ledger: what was created and not destroyed is somewhere.

import { html } from "../dom.js";
import { nombre, t } from "../i18n.js";
import { useLecture } from "../suivi.js";
import { Carte, Etat } from "../vue/morceaux.js";

const COMPTE = ["crees", "detruits", "detenu", "ordres", "du", "colis", "difference"];

/** The view of the ledger. */
export function Livre() {
  const lecture = useLecture("/exploitation/livre", { toutes: 5000 });
  const livre = lecture.donnees;
  return html`
    <${Etat} lecture=${lecture}>
      <${Carte} titre=${t("livre.or")}>
        <dl class="faits">${COMPTE.map((it) => html`<div class=${it === "difference" ? "somme" : ""}><dt>${t(`livre.${it}`)}</dt><dd>${livre && nombre(BigInt(livre.or[it]))}</dd></div>`)}</dl>
      <//>
      <${Carte} titre=${t("livre.items")} cote=${html`<span class="attenue">${t("livre.suivis", { n: livre?.items ?? 0 })}</span>`}>
        ${livre?.ecarts.length === 0 && html`<p>${t("livre.juste")}</p>`}
        <ul class="lignes">${livre?.ecarts.map((it) => html`<li key=${it.itemId}><a href=${`#/marche/${it.itemId}`}>${it.itemId}</a> ${nombre(BigInt(it.difference))}</li>`)}</ul>
      <//>
    <//>`;
}
