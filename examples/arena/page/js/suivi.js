// Hooks for what is read from the server and kept up to date.

import { useEffect, useRef, useState } from "./dom.js";
import { lire } from "./api.js";
import { suivre } from "./socket.js";
import { useStore } from "./store.js";

const SANS_LIEN_MS = 2500;
const DOUBLONS_MS = 120;

/**
 * What lies under a path, read again after each fact of the channel, and now and then while the socket is cut.
 * Gives `{ donnees, erreur, relire }`; what was there stays while more is read.
 */
export function useLecture(path, { canal = null, absent = false, faits = null, toutes = 0 } = {}) {
  const [seen, show] = useState({ path: null, donnees: undefined, erreur: null });
  const lien = useStore((it) => it.lien);
  const langue = useStore((it) => it.langue);
  const run = useRef({});
  const relire = () => run.current.read?.();
  useEffect(() => {
    if (!path) return undefined;
    let gone = false;
    let reading = false;
    let stale = false;
    const read = async () => {
      if (reading) {
        stale = true;
        return;
      }
      reading = true;
      const [donnees, erreur] = await lire(path, { absent }).then((it) => [it, null], (it) => [undefined, it]);
      reading = false;
      if (gone) return;
      show((old) => ({ path, donnees: donnees === undefined && old.path === path ? old.donnees : donnees, erreur }));
      if (stale) {
        stale = false;
        setTimeout(read, DOUBLONS_MS);
      }
    };
    run.current.read = read;
    read();
    let due = null;
    const soon = () => (due ??= setTimeout(() => ((due = null), read()), DOUBLONS_MS));
    const leave = canal && suivre(canal, (frame) => (faits?.(frame), soon()));
    return () => {
      gone = true;
      clearTimeout(due);
      leave?.();
    };
  }, [path, canal, langue]);
  const often = lien === "ouvert" ? toutes : canal ? SANS_LIEN_MS : toutes;
  useEffect(() => {
    if (!path || !often) return undefined;
    const every = setInterval(() => document.hidden || relire(), often);
    return () => clearInterval(every);
  }, [path, often]);
  return { donnees: seen.path === path ? seen.donnees : undefined, erreur: seen.erreur, relire };
}

/** The own player's id; null for guests. */
export const useMoi = () => useStore((it) => it.moi);

/** Draws again each second, for clocks. */
export function useSeconde() {
  const [now, tick] = useState(Date.now());
  useEffect(() => {
    const every = setInterval(() => document.hidden || tick(Date.now()), 1000);
    return () => clearInterval(every);
  }, []);
  return now;
}

