// Quests: one's own, with how far they are, and those that can be accepted.

import { html } from "../dom.js";
import { faire } from "../api.js";
import { depuis, mot, t } from "../i18n.js";
import { useLecture, useMoi } from "../suivi.js";
import { Connexion } from "./connexion.js";
import { Carte, Etat, Jauge, Refus, useCommande } from "./morceaux.js";

/** The view of quests. */
export function Quetes() {
  const moi = useMoi();
  return moi ? html`<${Listes} id=${moi.joueurId} />` : html`<${Connexion} />`;
}

function Listes({ id }) {
  const canal = `joueur:${id}`;
  const miennes = useLecture(`/joueurs/${id}/quetes`, { canal, toutes: 10_000 });
  const ouvertes = useLecture("/quetes", { canal });
  const [agir, enCours, erreur] = useCommande(async (quete, verbe) => {
    await faire("POST", `/quetes/${quete.queteId}/${verbe}`, {});
    miennes.relire();
    ouvertes.relire();
  }, t("quetes.fait"));
  const bouton = (quete, verbe) => html`<button class="discret" disabled=${enCours} onClick=${() => agir(quete, verbe)}>${t(`quetes.${verbe}`)}</button>`;
  return html`
    <h1>${t("quetes.titre")}</h1>
    <${Refus} erreur=${erreur} />
    <div class="deux">
      <${Carte} titre=${t("quetes.miennes")}>
        <${Etat} lecture=${miennes} vide=${t("quetes.aucune")}>
          <ul class="lignes">${(miennes.donnees ?? []).map(
            ({ quete, pourcentage, expireA }) => html`
              <li key=${quete.queteId}><p><strong>${quete.nom}</strong> <span class="attenue">${expireA && t("monde.fin", { quand: depuis(expireA) })}</span></p>
                <${Jauge} nom=${quete.nom} valeur=${pourcentage} max=${100} genre="progres" />
                <p>${pourcentage === 100 && bouton(quete, "terminer")}${bouton(quete, "abandonner")}</p></li>`,
          )}</ul>
        <//>
      <//>
      <${Carte} titre=${t("quetes.ouvertes")}>
        <${Etat} lecture=${ouvertes} vide=${t("quetes.rien")}>
          <ul class="lignes">${(ouvertes.donnees ?? []).map(
            (it) => html`
              <li key=${it.queteId}><p><strong>${it.nom}</strong> <span class="sceau">${mot("typeQuete", it.type)}</span> <span class="attenue">${t("joueur.niveauCourt", { niveau: it.niveauRequis })} · ${t("quetes.gain", { experience: it.experience, or: it.or })}</span></p>
                <p class="attenue">${it.description}</p><p>${bouton(it, "accepter")}</p></li>`,
          )}</ul>
        <//>
      <//>
    </div>`;
}
