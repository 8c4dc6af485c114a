// The world: its clock, what goes on in it, its bosses.

import { html } from "../dom.js";
import { depuis, mot, t } from "../i18n.js";
import { useLecture, useSeconde } from "../suivi.js";
import { Carte, Etat, Jauge } from "./morceaux.js";

/** The clock of the world, small. */
export function Horloge({ monde }) {
  if (monde?.heure == null) return null;
  const jour = monde.heure >= 6 && monde.heure < 20;
  return html`
    <p class="horloge"><i class=${jour ? "soleil" : "lune"} aria-hidden="true"></i>
      ${t("monde.heure", { heure: String(monde.heure).padStart(2, "0") })}
      <span>${t("monde.saison", { jour: monde.jourSaison, saison: mot("saison", monde.saison) })}</span></p>`;
}

const nomsDe = (monde) => Object.fromEntries((monde?.zones ?? []).map((it) => [it.zoneId, it.nom]));

/** The world events that are on. */
export function Evenements({ monde }) {
  const noms = nomsDe(monde);
  if (!monde?.evenements.length) return html`<p class="rien">${t("monde.calme")}</p>`;
  return html`
    <ul class="lignes">
      ${monde.evenements.map(
        (it) => html`
          <li key=${it.evenementId}>
            <p><strong>${it.nom}</strong> ${it.type && html`<span class="sceau">${mot("typeEvenement", it.type)}</span>`}
              <span class="attenue"> ${noms[it.zoneId] ?? t("monde.partout")} · ${t("monde.fin", { quand: depuis(it.finA) })}</span></p>
            <${Jauge} nom=${it.nom} valeur=${it.progres} max=${it.requis} genre="progres" />
          </li>`,
      )}
    </ul>`;
}

/** The view of the world. */
export function Monde() {
  const lecture = useLecture("/monde", { canal: "monde", toutes: 15_000 });
  useSeconde();
  const monde = lecture.donnees;
  const noms = nomsDe(monde);
  return html`
    <div class="titre"><h1>${t("monde.titre")}</h1><${Horloge} monde=${monde} /></div>
    <${Etat} lecture=${lecture}>
      <div class="deux">
        <${Carte} titre=${t("monde.evenements")}>
          <${Evenements} monde=${monde} />
        <//>
        <${Carte} titre=${t("monde.boss")}>
          ${monde?.boss.length === 0 && html`<p class="rien">${t("monde.aucunBoss")}</p>`}
          <ul class="lignes">
            ${monde?.boss.map(
              (it) => html`<li key=${it.bossId}><strong>${it.nom}</strong> <span class="attenue">${noms[it.zoneId]} · ${depuis(it.apparuA)}</span></li>`,
            )}
          </ul>
        <//>
      </div>
      <${Carte} titre=${t("monde.zones")}>
        <ul class="zones">${monde?.zones.map((it) => html`<li key=${it.zoneId}>${it.nom}</li>`)}</ul>
      <//>
    <//>`;
}
