// REST: reads, and commands that are carried out once, however often they are sent.

import { get, set, setMoi } from "./store.js";

const PATIENCE_MS = 60_000;
/** The newest position that an own command was answered with: reads wait for it. */
let position = null;

/** Why a request was not carried out, in the user's language. */
export class Probleme extends Error {
  constructor({ code, title, status, detail }) {
    super(title);
    Object.assign(this, { code, status, detail });
  }
}

/** Reads; null where there is nothing. */
export async function lire(path, { absent = false } = {}) {
  const headers = position ? { "aether-after": position, prefer: "wait=2" } : {};
  const answer = await send("GET", path, headers);
  if (answer.status === 404 && absent) return null;
  return read(answer);
}

/** Carries a command out. It is sent under one key until it is answered: after a cut, too. */
export async function faire(method, path, body) {
  const headers = { "idempotency-key": cle() };
  if (body !== undefined) headers["content-type"] = "application/json";
  set({ envois: get().envois + 1 });
  try {
    const answer = await insist(() => send(method, path, headers, body));
    const data = await read(answer);
    position = answer.headers.get("aether-position") ?? position;
    return data;
  } finally {
    set({ envois: get().envois - 1 });
  }
}

async function insist(attempt) {
  const until = Date.now() + PATIENCE_MS;
  for (let pause = 400; ; pause = Math.min(pause * 2, 5000)) {
    const answer = await attempt().catch((error) => error);
    const cut = answer instanceof Error;
    const again = cut || answer.status === 503 || answer.status === 429;
    if (!again || Date.now() > until) {
      if (cut) throw answer;
      return answer;
    }
    const asked = cut ? 0 : 1000 * Number(answer.headers.get("retry-after") ?? 0);
    await attendre(Math.max(pause, asked));
  }
}

function send(method, path, headers, body) {
  return fetch(path, {
    method,
    headers: { accept: "application/json", "accept-language": get().langue, ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
}

async function read(answer) {
  const data = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (answer.ok) return data;
  if (data?.code === "non-identifie" && get().moi) setMoi(null);
  throw new Probleme(data ?? { status: answer.status, title: answer.statusText });
}

/** A new key; pages that do not come over TLS have no randomUUID. */
export function cle() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const attendre = (ms) => new Promise((done) => setTimeout(done, ms));
