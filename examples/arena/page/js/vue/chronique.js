// What was done in a combat, the newest first.

import { html } from "../dom.js";
import { heure, mot, t } from "../i18n.js";
import { useLecture } from "../suivi.js";
import { Carte, Etat } from "./morceaux.js";

/** The last actions of a combat. */
export function Chronique({ combat, noms }) {
  const lecture = useLecture(`/combats/${combat.combatId}/actions?limite=20`, { canal: `combat:${combat.combatId}` });
  return html`
    <${Carte} titre=${t("chronique.titre")} classe="chronique">
      <${Etat} lecture=${lecture} vide=${t("chronique.rien")}>
        <ol>
          ${(lecture.donnees?.elements ?? []).map(
            (it) => html`
              <li key=${it.actionId}>
                <time datetime=${it.quand}>${heure(it.quand)}</time>
                <span><strong>${noms[it.participantId]}</strong> ${t(`chronique.${it.type}`, { cibles: it.cibles.map((id) => noms[id]).join(", ") })}
                ${it.resultat !== "SUCCES" && html` <em class=${`issue ${it.resultat}`}>${mot("issue", it.resultat)}</em>`}</span>
              </li>`,
          )}
        </ol>
      <//>
    <//>`;
}
