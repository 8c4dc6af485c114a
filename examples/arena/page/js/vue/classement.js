// Players by level.

import { html, useState } from "../dom.js";
import { lire } from "../api.js";
import { mot, nombre, t } from "../i18n.js";
import { useLecture, useMoi } from "../suivi.js";
import { Etat, Suite } from "./morceaux.js";

/** The ranking. */
export function Classement() {
  const lecture = useLecture("/classements/niveau?limite=50", { canal: "classement", toutes: 10_000 });
  const [plus, ajouter] = useState({ elements: [], suivant: undefined });
  const moi = useMoi();
  const rangs = [...(lecture.donnees?.elements ?? []), ...plus.elements];
  const suivant = plus.suivant === undefined ? lecture.donnees?.suivant : plus.suivant;
  const prendre = async () => {
    const page = await lire(`/classements/niveau?limite=50&curseur=${suivant}`);
    ajouter({ elements: [...plus.elements, ...page.elements], suivant: page.suivant });
  };
  return html`
    <h1>${t("classement.titre")}</h1>
    <${Etat} lecture=${lecture} vide=${t("classement.personne")}>
      <div class="carte rase"><table>
        <thead><tr><th scope="col" class="num">${t("classement.rang")}</th><th scope="col">${t("joueur.nom")}</th><th scope="col" class="large">${t("joueur.classe")}</th>
          <th scope="col" class="num">${t("joueur.niveau")}</th><th scope="col" class="num">${t("joueur.experience")}</th></tr></thead>
        <tbody>
          ${rangs.map(
            (it, rang) => html`
              <tr key=${it.joueurId} class=${it.joueurId === moi?.joueurId ? "moi" : ""}>
                <td class="num attenue">${nombre(rang + 1)}</td>
                <td><a href=${`#/joueur/${it.joueurId}`}>${it.pseudo}</a></td>
                <td class="large">${mot("classe", it.classe)}</td>
                <td class="num">${nombre(it.niveau)}</td>
                <td class="num">${nombre(it.experience)}</td>
              </tr>`,
          )}
        </tbody>
      </table></div>
      <${Suite} suivant=${suivant} prendre=${prendre} />
    <//>`;
}
