// The language: texts from lang/*.json, numbers and dates from Intl.

import { get, keep, kept, set } from "./store.js";

const LANGUES = ["fr", "en"];
let texts = {};
let formats = {};
const files = [""];

/** The language to begin with: the one chosen before, else the browser's. */
export function premiere() {
  const wanted = [kept("langue"), ...navigator.languages.map((it) => it.slice(0, 2))];
  return wanted.find((it) => LANGUES.includes(it)) ?? "fr";
}

/** Speaks another language. */
export async function parler(langue) {
  const read = async (file) => (await fetch(`/page/lang/${file}${langue}.json`)).json();
  texts = Object.assign({}, ...(await Promise.all(files.map(read))));
  formats = {
    nombre: new Intl.NumberFormat(langue),
    date: new Intl.DateTimeFormat(langue, { dateStyle: "medium", timeStyle: "short" }),
    heure: new Intl.DateTimeFormat(langue, { timeStyle: "medium" }),
    relatif: new Intl.RelativeTimeFormat(langue, { numeric: "auto", style: "short" }),
    pluriel: new Intl.PluralRules(langue),
  };
  document.documentElement.lang = langue;
  keep("langue", langue);
  set({ langue });
}

/** Has texts of another file, too. */
export async function ajouter(file) {
  if (files.includes(file)) return;
  files.push(file);
  await parler(get().langue);
}

export const autre = () => LANGUES.find((it) => it !== get().langue);

/** A text. With `n`, the form of its plural; `{name}` is replaced by what is given. */
export function t(key, values = {}) {
  const form = "n" in values ? texts[`${key}.${formats.pluriel.select(values.n)}`] : undefined;
  const text = form ?? texts[`${key}.other`] ?? texts[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) =>
    typeof values[name] === "number" ? nombre(values[name]) : (values[name] ?? ""),
  );
}

/** A word of the game, such as `classe.MAGE`: as it is where nobody translated it. */
export function mot(kind, word) {
  return word == null ? "" : (texts[`${kind}.${word}`] ?? word);
}

export const nombre = (value) => (value == null ? "" : formats.nombre.format(value));
export const date = (value) => (value ? formats.date.format(new Date(value)) : "");
export const heure = (value) => (value ? formats.heure.format(new Date(value)) : "");

/** How long ago, or until when. */
export function depuis(value) {
  const seconds = (new Date(value) - Date.now()) / 1000;
  const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? units.at(-1);
  return formats.relatif.format(Math.round(seconds / size), unit);
}
