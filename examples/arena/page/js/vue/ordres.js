// One's own open orders.

import { html } from "../dom.js";
import { depuis, mot, nombre, t } from "../i18n.js";
import { faire } from "../api.js";
import { useLecture } from "../suivi.js";
import { Carte, Etat, Refus, useCommande } from "./morceaux.js";

/** Own orders; of one item where it is given. `bouge` changes when one was placed. */
export function Ordres({ moi, item = null, bouge = 0 }) {
  const lecture = useLecture(`/joueurs/${moi.joueurId}/ordres?${bouge}`, { canal: `joueur:${moi.joueurId}`, toutes: 5000 });
  const ordres = (lecture.donnees ?? []).filter((it) => item === null || it.itemId === item);
  const [annuler, enCours, erreur] = useCommande(async (it) => {
    await faire("DELETE", `/marche/${it.itemId}/ordres/${it.ordreId}`);
    lecture.relire();
  }, t("ordres.annule"));
  if (lecture.donnees && ordres.length === 0 && item === null) return null;
  return html`
    <${Carte} titre=${t("ordres.titre")}>
      <${Etat} lecture=${{ ...lecture, donnees: lecture.donnees && ordres }} vide=${t("ordres.aucun")}>
        <div class="defile"><table>
          <thead><tr><th scope="col">${t("ordres.cote")}</th><th scope="col" class="num">${t("ordres.reste")}</th><th scope="col" class="num">${t("ordres.prix")}</th><th scope="col" class="large">${t("ordres.expire")}</th><th></th></tr></thead>
          <tbody>${ordres.map(
            (it) => html`
              <tr key=${it.ordreId}><td><a href=${`#/marche/${it.itemId}`} class=${`cote ${it.cote}`}>${mot("cote", it.cote)}</a></td>
                <td class="num">${nombre(it.reste)}<small class="attenue">/${nombre(it.quantite)}</small></td><td class="num">${nombre(it.prix)}</td>
                <td class="large attenue">${depuis(it.expireA)}</td>
                <td class="num"><button class="discret" disabled=${enCours} onClick=${() => annuler(it)}>${t("ordres.annuler")}</button></td></tr>`,
          )}</tbody>
        </table></div>
        <${Refus} erreur=${erreur} />
      <//>
    <//>`;
}
