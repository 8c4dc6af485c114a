// What can be done with something in one's bag: use it up, or wear it.

import { html, useState } from "../dom.js";
import { faire } from "../api.js";
import { mot, nombre, t } from "../i18n.js";
import { useLecture } from "../suivi.js";
import { Refus, useCommande } from "./morceaux.js";

const LIEUX = ["TETE", "TORSE", "JAMBES", "PIEDS", "MAINS", "DOS", "COU", "DOIGT_1", "DOIGT_2", "ACCESSOIRE_1", "ACCESSOIRE_2", "ARME_PRINCIPALE", "ARME_SECONDAIRE"];

/** A slot of the bag, with what can be done once it is opened. */
export function Case({ slot, id, relire }) {
  const [ouverte, ouvrir] = useState(false);
  return html`
    <li class=${slot.estEquipe ? "porte" : ""}>
      <details onToggle=${(event) => ouvrir(event.target.open)}>
        <summary><span>${slot.nom ?? t("inconnu")}</span><span class="num">${slot.estEquipe ? t("sac.porte") : `×${nombre(slot.quantite)}`}</span></summary>
        ${ouverte && html`<${Gestes} slot=${slot} id=${id} relire=${relire} />`}
      </details>
    </li>`;
}

function Gestes({ slot, id, relire }) {
  const { donnees: item } = useLecture(`/items/${slot.itemId}`);
  const [agir, enCours, erreur] = useCommande(async (verbe, body) => {
    await faire("POST", `/joueurs/${id}/inventaire/${verbe}`, body);
    relire();
  }, t("sac.fait"));
  const porter = (event) => {
    event.preventDefault();
    agir("equiper", { slotId: slot.slotId, emplacement: new FormData(event.target).get("emplacement") });
  };
  const arme = item?.type === "ARME";
  const lieux = LIEUX.filter((it) => it.startsWith("ARME") === arme);
  return html`
    <p class="attenue">${mot("typeItem", item?.type)} · <a href=${`#/marche/${slot.itemId}`}>${t("nav.marche")}</a></p>
    ${item?.type === "CONSOMMABLE" && html`<button class="discret" disabled=${enCours} onClick=${() => agir("utiliser", { slotId: slot.slotId, quantite: 1 })}>${t("sac.utiliser")}</button>`}
    ${(arme || item?.type === "ARMURE") && !slot.estEquipe && html`
      <form class="porter" onSubmit=${porter}>
        <label><span class="visuellement-cache">${t("sac.ou")}</span><select name="emplacement">${lieux.map((it) => html`<option value=${it}>${mot("emplacement", it)}</option>`)}</select></label>
        <button class="bouton" disabled=${enCours}>${t("sac.porter")}</button>
      </form>`}
    <${Refus} erreur=${erreur} />`;
}
