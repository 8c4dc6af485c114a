// The market: the catalogue to choose from, and one's own orders.

import { html, useState } from "../dom.js";
import { lire } from "../api.js";
import { mot, nombre, t } from "../i18n.js";
import { useLecture, useMoi } from "../suivi.js";
import { Etat, Suite } from "./morceaux.js";
import { Ordres } from "./ordres.js";

const TYPES = ["ARME", "ARMURE", "CONSOMMABLE", "MATERIAU", "QUETE", "AUTRE"];

/** The view of the market. */
export function Marche() {
  const moi = useMoi();
  const [type, filtrer] = useState("");
  const [nom, chercher] = useState("");
  const query = new URLSearchParams({ limite: 40, ...(type && { type }), ...(nom && { nom }) });
  return html`
    <h1>${t("marche.titre")}</h1>
    ${moi && html`<${Ordres} moi=${moi} />`}
    <form class="filtres" role="search" onSubmit=${(event) => event.preventDefault()}>
      <label><span class="visuellement-cache">${t("marche.chercher")}</span>
        <input type="search" placeholder=${t("marche.chercher")} value=${nom} onInput=${(event) => chercher(event.target.value.trim())} /></label>
      <label><span class="visuellement-cache">${t("marche.type")}</span>
        <select value=${type} onChange=${(event) => filtrer(event.target.value)}>
          <option value="">${t("marche.tous")}</option>
          ${TYPES.map((it) => html`<option value=${it}>${mot("typeItem", it)}</option>`)}
        </select></label>
    </form>
    <${Catalogue} query=${query.toString()} key=${query.toString()} />`;
}

function Catalogue({ query }) {
  const lecture = useLecture(`/items?${query}`);
  const [plus, ajouter] = useState({ elements: [], suivant: undefined });
  const items = [...(lecture.donnees?.elements ?? []), ...plus.elements].filter((it) => it.echangeable && !it.retire);
  const suivant = plus.suivant === undefined ? lecture.donnees?.suivant : plus.suivant;
  const prendre = async () => {
    const page = await lire(`/items?${query}&curseur=${suivant}`);
    ajouter({ elements: [...plus.elements, ...page.elements], suivant: page.suivant });
  };
  return html`
    <${Etat} lecture=${lecture} vide=${t("marche.rien")}>
      <div class="carte rase"><table>
        <thead><tr><th scope="col">${t("marche.objet")}</th><th scope="col" class="large">${t("marche.type")}</th><th scope="col" class="large">${t("marche.rarete")}</th>
          <th scope="col" class="num">${t("joueur.niveau")}</th><th scope="col" class="num">${t("marche.valeur")}</th></tr></thead>
        <tbody>${items.map(
          (it) => html`
            <tr key=${it.itemId}><td><a href=${`#/marche/${it.itemId}`}>${it.nom}</a></td><td class="large">${mot("typeItem", it.type)}</td>
              <td class="large"><span class=${`rarete ${it.rarete}`}>${mot("rarete", it.rarete)}</span></td><td class="num">${nombre(it.niveauRequis)}</td><td class="num">${nombre(it.valeurOr)}</td></tr>`,
        )}</tbody>
      </table></div>
      <${Suite} suivant=${suivant} prendre=${prendre} />
    <//>`;
}
