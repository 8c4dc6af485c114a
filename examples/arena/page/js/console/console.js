// The operator's console: which of its views the address asks for.

import { html } from "../dom.js";
import { t } from "../i18n.js";
import { peutLire } from "../store.js";
import { useMoi } from "../suivi.js";
import { Actes } from "./actes.js";
import { Agregat } from "./agregat.js";
import { Causes } from "./causes.js";
import { Journal } from "./journal.js";
import { Lettres } from "./lettres.js";
import { Livre } from "./livre.js";
import { Maintenant } from "./maintenant.js";

const VUES = { maintenant: Maintenant, journal: Journal, agregat: Agregat, causes: Causes, lettres: Lettres, livre: Livre, actes: Actes };

/** The console. */
export function Console({ id = "maintenant", suite }) {
  const moi = useMoi();
  if (!peutLire(moi)) return html`<h1>${t("nav.console")}</h1><p class="erreur">${t("console.interdit")}</p>`;
  const Vue = Object.hasOwn(VUES, id) ? VUES[id] : Maintenant;
  return html`
    <link rel="stylesheet" href="/page/css/console.css" />
    <h1>${t("nav.console")}</h1>
    <nav class="onglets" aria-label=${t("nav.console")}>
      ${Object.keys(VUES).map((it) => html`<a href=${`#/console/${it}`} aria-current=${it === id ? "page" : null}>${t(`console.${it}`)}</a>`)}
    </nav>
    <${Vue} key=${`${id}/${suite.join("/")}`} suite=${suite} />`;
}
