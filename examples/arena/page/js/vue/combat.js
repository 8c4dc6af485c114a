// One combat: turn order, board, both sides, and acting where it is one's own.

import { html, useEffect, useRef } from "../dom.js";
import { annoncer } from "../annonce.js";
import { mot, nombre, t } from "../i18n.js";
import { useLecture, useMoi, useSeconde } from "../suivi.js";
import { Actions } from "./actions.js";
import { Chronique } from "./chronique.js";
import { Carte, Etat, Jauge } from "./morceaux.js";
import { Plateau } from "./plateau.js";

/** The view of a combat. */
export function Combat({ id }) {
  const lecture = useLecture(`/combats/${encodeURIComponent(id)}`, { canal: `combat:${id}` });
  return html`<${Etat} lecture=${lecture}><${Arene} combat=${lecture.donnees} relire=${lecture.relire} /><//>`;
}

function Arene({ combat, relire }) {
  const moi = useMoi();
  const mien = combat.participants.find((it) => it.typeEntite === "JOUEUR" && it.entiteId === moi?.joueurId);
  const noms = Object.fromEntries(combat.participants.map((it) => [it.participantId, it.nom]));
  useEtapes(combat, mien, noms);
  const fini = combat.resultat !== null;
  return html`
    <div class="titre combat">
      <h1>${combat.zoneNom}</h1>
      <span class=${`sceau ${combat.typeCombat}`}>${mot("typeCombat", combat.typeCombat)}</span>
      <p class="attenue">${fini ? mot("etatCombat", combat.etat) : t("combat.tour", { tour: combat.numeroTour })}</p>
    </div>
    ${fini && html`<p class="bandeau fort resultat">${mot("resultat", combat.resultat)}</p>`}
    <${Ordre} combat=${combat} />
    <${Plateau} combat=${combat} mien=${mien} />
    ${mien && !fini && html`<${Actions} combat=${combat} mien=${mien} relire=${relire} />`}
    <div class="camps">
      <${Camp} combat=${combat} camp="ALLIES" mien=${mien} />
      <${Camp} combat=${combat} camp="ADVERSAIRES" mien=${mien} />
    </div>
    <${Chronique} combat=${combat} noms=${noms} />`;
}

/** Says what changed: whose turn it is, how it ended. */
function useEtapes(combat, mien, noms) {
  const before = useRef(null);
  useEffect(() => {
    const actif = combat.participantActif;
    if (combat.resultat) annoncer(mot("resultat", combat.resultat));
    else if (actif && actif !== before.current) {
      annoncer(actif === mien?.participantId ? t("combat.aToi") : t("combat.aLui", { nom: noms[actif] }));
    }
    before.current = actif;
  }, [combat.participantActif, combat.resultat]);
}

function Ordre({ combat }) {
  const parId = Object.fromEntries(combat.participants.map((it) => [it.participantId, it]));
  const ordre = combat.ordreTour.map((id) => parId[id]).filter(Boolean);
  return html`
    <div class="ordre">
      <h2 class="visuellement-cache">${t("combat.ordre")}</h2>
      <ol tabindex="0" aria-label=${t("combat.ordre")}>
        ${ordre.map(
          (it) => html`<li key=${it.participantId} class=${`${it.camp} ${it.etat === "ACTIF" ? "" : "hors"}`} aria-current=${it.participantId === combat.participantActif ? "step" : null}>${it.nom}</li>`,
        )}
      </ol>
      ${combat.echeanceTour && !combat.resultat && html`<${Rebours} fin=${combat.echeanceTour} />`}
    </div>`;
}

function Rebours({ fin }) {
  const reste = Math.max(0, Math.ceil((new Date(fin) - useSeconde()) / 1000));
  return html`<span class="rebours" role="timer" aria-label=${t("combat.reste")}>${t("combat.secondes", { secondes: reste })}</span>`;
}

function Camp({ combat, camp, mien }) {
  const membres = combat.participants.filter((it) => it.camp === camp);
  return html`
    <${Carte} titre=${mot("camp", camp)} classe=${`camp ${camp}`} cote=${html`<span class="attenue">${t("combat.debout", { n: membres.filter((it) => it.etat === "ACTIF").length, total: membres.length })}</span>`}>
      <ul class="membres">${membres.map((it) => html`<${Membre} key=${it.participantId} qui=${it} actif=${it.participantId === combat.participantActif} mien=${it === mien} />`)}</ul>
    <//>`;
}

function Membre({ qui, actif, mien }) {
  const { hp, hpMax, effets, propre } = qui;
  return html`
    <li class=${`membre ${actif ? "actif" : ""} ${qui.etat === "ACTIF" ? "" : "hors"} ${mien ? "mien" : ""}`}>
      <div class="identite">
        <strong>${qui.nom}</strong>
        <span class="attenue">${t("joueur.niveauCourt", { niveau: qui.niveau })}</span>
        ${qui.etat !== "ACTIF" && html`<span class="sceau sombre">${mot("etatParticipant", qui.etat)}</span>`}
        ${mien && html`<span class="sceau or">${t("combat.toi")}</span>`}
        <${Choc} hp=${hp} />
      </div>
      <${Jauge} nom=${t("combat.hpDe", { nom: qui.nom })} valeur=${hp} max=${hpMax} />
      ${propre && html`<div class="fines">
        <${Jauge} nom=${t("combat.mp")} valeur=${propre.mp} max=${propre.mpMax} genre="mp" />
        <${Jauge} nom=${t("combat.stamina")} valeur=${propre.stamina} max=${propre.staminaMax} genre="stamina" />
      </div>`}
      ${effets.length > 0 && html`<ul class="effets">${effets.map((it) => html`<li>${mot("effet", it.type)}${it.stacks > 1 ? ` ×${it.stacks}` : ""} <small>${nombre(it.toursRestants)}</small></li>`)}</ul>`}
    </li>`;
}

/** What the last change of hit points was, for a moment. */
function Choc({ hp }) {
  const before = useRef(hp);
  const shown = useRef({ change: 0, n: 0 });
  if (before.current !== hp) {
    shown.current = { change: hp - before.current, n: shown.current.n + 1 };
    before.current = hp;
  }
  const { change, n } = shown.current;
  if (change === 0) return null;
  return html`<span key=${n} class=${`choc ${change < 0 ? "mal" : "bien"}`} aria-hidden="true">${change > 0 ? "+" : "−"}${nombre(Math.abs(change))}</span>`;
}
