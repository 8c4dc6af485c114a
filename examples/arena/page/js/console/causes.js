// What followed from one request, as a tree of causes: from any event, up and down.

import { html } from "../dom.js";
import { t } from "../i18n.js";
import { aller } from "../router.js";
import { useLecture } from "../suivi.js";
import { Carte, Champ, Etat } from "../vue/morceaux.js";

/** The view of causes. */
export function Causes({ suite: [id, event] }) {
  const chercher = (it) => {
    it.preventDefault();
    aller(`console/causes/${new FormData(it.target).get("id").trim()}`);
  };
  const lecture = useLecture(id && `/exploitation/causes/${encodeURIComponent(id)}`, { absent: true, toutes: 3000 });
  const events = lecture.donnees ?? [];
  const known = new Set(events.map((it) => it.eventId));
  const roots = events.filter((it) => !known.has(it.causeId));
  const start = events.length > 0 ? Date.parse(events[0].quand) : 0;
  return html`
    <form class="filtres" role="search" onSubmit=${chercher}>
      <${Champ} nom=${t("journal.correlation")} name="id" required value=${id} autocomplete="off" /><button class="bouton">${t("journal.filtrer")}</button>
    </form>
    ${id && html`
      <${Carte} titre=${t("causes.titre")} cote=${html`<span class="attenue">${t("causes.nombre", { n: events.length })}</span>`}>
        <${Etat} lecture=${lecture} vide=${t("causes.rien")}><ul class="causes">${roots.map((it) => html`<${Noeud} key=${it.eventId} event=${it} events=${events} start=${start} ici=${event} />`)}</ul><//>
      <//>`}`;
}

function Noeud({ event, events, start, ici }) {
  const suites = events.filter((it) => it.causeId === event.eventId);
  return html`
    <li>
      <span class=${event.eventId === ici ? "ici" : ""}><a href=${`#/console/agregat/${event.agregatId}/${event.version}`}>${event.type}</a>
        <small class="attenue"> ${event.typeAgregat} ${event.agregatId.slice(0, 8)} · ${t("causes.apres", { ms: Date.parse(event.quand) - start })}</small></span>
      ${suites.length > 0 && html`<ul>${suites.map((it) => html`<${Noeud} key=${it.eventId} event=${it} events=${events} start=${start} ici=${ici} />`)}</ul>`}
    </li>`;
}
