// Acting in one's own combat: what, on whom, done.

import { html, useState } from "../dom.js";
import { faire } from "../api.js";
import { mot, nombre, t } from "../i18n.js";
import { Carte, Refus, useCommande } from "./morceaux.js";

const SIMPLES = ["DEFENSE", "PASSER", "FUITE"];

/** What a player can do with the turn. */
export function Actions({ combat, mien, relire }) {
  const [choix, choisir] = useState("ATTAQUE");
  const [cibles, viser] = useState([]);
  const [vers, marcher] = useState(null);
  const aMoi = combat.participantActif === mien.participantId;
  const action = construire(choix, visables(cibles, combat, mien, choix), vers ?? mien.position);
  const [agir, enCours, erreur] = useCommande(async () => {
    await faire("POST", "/combat/action", { combatId: combat.combatId, action });
    relire();
  }, t("actions.fait"));
  const options = [
    { id: "ATTAQUE", nom: mot("action", "ATTAQUE") },
    ...mien.propre.competences.map((it) => ({ id: `C:${it.competenceId}`, nom: it.nom, cout: cout(it), ferme: it.repos > 0 || it.coutMp > mien.propre.mp || it.coutStamina > mien.propre.stamina })),
    ...mien.propre.objets.map((it) => ({ id: `O:${it.itemId}`, nom: it.nom, cout: `×${nombre(it.restants)}` })),
    { id: "DEPLACEMENT", nom: mot("action", "DEPLACEMENT") },
    ...SIMPLES.map((id) => ({ id, nom: mot("action", id) })),
  ];
  return html`
    <${Carte} titre=${aMoi ? t("combat.aToi") : t("actions.attends")} classe=${`actions ${aMoi ? "ouverte" : ""}`}>
      <form onSubmit=${(event) => (event.preventDefault(), agir())}>
        <fieldset class="quoi"><legend class="visuellement-cache">${t("actions.quoi")}</legend>
          ${options.map(
            (it) => html`
              <label key=${it.id}><input type="radio" name="quoi" value=${it.id} checked=${choix === it.id} disabled=${it.ferme} onChange=${() => choisir(it.id)} />
                <span>${it.nom}${it.cout && html` <small>${it.cout}</small>`}</span></label>`,
          )}
        </fieldset>
        ${vise(choix) && html`<${Cibles} combat=${combat} mien=${mien} choix=${choix} cibles=${cibles} viser=${viser} />`}
        ${choix === "DEPLACEMENT" && html`<${Marche} mien=${mien} vers=${vers ?? mien.position} marcher=${marcher} />`}
        <${Refus} erreur=${erreur} />
        <button class="bouton plein" disabled=${!aMoi || enCours || !action}>${t("actions.agir")}</button>
      </form>
    <//>`;
}

function cout({ coutMp, coutStamina, repos }) {
  if (repos > 0) return t("actions.repos", { n: repos });
  return [coutMp && t("actions.mp", { mp: coutMp }), coutStamina && t("actions.stamina", { stamina: coutStamina })].filter(Boolean).join(" · ");
}

const vise = (choix) => choix === "ATTAQUE" || choix.includes(":");

/** Those who were chosen and can still be; one of the other side where nobody was. */
function visables(cibles, combat, mien, choix) {
  const debout = combat.participants.filter((it) => it.etat === "ACTIF");
  const encore = cibles.filter((id) => debout.some((it) => it.participantId === id));
  const ici = choix === "ATTAQUE" ? encore.filter((id) => debout.find((it) => it.participantId === id).camp !== mien.camp).slice(-1) : encore;
  if (ici.length > 0) return ici;
  const proches = debout.filter((it) => it.camp !== mien.camp).sort((a, b) => ecart(a, mien) - ecart(b, mien));
  return choix.startsWith("O:") ? [mien.participantId] : proches.slice(0, 1).map((it) => it.participantId);
}

const ecart = (qui, mien) => Math.abs(qui.position - mien.position);

function construire(choix, cibles, vers) {
  if (choix.startsWith("C:")) return { type: "COMPETENCE", competenceId: choix.slice(2), cibles };
  if (choix.startsWith("O:")) return { type: "OBJET", itemId: choix.slice(2), cibles };
  if (choix === "ATTAQUE") return cibles.length > 0 ? { type: choix, cible: cibles[0] } : null;
  return choix === "DEPLACEMENT" ? { type: choix, vers } : { type: choix };
}

function Cibles({ combat, mien, choix, cibles, viser }) {
  const une = choix === "ATTAQUE";
  const actuelles = visables(cibles, combat, mien, choix);
  const debout = combat.participants.filter((it) => it.etat === "ACTIF" && (!une || it.camp !== mien.camp));
  const prendre = (id) => viser(une ? [id] : actuelles.includes(id) ? actuelles.filter((it) => it !== id) : [...actuelles, id]);
  return html`
    <fieldset class="qui"><legend>${t("actions.qui")}</legend>
      ${debout.map(
        (it) => html`
          <label key=${it.participantId}><input type=${une ? "radio" : "checkbox"} name="cible" checked=${actuelles.includes(it.participantId)} onChange=${() => prendre(it.participantId)} />
            <span class=${it.camp}>${it.nom} <small>${t("actions.pas", { n: ecart(it, mien) })}</small></span></label>`,
      )}
    </fieldset>`;
}

function Marche({ mien, vers, marcher }) {
  const min = Math.max(0, mien.position - 5);
  const max = Math.min(99, mien.position + 5);
  return html`
    <label class="marche">${t("actions.vers", { pas: vers })}
      <input type="range" min=${min} max=${max} value=${vers} onInput=${(event) => marcher(Number(event.target.value))} /></label>`;
}
