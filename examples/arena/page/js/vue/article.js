// One item on the market: its prices, both sides of its book, and placing an order.

import { html, useState } from "../dom.js";
import { faire } from "../api.js";
import { mot, nombre, t } from "../i18n.js";
import { useLecture, useMoi } from "../suivi.js";
import { Cours } from "./cours.js";
import { Carte, Champ, Etat, Refus, useCommande } from "./morceaux.js";
import { Ordres } from "./ordres.js";

const JOUR_S = 86_400;

/** The view of an item. */
export function Article({ id }) {
  const moi = useMoi();
  const item = useLecture(`/items/${encodeURIComponent(id)}`);
  const [bouge, bouger] = useState(0);
  const vu = item.donnees;
  return html`
    <${Etat} lecture=${item}>
      <div class="titre"><h1>${vu?.nom}</h1>
        <p class="attenue">${mot("typeItem", vu?.type)} · <span class=${`rarete ${vu?.rarete}`}>${mot("rarete", vu?.rarete)}</span> · ${t("joueur.niveauCourt", { niveau: vu?.niveauRequis ?? 0 })}</p></div>
      ${vu?.description && html`<p class="attenue">${vu.description}</p>`}
      <${Cours} id=${id} />
      <div class="deux">
        <${Carnet} id=${id} bouge=${bouge} />
        ${moi
          ? html`<${Placer} id=${id} prix=${vu?.valeurOr ?? 1} place=${() => bouger(bouge + 1)} />`
          : html`<${Carte} titre=${t("placer.titre")}><p>${t("placer.invite")} <a href="#/connexion">${t("nav.connexion")}</a></p><//>`}
      </div>
      ${moi && html`<${Ordres} moi=${moi} item=${id} bouge=${bouge} />`}
    <//>`;
}

function Carnet({ id, bouge }) {
  const options = { canal: `marche:${id}`, toutes: 4000 };
  const ventes = useLecture(`/marche/${id}/profondeur?cote=VENTE&limite=8&${bouge}`, options);
  const achats = useLecture(`/marche/${id}/profondeur?cote=ACHAT&limite=8&${bouge}`, options);
  const plus = Math.max(1, ...[ventes, achats].flatMap((it) => it.donnees?.elements ?? []).map((it) => it.quantite));
  return html`
    <${Carte} titre=${t("carnet.titre")}>
      <div class="carnet">
        <${Cote} lecture=${achats} cote="ACHAT" plus=${plus} />
        <${Cote} lecture=${ventes} cote="VENTE" plus=${plus} />
      </div>
    <//>`;
}

function Cote({ lecture, cote, plus }) {
  return html`
    <div><h3>${mot("cotes", cote)}</h3>
      <${Etat} lecture=${lecture} vide=${t("carnet.vide")}>
        <table class=${`profondeur ${cote}`}>
          <thead><tr><th scope="col" class="num">${t("ordres.prix")}</th><th scope="col" class="num">${t("placer.quantite")}</th></tr></thead>
          <tbody>${(lecture.donnees?.elements ?? []).map(
            (it) => html`<tr key=${it.prix}><td class="num">${nombre(it.prix)}</td><td class="num barre" style=${{ "--part": `${(100 * it.quantite) / plus}%` }}>${nombre(it.quantite)}</td></tr>`,
          )}</tbody>
        </table>
      <//>
    </div>`;
}

function Placer({ id, prix, place }) {
  const [agir, enCours, erreur] = useCommande(async (form) => {
    const { cote, quantite, prix, jours } = Object.fromEntries(new FormData(form));
    const body = { cote, quantite: Number(quantite), prix: Number(prix), duree: Number(jours) * JOUR_S };
    await faire("POST", `/marche/${id}/ordres`, body);
    place();
  }, t("placer.fait"));
  return html`
    <${Carte} titre=${t("placer.titre")}>
      <form class="placer" onSubmit=${(event) => (event.preventDefault(), agir(event.target))}>
        <fieldset class="bascule"><legend class="visuellement-cache">${t("ordres.cote")}</legend>
          ${["ACHAT", "VENTE"].map((it) => html`<label><input type="radio" name="cote" value=${it} checked=${it === "ACHAT"} /><span>${mot("cote", it)}</span></label>`)}
        </fieldset>
        <div class="trois">
          <${Champ} nom=${t("placer.quantite")} name="quantite" type="number" inputmode="numeric" min="1" max="9999" value="1" required />
          <${Champ} nom=${t("placer.prix")} name="prix" type="number" inputmode="numeric" min="1" max="1000000000" value=${Math.max(1, prix)} required />
          <${Champ} nom=${t("placer.jours")} name="jours" type="number" inputmode="numeric" min="1" max="30" value="7" required />
        </div>
        <${Refus} erreur=${erreur} />
        <button class="bouton plein" disabled=${enCours}>${t("placer.placer")}</button>
      </form>
    <//>`;
}
