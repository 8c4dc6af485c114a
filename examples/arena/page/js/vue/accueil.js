// Live combats, zone by zone, and the clock of the world.

import { html, useEffect, useState } from "../dom.js";
import { lire } from "../api.js";
import { depuis, mot, t } from "../i18n.js";
import { useLecture, useMoi } from "../suivi.js";
import { Carte, Etat } from "./morceaux.js";
import { Evenements, Horloge } from "./monde.js";

/** The first view. */
export function Accueil() {
  const monde = useLecture("/monde", { canal: "monde" });
  const zones = monde.donnees?.zones ?? [];
  const [choisie, choisir] = useState(null);
  const animee = useZoneAnimee(zones);
  const zone = choisie ?? animee;
  return html`
    <div class="titre"><h1>${t("accueil.titre")}</h1><${Horloge} monde=${monde.donnees} /></div>
    <${Invitation} />
    <div class="accueil">
      <${Carte} titre=${t("accueil.combats")} cote=${html`<${Zones} zones=${zones} zone=${zone} choisir=${choisir} />`}>
        ${zone ? html`<${Combats} zone=${zone} key=${zone} />` : html`<${Etat} lecture=${monde} />`}
      <//>
      <div class="cotes">
        <${Carte} titre=${t("monde.evenements")}><${Evenements} monde=${monde.donnees} /><//>
        <${Carte} titre=${t("classement.titre")}><${Tete} /><//>
      </div>
    </div>`;
}

/** The first zone in which somebody fights; the first one where nobody does. */
function useZoneAnimee(zones) {
  const [trouvee, trouver] = useState(null);
  useEffect(() => {
    let gone = false;
    const search = async () => {
      for (const { zoneId } of zones) {
        const page = await lire(`/combats?zone=${zoneId}&limite=1`).catch(() => null);
        if (gone) return;
        if (page?.elements.length) return trouver(zoneId);
      }
      trouver(zones[0].zoneId);
    };
    if (zones.length > 0 && !trouvee) search();
    return () => (gone = true);
  }, [zones.length]);
  return trouvee;
}

/** The first of the ranking. */
function Tete() {
  const lecture = useLecture("/classements/niveau?limite=7", { canal: "classement", toutes: 10_000 });
  return html`
    <${Etat} lecture=${lecture} vide=${t("classement.personne")}>
      <ol class="tetes">${(lecture.donnees?.elements ?? []).map((it) => html`<li key=${it.joueurId}><a href=${`#/joueur/${it.joueurId}`}>${it.pseudo}</a><span class="attenue">${t("joueur.niveauCourt", { niveau: it.niveau })}</span></li>`)}</ol>
    <//>`;
}

/** What a guest can do, and a player who is in a combat. */
function Invitation() {
  const moi = useMoi();
  const profil = useLecture(moi && `/player/${moi.joueurId}/profile`, { canal: moi && `joueur:${moi.joueurId}`, absent: true });
  const combat = profil.donnees?.prive?.combatId;
  if (!moi) return html`<p class="bandeau">${t("accueil.invite")} <a href="#/connexion">${t("nav.connexion")}</a></p>`;
  if (!combat) return null;
  return html`<p class="bandeau fort">${t("accueil.enCombat")} <a class="bouton" href=${`#/combat/${combat}`}>${t("accueil.rejoindre")}</a></p>`;
}

function Zones({ zones, zone, choisir }) {
  return html`
    <label class="choix"><span class="visuellement-cache">${t("accueil.zone")}</span>
      <select value=${zone} onChange=${(event) => choisir(event.target.value)}>
        ${zones.map((it) => html`<option value=${it.zoneId} selected=${it.zoneId === zone}>${it.nom}</option>`)}
      </select>
    </label>`;
}

function Combats({ zone }) {
  const lecture = useLecture(`/combats?zone=${zone}&limite=50`, { canal: `zone:${zone}`, toutes: 4000 });
  const elements = lecture.donnees?.elements ?? [];
  return html`
    <${Etat} lecture=${lecture} vide=${t("accueil.aucun")}>
      <ul class="combats">
        ${elements.map(
          (it) => html`
            <li key=${it.combatId}>
              <a href=${`#/combat/${it.combatId}`}>
                <span class=${`sceau ${it.typeCombat}`}>${mot("typeCombat", it.typeCombat)}</span>
                <strong>${it.zoneNom}</strong>
                <span>${t("combat.tour", { tour: it.numeroTour })}</span>
                <time datetime=${it.debuteA}>${depuis(it.debuteA)}</time>
              </a>
            </li>`,
        )}
      </ul>
    <//>`;
}
