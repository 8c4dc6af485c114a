// The prices of an item: a chart, with the same as a table for those who do not see it.

import { html, useEffect, useId, useRef } from "../dom.js";
import { date, nombre, t } from "../i18n.js";
import { useLecture } from "../suivi.js";
import { useStore } from "../store.js";
import { Carte, Etat } from "./morceaux.js";

const HAUTEUR = 180;

/** Prices, hour by hour. */
export function Cours({ id }) {
  const lecture = useLecture(`/marche/${encodeURIComponent(id)}/prix`, { canal: `marche:${id}`, absent: true, toutes: 15_000 });
  const prix = lecture.donnees;
  return html`
    <${Carte} titre=${t("cours.titre")} cote=${prix && html`<span class="attenue">${t("cours.volume", { n: prix.volume24h })}</span>`}>
      <${Etat} lecture=${prix === null ? { donnees: null } : lecture} vide=${null}>
        ${prix && html`
          <dl class="faits large">
            <div><dt>${t("cours.dernier")}</dt><dd class="or">${nombre(prix.dernierPrix)}</dd></div>
            <div><dt>${t("cours.moyen")}</dt><dd>${nombre(prix.prixMoyen24h) || "–"}</dd></div>
            <div><dt>${t("cours.min")}</dt><dd>${nombre(prix.prixMin24h) || "–"}</dd></div>
            <div><dt>${t("cours.max")}</dt><dd>${nombre(prix.prixMax24h) || "–"}</dd></div>
          </dl>
          ${prix.heures.length > 0 && html`<${Graphe} heures=${prix.heures} />`}`}
      <//>
    <//>`;
}

function Graphe({ heures }) {
  const place = useRef(null);
  const id = useId();
  const langue = useStore((it) => it.langue);
  const points = [...heures].sort((a, b) => a.heure.localeCompare(b.heure));
  const data = [points.map((it) => Date.parse(it.heure) / 1000), points.map((it) => it.prixMoyen), points.map((it) => it.volume)];
  const chart = useRef(null);
  useEffect(() => {
    let gone = false;
    const sombre = matchMedia("(prefers-color-scheme: dark)");
    const draw = async () => {
      const { default: uPlot } = await import("../../vendor/uplot.js");
      if (gone) return;
      chart.current?.destroy();
      chart.current = new uPlot(reglages(uPlot, place.current, langue), data, place.current);
    };
    draw();
    const size = new ResizeObserver(([{ contentRect }]) => chart.current?.setSize({ width: contentRect.width, height: HAUTEUR }));
    size.observe(place.current);
    sombre.addEventListener("change", draw);
    return () => {
      gone = true;
      size.disconnect();
      sombre.removeEventListener("change", draw);
      chart.current?.destroy();
      chart.current = null;
    };
  }, [langue]);
  useEffect(() => chart.current?.setData(data), [JSON.stringify(data)]);
  return html`
    <figure>
      <div class="graphe" ref=${place} role="img" aria-label=${t("cours.graphe")} aria-details=${id} tabindex="0" onKeyDown=${(event) => pas(event, chart.current, data)}></div>
      <details id=${id}><summary>${t("cours.table")}</summary>
        <div class="defile"><table>
          <thead><tr><th scope="col">${t("cours.heure")}</th><th scope="col" class="num">${t("cours.moyen")}</th><th scope="col" class="num">${t("cours.echanges")}</th></tr></thead>
          <tbody>${[...points].reverse().map((it) => html`<tr key=${it.heure}><td>${date(it.heure)}</td><td class="num">${nombre(it.prixMoyen)}</td><td class="num">${nombre(it.volume)}</td></tr>`)}</tbody>
        </table></div>
      </details>
    </figure>`;
}

/** The arrow keys move the cursor of the chart. */
function pas(event, chart, data) {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!step || !chart) return;
  event.preventDefault();
  const at = chart.cursor.idx == null ? data[0].length - 1 : Math.min(data[0].length - 1, Math.max(0, chart.cursor.idx + step));
  chart.setCursor({ left: chart.valToPos(data[0][at], "x"), top: chart.valToPos(data[1][at], "prix") });
}

function reglages(uPlot, place, langue) {
  const style = getComputedStyle(place);
  const couleur = (name) => style.getPropertyValue(name).trim();
  const axe = { stroke: couleur("--attenue"), grid: { stroke: couleur("--ligne"), width: 1 }, ticks: { show: false }, font: "11px system-ui" };
  const jour = new Intl.DateTimeFormat(langue, { day: "numeric", month: "short" });
  const moment = new Intl.DateTimeFormat(langue, { day: "numeric", month: "short", hour: "2-digit" });
  return {
    width: place.clientWidth,
    height: HAUTEUR,
    scales: { prix: {}, volume: { range: (_, min, max) => [0, Math.max(1, max * 4)] } },
    axes: [
      { ...axe, values: (_, ticks) => ticks.map((it) => jour.format(it * 1000)), space: 70 },
      { ...axe, scale: "prix", size: 56, values: (_, ticks) => ticks.map(nombre) },
    ],
    series: [
      { label: t("cours.heure"), value: (_, it) => (it == null ? "–" : moment.format(it * 1000)) },
      { label: t("cours.moyen"), scale: "prix", stroke: couleur("--or"), width: 2, points: { show: false }, value: (_, it) => nombre(it) || "–" },
      { label: t("cours.echanges"), scale: "volume", stroke: "transparent", fill: couleur("--barre"), paths: uPlot.paths.bars({ size: [0.7, 24] }), points: { show: false }, value: (_, it) => nombre(it) || "–" },
    ],
  };
}
