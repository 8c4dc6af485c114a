// The frame: who, where to, the state of the line; and the view that the address asks for.

import { html, useEffect, useRef, useState } from "../dom.js";
import { ajouter, autre, parler, t } from "../i18n.js";
import { peutLire, useStore } from "../store.js";
import { useAdresse } from "../router.js";
import { Accueil } from "./accueil.js";
import { Classement } from "./classement.js";
import { Combat } from "./combat.js";
import { Connexion } from "./connexion.js";
import { Article } from "./article.js";
import { Joueur } from "./joueur.js";
import { Marche } from "./marche.js";
import { Monde } from "./monde.js";
import { Quetes } from "./quetes.js";
import { Sac } from "./sac.js";
import { Absent } from "./morceaux.js";

const VUES = {
  "": Accueil,
  combat: Combat,
  marche: ({ id }) => (id ? html`<${Article} id=${id} key=${id} />` : html`<${Marche} />`),
  classement: Classement,
  joueur: Joueur,
  sac: Sac,
  quetes: Quetes,
  monde: Monde,
  connexion: Connexion,
  console: Console,
};

/** The whole page. */
export function Cadre() {
  const [nom = "", id, ...suite] = useAdresse();
  const langue = useStore((it) => it.langue);
  const main = useRef(null);
  const first = useRef(true);
  useEffect(() => {
    const title = main.current.querySelector("h1");
    document.title = [title?.textContent, t("titre")].filter(Boolean).join(" · ");
    if (!first.current) main.current.focus({ preventScroll: true });
    if (!first.current) scrollTo(0, 0);
    first.current = false;
  }, [nom, id]);
  const Vue = Object.hasOwn(VUES, nom) ? VUES[nom] : Absent;
  return html`
    <a class="saut" href="#contenu" onClick=${(event) => (event.preventDefault(), main.current.focus())}>${t("nav.contenu")}</a>
    <${Tete} nom=${nom} langue=${langue} />
    <main id="contenu" tabindex="-1" ref=${main}>
      <${Vue} id=${id} suite=${suite} key=${`${nom}/${id ?? ""}`} />
    </main>`;
}

function Tete({ nom }) {
  const moi = useStore((it) => it.moi);
  const liens = [
    ["", "nav.combats"],
    ["marche", "nav.marche"],
    ["classement", "nav.classement"],
    ["monde", "nav.monde"],
    ...(moi ? [["sac", "nav.sac"], ["quetes", "nav.quetes"]] : []),
    ...(peutLire(moi) ? [["console", "nav.console"]] : []),
  ];
  const ici = nom === "combat" ? "" : nom;
  return html`
    <header class="tete">
      <a class="marque" href="#/" aria-label=${t("nav.accueil")}><svg viewBox="0 0 32 32" aria-hidden="true"><path d="M16 4 28 16 16 28 4 16Z" /><path d="m11 21 10-10M21 21 11 11" /></svg><span>${t("titre")}</span></a>
      <nav aria-label=${t("nav.nom")}>
        ${liens.map(
          ([path, key]) => html`<a href=${`#/${path}`} aria-current=${path === ici ? "page" : null}>${t(key)}</a>`,
        )}
      </nav>
      <div class="coin">
        <${Ligne} />
        <button class="discret" lang=${autre()} onClick=${() => parler(autre())}>${t("langue.autre")}</button>
        ${moi
          ? html`<a class="qui" href=${`#/joueur/${moi.joueurId}`} aria-current=${nom === "joueur" ? "page" : null}>${moi.nom}</a>`
          : html`<a class="bouton" href="#/connexion">${t("nav.connexion")}</a>`}
      </div>
    </header>`;
}

/** A small mark while the socket is cut, or while something is on its way. */
function Ligne() {
  const lien = useStore((it) => it.lien);
  const envois = useStore((it) => it.envois);
  if (lien === "ouvert" && envois === 0) return html`<span class="ligne vive"><i aria-hidden="true"></i><span class="visuellement-cache">${t("lien.ouvert")}</span></span>`;
  const key = envois > 0 && lien !== "ouvert" ? "lien.envoi" : lien === "ouvert" ? "lien.ouvert" : "lien.coupe";
  return html`<span class=${`ligne ${lien === "ouvert" ? "vive" : "coupee"}`} title=${t(key)}><i aria-hidden="true"></i><span class="mot">${t(key)}</span></span>`;
}

/** The operator's console is fetched by those who may see it. */
function Console(props) {
  const [Vue, show] = useState(null);
  useEffect(() => void Promise.all([import("../console/console.js"), ajouter("console-")]).then(([it]) => show(() => it.Console)), []);
  return Vue ? html`<${Vue} ...${props} />` : html`<p class="attente">${t("attente")}</p>`;
}
