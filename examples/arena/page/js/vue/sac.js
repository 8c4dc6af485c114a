// One's own bag, and what is worn.

import { html } from "../dom.js";
import { t } from "../i18n.js";
import { useLecture, useMoi } from "../suivi.js";
import { Connexion } from "./connexion.js";
import { Tenue } from "./joueur.js";
import { Carte, Etat, Jauge } from "./morceaux.js";
import { Case } from "./piece.js";

/** The view of the own bag. */
export function Sac() {
  const moi = useMoi();
  return moi ? html`<${Contenu} id=${moi.joueurId} />` : html`<${Connexion} />`;
}

function Contenu({ id }) {
  const lecture = useLecture(`/joueurs/${id}/inventaire?limite=100`, { canal: `joueur:${id}`, absent: true });
  const sac = lecture.donnees;
  return html`
    <h1>${t("sac.titre")}</h1>
    <div class="deux">
      <${Carte} titre=${t("sac.contenu")} cote=${sac && html`<span class="attenue">${t("sac.places", { pris: sac.slotsUtilises, total: sac.capacite })}</span>`}>
        <${Etat} lecture=${lecture} vide=${t("sac.vide")}>
          <${Jauge} nom=${t("sac.poids")} valeur=${sac?.poids} max=${sac?.poidsMax} genre="progres" />
          <ul class="cases">${sac?.elements.map(
            (it) => html`<${Case} key=${it.slotId} slot=${it} id=${id} relire=${lecture.relire} />`,
          )}</ul>
        <//>
      <//>
      <${Tenue} id=${id} mien=${true} />
    </div>`;
}
