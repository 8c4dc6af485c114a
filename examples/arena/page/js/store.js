// What several views share: who is logged in, the language, the state of the line, notes to show.

import { useEffect, useState } from "./dom.js";

const listeners = new Set();
let state = { moi: kept("moi"), langue: null, lien: "attente", session: null, envois: 0, notes: [] };

/** The state now. */
export function get() {
  return state;
}

/** Changes parts of it, and tells those who look. */
export function set(change) {
  state = { ...state, ...change };
  for (const listener of listeners) listener();
}

/** A part of the state, drawn again when it changes. */
export function useStore(select) {
  const [, redraw] = useState(0);
  const seen = select(state);
  useEffect(() => {
    let last = seen;
    const look = () => {
      const now = select(state);
      if (!Object.is(now, last)) {
        last = now;
        redraw((n) => n + 1);
      }
    };
    listeners.add(look);
    look();
    return () => listeners.delete(look);
  }, []);
  return seen;
}

/** Keeps a value for the next visit; a browser that keeps nothing forgets it. */
export function keep(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // private windows
  }
}

/** What was kept. */
export function kept(name) {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
}

/** Who is logged in from now on; null for a guest. */
export function setMoi(moi) {
  keep("moi", moi);
  set({ moi });
}

/** The roles, from less to more. */
export const peutLire = (moi) => moi?.role === "OBSERVATEUR" || moi?.role === "OPERATEUR";
export const peutAgir = (moi) => moi?.role === "OPERATEUR";
