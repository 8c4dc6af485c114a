// Now: events per second, and how far each projection is.

import { html, useEffect, useRef, useState } from "../dom.js";
import { faire } from "../api.js";
import { nombre, t } from "../i18n.js";
import { peutAgir } from "../store.js";
import { useLecture, useMoi } from "../suivi.js";
import { Carte, Etat } from "../vue/morceaux.js";
import { Acte } from "./raison.js";

const MESURES = 60;

/** The state of the engine. */
export function Maintenant() {
  const moi = useMoi();
  const lecture = useLecture("/exploitation/etat", { toutes: 2000 });
  const etat = lecture.donnees;
  const debits = useDebit(etat);
  const parts = etat?.projections ?? [];
  return html`
    <${Etat} lecture=${lecture}>
      <${Carte} titre=${t("console.debit")} cote=${html`<span class="attenue">${t("console.position", { position: etat?.position ?? 0 })}</span>`}>
        <div class="debit"><strong>${nombre(Math.round(debits.at(-1) ?? 0))}</strong><span>${t("console.parSeconde")}</span><${Trace} valeurs=${debits} /></div>
      <//>
      <${Carte} titre=${t("console.projections")}>
        <div class="defile"><table>
          <thead><tr><th scope="col">${t("console.nom")}</th><th scope="col">${t("console.etat")}</th><th scope="col" class="num">${t("console.retard")}</th><th scope="col" class="num">${t("console.lettresCourt")}</th><th scope="col" class="large">${t("console.noeud")}</th>${peutAgir(moi) && html`<th></th>`}</tr></thead>
          <tbody>${parts.map(
            (it) => html`
              <tr key=${`${it.nom}/${it.part}`}><th scope="row">${it.nom}${it.parts > 1 && html` <small class="attenue">${nombre(it.part + 1)}/${nombre(it.parts)}</small>`}</th>
                <td><span class=${`sceau ${it.panne ? "panne" : it.enPause ? "or" : ""}`} title=${it.panne}>${t(it.panne ? "console.panne" : it.enPause ? "console.enPause" : "console.suit")}</span></td>
                <td class="num">${nombre(it.retard)}</td><td class="num">${nombre(it.lettres)}</td><td class="large attenue">${it.noeud}</td>
                ${peutAgir(moi) && html`<td class="num">${it.part === 0 && html`<${Pause} part=${it} relire=${lecture.relire} />`}</td>`}</tr>`,
          )}</tbody>
        </table></div>
      <//>
    <//>`;
}

function Pause({ part, relire }) {
  const enPause = !part.enPause;
  const ordonner = async (raison) => {
    await faire("POST", `/exploitation/projections/${encodeURIComponent(part.nom)}`, { enPause, raison });
    relire();
  };
  return html`<${Acte} nom=${t(enPause ? "console.pause" : "console.reprise")} question=${t(enPause ? "console.pauseQuestion" : "console.repriseQuestion", { nom: part.nom })} faire=${ordonner} />`;
}

/** Events per second between two looks, the last ones. */
function useDebit(etat) {
  const before = useRef(null);
  const [debits, note] = useState([]);
  useEffect(() => {
    if (!etat) return;
    const old = before.current;
    before.current = etat;
    const seconds = old && (new Date(etat.maintenant) - new Date(old.maintenant)) / 1000;
    if (seconds > 0) note((them) => [...them, Math.max(0, etat.position - old.position) / seconds].slice(-MESURES));
  }, [etat?.maintenant]);
  return debits;
}

function Trace({ valeurs }) {
  const most = Math.max(1, ...valeurs);
  const points = valeurs.map((it, n) => `${n * 4},${30 - (28 * it) / most}`).join(" ");
  return html`<svg class="trace" viewBox=${`0 0 ${MESURES * 4} 32`} preserveAspectRatio="none" aria-hidden="true"><polyline points=${points} /></svg>`;
}
