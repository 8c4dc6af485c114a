// One aggregate: its events, and its state by version and by time, with what each step changed.

import { html, useEffect, useState } from "../dom.js";
import { date, nombre, t } from "../i18n.js";
import { aller } from "../router.js";
import { useLecture } from "../suivi.js";
import { Carte, Champ, Etat } from "../vue/morceaux.js";

const PAUSE_MS = 120;

/** The view of an aggregate. */
export function Agregat({ suite: [id, version] }) {
  const chercher = (event) => {
    event.preventDefault();
    aller(`console/agregat/${new FormData(event.target).get("id").trim()}`);
  };
  return html`
    <form class="filtres" role="search" onSubmit=${chercher}>
      <${Champ} nom=${t("journal.agregat")} name="id" required value=${id} autocomplete="off" /><button class="bouton">${t("journal.filtrer")}</button>
    </form>
    ${id && html`<${Histoire} id=${id} version=${version ? Number(version) : null} />`}`;
}

function Histoire({ id, version }) {
  const [choisie, choisir] = useState(version);
  const [lue, lireLa] = useState(version);
  useEffect(() => {
    const due = setTimeout(() => lireLa(choisie), PAUSE_MS);
    return () => clearTimeout(due);
  }, [choisie]);
  const tout = useLecture(`/exploitation/agregats/${encodeURIComponent(id)}`, { absent: true });
  const alors = useLecture(`/exploitation/agregats/${encodeURIComponent(id)}?${lue ? `version=${lue}` : ""}`, { absent: true });
  const max = tout.donnees?.derniereVersion ?? 1;
  const ici = choisie ?? max;
  const evenements = tout.donnees?.evenements ?? [];
  const event = evenements.find((it) => it.version === ici);
  return html`
    <${Etat} lecture=${tout} vide=${t("agregat.inconnu")}>
      <${Carte} titre=${`${tout.donnees?.type ?? ""} ${id.slice(0, 8)}`} cote=${html`<span class="attenue">${event && date(event.quand)}</span>`}>
        <label class="marche curseur">${t("agregat.version", { version: ici, max })}
          <input type="range" min="1" max=${max} value=${ici} onInput=${(it) => choisir(Number(it.target.value))} /></label>
        <label class="marche curseur">${t("agregat.moment")}
          <input type="range" min=${Date.parse(tout.donnees?.premierA)} max=${Date.parse(tout.donnees?.dernierA)} value=${event ? Date.parse(event.quand) : 0} aria-valuetext=${event && date(event.quand)}
            onInput=${(it) => choisir(alorsVersion(evenements, Number(it.target.value)))} /></label>
        <p><strong>${event?.type}</strong>${event?.correlationId && html` <a href=${`#/console/causes/${event.correlationId}/${event.eventId}`}>${t("journal.cause")}</a>`}</p>
      <//>
      <div class="deux">
        <${Carte} titre=${t("agregat.etat")}>${alors.donnees?.etat != null ? html`<${Arbre} avant=${alors.donnees.etatAvant} apres=${alors.donnees.etat} />` : html`<p class="rien">${t("agregat.sansEtat")}</p>`}<//>
        <${Carte} titre=${t("agregat.evenements")}>
          <ol class="versions">${[...evenements].reverse().map((it) => html`<li key=${it.version}><button class="discret" aria-current=${it.version === ici ? "step" : null} onClick=${() => choisir(it.version)}><small>${nombre(it.version)}</small> ${it.type}</button></li>`)}</ol>
        <//>
      </div>
    <//>`;
}

/** The version that was the newest one at a time. */
const alorsVersion = (evenements, time) => evenements.findLast((it) => Date.parse(it.quand) <= time)?.version ?? 1;

/** A state as a tree; what differs from before is marked. */
function Arbre({ avant, apres }) {
  return html`<dl class="arbre">${Object.keys({ ...avant, ...apres }).map((nom) => html`<${Branche} key=${nom} nom=${nom} avant=${avant?.[nom]} apres=${apres?.[nom]} />`)}</dl>`;
}

function Branche({ nom, avant, apres }) {
  const change = JSON.stringify(avant) !== JSON.stringify(apres);
  const value = apres ?? avant;
  if (value !== null && typeof value === "object" && Object.keys(value).length > 0) {
    return html`<div class="noeud"><dt>${nom}</dt><dd><details open=${change}><summary>${change ? t("agregat.change") : nombre(Object.keys(value).length)}</summary><${Arbre} avant=${avant} apres=${apres} /></details></dd></div>`;
  }
  return html`<div class=${change ? "change" : ""}><dt>${nom}</dt><dd>${change && avant !== undefined && html`<del>${texte(avant)}</del> `}${apres === undefined ? "" : change ? html`<ins>${texte(apres)}</ins>` : texte(apres)}</dd></div>`;
}

const texte = (value) => (typeof value === "string" ? value : JSON.stringify(value));
