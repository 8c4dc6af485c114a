// Dead letters, by projection and aggregate: the first of each is dealt with, others wait behind it.

import { html } from "../dom.js";
import { faire } from "../api.js";
import { depuis, nombre, t } from "../i18n.js";
import { peutAgir } from "../store.js";
import { useLecture, useMoi } from "../suivi.js";
import { Carte, Etat } from "../vue/morceaux.js";
import { Acte } from "./raison.js";

/** The view of dead letters. */
export function Lettres() {
  const moi = useMoi();
  const lecture = useLecture("/exploitation/lettres", { toutes: 3000 });
  const suites = Object.values(Object.groupBy(lecture.donnees ?? [], (it) => `${it.projection} ${it.agregatId}`));
  return html`
    <${Etat} lecture=${lecture} vide=${t("lettres.aucune")}>
      ${suites.map(
        (suite) => html`
          <${Carte} key=${suite[0].position} titre=${suite[0].projection} cote=${html`<a class="attenue" href=${`#/console/agregat/${suite[0].agregatId}`}>${suite[0].typeAgregat} ${suite[0].agregatId.slice(0, 8)}</a>`}>
            <ul class="lignes">${suite.map(
              (it) => html`
                <li key=${it.position}><p><strong>${it.type}</strong> <span class="sceau">${t(`lettres.${it.etat}`)}</span>
                  <span class="attenue"> ${t("lettres.essais", { n: it.essais })} · ${nombre(it.position)} · ${depuis(it.depuis)}</span></p>
                  ${it.erreur && html`<pre tabindex="0">${it.erreur}</pre>`}
                  ${it.ouverte && peutAgir(moi) && html`<p><${Remede} lettre=${it} ordre="REESSAYER" relire=${lecture.relire} /><${Remede} lettre=${it} ordre="ECARTER" relire=${lecture.relire} /></p>`}</li>`,
            )}</ul>
          <//>`,
      )}
    <//>`;
}

function Remede({ lettre, ordre, relire }) {
  const ordonner = async (raison) => {
    await faire("POST", `/exploitation/lettres/${encodeURIComponent(lettre.projection)}/${lettre.position}`, { ordre, raison });
    relire();
  };
  return html`<${Acte} nom=${t(`acte.${ordre}`)} question=${t(`lettres.question.${ordre}`)} faire=${ordonner} />`;
}
