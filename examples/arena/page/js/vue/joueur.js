// A player: level, record, stats, what is worn.

import { html } from "../dom.js";
import { faire } from "../api.js";
import { date, mot, nombre, t } from "../i18n.js";
import { useLecture, useMoi } from "../suivi.js";
import { sortir } from "./connexion.js";
import { Carte, Etat, Jauge, Refus, useCommande } from "./morceaux.js";

const SIX = ["hp", "mp", "stamina", "force", "dexterite", "intelligence"];
const BILAN = ["combats", "victoires", "defaites", "fuites", "morts"];

/** The view of a player. */
export function Joueur({ id }) {
  const moi = useMoi();
  const mien = moi?.joueurId === id;
  const lecture = useLecture(`/player/${encodeURIComponent(id)}/profile`, { canal: mien ? `joueur:${id}` : null, toutes: 10_000 });
  const profil = lecture.donnees;
  return html`
    <${Etat} lecture=${lecture}>
      <div class="titre"><h1>${profil?.pseudo}</h1>
        <p class="attenue">${t("joueur.resume", { classe: mot("classe", profil?.classe), niveau: profil?.niveau ?? 0 })}${profil?.guilde && ` · ${profil.guilde}`}</p>
        ${mien && html`<button class="discret" onClick=${() => sortir(moi)}>${t("nav.sortir")}</button>`}
      </div>
      <div class="deux">
        ${profil?.prive && html`<${Prive} profil=${profil} />`}
        <${Carte} titre=${t("joueur.bilan")}>
          <dl class="faits">${BILAN.map((it) => html`<div><dt>${t(`bilan.${it}`)}</dt><dd>${nombre(profil?.statistiques[it])}</dd></div>`)}
            <div><dt>${t("joueur.depuis")}</dt><dd>${date(profil?.creeA)}</dd></div></dl>
        <//>
        <${Tenue} id=${id} />
      </div>
    <//>`;
}

function Prive({ profil }) {
  const { prive, experience } = profil;
  return html`
    <${Carte} titre=${t("joueur.ressources")}>
      <dl class="faits">
        <div><dt>${t("joueur.or")}</dt><dd class="or">${nombre(prive.or)}</dd></div>
        <div><dt>${t("joueur.gemmes")}</dt><dd>${nombre(prive.gemmes)}</dd></div>
        <div><dt>${t("joueur.points")}</dt><dd>${nombre(prive.pointsCompetence)}</dd></div>
        <div><dt>${t("joueur.ordres")}</dt><dd>${nombre(prive.ordresOuverts)}</dd></div>
      </dl>
      ${prive.experienceProchainNiveau != null && html`<${Jauge} nom=${t("joueur.experience")} valeur=${experience} max=${prive.experienceProchainNiveau} genre="progres" />`}
      <table class="stats"><caption class="visuellement-cache">${t("joueur.stats")}</caption>
        <thead><tr><th scope="col">${t("joueur.stats")}</th><th scope="col" class="num">${t("joueur.base")}</th><th scope="col" class="num">${t("joueur.pieces")}</th><th scope="col" class="num">${t("joueur.total")}</th></tr></thead>
        <tbody>${SIX.map(
          (it) => html`<tr><th scope="row">${mot("stat", it)}</th><td class="num">${nombre(prive.statsBase[it])}</td><td class="num attenue">${nombre(prive.statsEquipement[it])}</td><td class="num"><strong>${nombre(prive.statsTotales[it])}</strong></td></tr>`,
        )}</tbody></table>
    <//>`;
}

/** What a player wears. */
export function Tenue({ id, mien = false }) {
  const lecture = useLecture(`/joueurs/${encodeURIComponent(id)}/tenue`, { toutes: 10_000, absent: true });
  const pieces = lecture.donnees ?? [];
  const [retirer, enCours, erreur] = useCommande(async (emplacement) => {
    await faire("POST", `/joueurs/${id}/inventaire/retirer`, { emplacement });
    lecture.relire();
  }, t("sac.fait"));
  return html`
    <${Carte} titre=${t("tenue.titre")}>
      <${Etat} lecture=${lecture} vide=${t("tenue.rien")}>
        <ul class="lignes">${pieces.map(
          (it) => html`
            <li key=${it.equipementId}><span class="attenue">${mot("emplacement", it.emplacement)}</span>
              <p><strong>${it.nom ?? t("inconnu")}${it.niveauAmelioration > 0 ? ` +${nombre(it.niveauAmelioration)}` : ""}</strong>
              ${mien && html`<button class="discret" disabled=${enCours} onClick=${() => retirer(it.emplacement)}>${t("sac.retirer")}</button>`}</p>
              ${it.durabilite != null && html`<${Jauge} nom=${t("tenue.durabilite")} valeur=${it.durabilite} max=${it.durabiliteMax} genre="fine" />`}</li>`,
        )}</ul>
        <${Refus} erreur=${erreur} />
      <//>
    <//>`;
}
