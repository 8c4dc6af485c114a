// The board: a lane of a hundred steps, seen from the side. What it shows is said in words in the lists of both sides.

import { html } from "../dom.js";
import { t } from "../i18n.js";

const MARGE = 6;
const LARGEUR = 13;

/** The board of a combat. */
export function Plateau({ combat, mien }) {
  const places = combat.participants.map((it) => it.position);
  const from = Math.max(0, Math.min(...places) - MARGE);
  const to = Math.min(99, Math.max(...places) + MARGE);
  const x = (place) => (100 * (place - from)) / Math.max(1, to - from);
  const pas = to - from > 40 ? 10 : 5;
  const graduations = Array.from({ length: 21 }, (_, n) => n * pas).filter((it) => it >= from && it <= to);
  const rangees = ranger(combat.participants, x);
  const hauteur = (camp) => 1 + Math.max(0, ...rangees.filter((it) => it.qui.camp === camp).map((it) => it.rangee));
  const haut = hauteur("ALLIES");
  const style = { "--haut": haut, "--bas": hauteur("ADVERSAIRES") };
  return html`
    <div class="plateau" role="img" aria-label=${t("plateau.nom", { n: combat.participants.length })} style=${style}>
      <div class="piste">
        <div class="sol"></div>
        ${graduations.map((it) => html`<span class="graduation" style=${{ left: `${x(it)}%` }}>${it}</span>`)}
        ${rangees.map(({ qui, gauche, rangee }) => {
          const classes = ["pion", qui.camp, qui.etat === "ACTIF" ? "" : "hors"];
          if (qui.participantId === combat.participantActif) classes.push("actif");
          if (qui === mien) classes.push("mien");
          const part = `${(100 * qui.hp) / qui.hpMax}%`;
          return html`
            <div key=${qui.participantId} class=${classes.join(" ")} style=${{ left: `${gauche}%`, "--rangee": rangee, "--part": part }}>
              <b>${initiales(qui.nom)}</b>
            </div>`;
        })}
      </div>
    </div>`;
}

/** Who would stand on somebody else stands one row further from the ground. */
function ranger(participants, x) {
  const placed = [];
  for (const qui of [...participants].sort((a, b) => a.position - b.position)) {
    const gauche = x(qui.position);
    const near = placed.filter((it) => it.qui.camp === qui.camp && Math.abs(it.gauche - gauche) < LARGEUR);
    let rangee = 0;
    while (near.some((it) => it.rangee === rangee)) rangee += 1;
    placed.push({ qui, gauche, rangee });
  }
  return placed;
}

const initiales = (nom) => nom.split(/[\s'-]+/).filter((it) => it.length > 2).slice(0, 2).map((it) => it[0].toLocaleUpperCase()).join("") || nom.slice(0, 2);
