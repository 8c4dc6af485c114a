// The log with filters, the newest events first.

import { html, useState } from "../dom.js";
import { lire } from "../api.js";
import { date, nombre, t } from "../i18n.js";
import { useLecture } from "../suivi.js";
import { Champ, Etat, Suite } from "../vue/morceaux.js";

const FILTRES = ["type", "typeAgregat", "agregat", "correlation"];

/** The view of the log. */
export function Journal() {
  const [filtre, filtrer] = useState("");
  const appliquer = (event) => {
    event.preventDefault();
    const given = [...new FormData(event.target)].filter(([, value]) => value.trim());
    filtrer(new URLSearchParams(given).toString());
  };
  return html`
    <form class="filtres quatre" role="search" onSubmit=${appliquer}>
      ${FILTRES.map((it) => html`<${Champ} nom=${t(`journal.${it}`)} name=${it} autocomplete="off" />`)}
      <button class="bouton">${t("journal.filtrer")}</button>
    </form>
    <${Lignes} filtre=${filtre} key=${filtre} />`;
}

function Lignes({ filtre }) {
  const path = `/exploitation/journal?limite=50&${filtre}`;
  const lecture = useLecture(path, { toutes: 3000 });
  const [plus, ajouter] = useState(null);
  const page = plus ?? lecture.donnees;
  const prendre = async () => {
    const next = await lire(`${path}&jusqua=${page.suivant}`);
    ajouter({ elements: [...page.elements, ...next.elements], suivant: next.suivant });
  };
  return html`
    <${Etat} lecture=${lecture} vide=${page?.suivant ? null : t("journal.rien")}>
      <div class="carte rase"><div class="defile"><table class="journal">
        <thead><tr><th scope="col" class="num">${t("journal.position")}</th><th scope="col">${t("journal.type")}</th><th scope="col">${t("journal.agregat")}</th><th scope="col" class="large">${t("journal.quand")}</th><th scope="col"></th></tr></thead>
        <tbody>${(page?.elements ?? []).map((it) => html`<${Ligne} key=${it.position} event=${it} />`)}</tbody>
      </table></div></div>
      <${Suite} suivant=${page?.suivant} prendre=${prendre} />
    <//>`;
}

/** An event in a line. */
export function Ligne({ event }) {
  return html`
    <tr>
      <td class="num attenue">${nombre(event.position)}</td>
      <td><details><summary>${event.type}</summary><pre tabindex="0">${JSON.stringify(event.donnees, null, 1)}</pre></details></td>
      <td><a href=${`#/console/agregat/${event.agregatId}/${event.version}`}>${event.typeAgregat} <small>${event.agregatId.slice(0, 8)} · ${nombre(event.version)}</small></a></td>
      <td class="large attenue">${date(event.quand)}</td>
      <td class="num">${event.correlationId && html`<a href=${`#/console/causes/${event.correlationId}/${event.eventId}`}>${t("journal.cause")}</a>`}</td>
    </tr>`;
}
