// Who did what in the console.

import { html } from "../dom.js";
import { date, mot, t } from "../i18n.js";
import { useLecture } from "../suivi.js";
import { Etat } from "../vue/morceaux.js";

/** The list of acts. */
export function Actes() {
  const lecture = useLecture("/exploitation/actes", { toutes: 5000 });
  return html`
    <${Etat} lecture=${lecture} vide=${t("actes.aucun")}>
      <div class="carte rase"><div class="defile"><table>
        <thead><tr><th scope="col">${t("actes.acte")}</th><th scope="col">${t("actes.sujet")}</th><th scope="col">${t("console.raison")}</th><th scope="col" class="large">${t("actes.acteur")}</th><th scope="col">${t("journal.quand")}</th></tr></thead>
        <tbody>${(lecture.donnees ?? []).map(
          (it) => html`<tr key=${it.quand}><td>${mot("acte", it.acte)}</td><td>${it.sujet}</td><td>${it.raison}</td><td class="large attenue">${it.acteur.slice(0, 8)}</td><td class="attenue">${date(it.quand)}</td></tr>`,
        )}</tbody>
      </table></div></div>
    <//>`;
}
