// The one socket, `aether.v1`: what goes on in the channels that somebody looks at. It mends itself, and goes on after the last position.

import { get, set, setMoi } from "./store.js";

const channels = new Map();
let socket = null;
let attempts = 0;
let heard = 0;
let beat = 15_000;
let next = 1;
let timer = null;

/** Opens the socket, and keeps it open. */
export function ouvrir() {
  connect();
  setInterval(look, 5000);
  document.addEventListener("visibilitychange", look);
  addEventListener("online", again);
}

/** A new socket: the session has changed. */
export function rouvrir() {
  attempts = 0;
  socket?.close();
  again();
}

/** Listens to a channel until the function that comes back is called. `ecoute` gets frames: pictures and facts. */
export function suivre(canal, ecoute) {
  const channel = channels.get(canal) ?? { id: 0, apres: null, ecoutes: new Set() };
  channels.set(canal, channel);
  channel.ecoutes.add(ecoute);
  if (channel.ecoutes.size === 1) subscribe(canal, channel);
  return () => {
    channel.ecoutes.delete(ecoute);
    if (channel.ecoutes.size > 0) return;
    channels.delete(canal);
    say({ t: "desabonner", id: next++, canal });
  };
}

function connect() {
  clearTimeout(timer);
  timer = null;
  const opened = new WebSocket(`${location.origin.replace(/^http/, "ws")}/ws`, ["aether.v1"]);
  socket = opened;
  heard = Date.now();
  opened.onopen = () => opened.send(JSON.stringify({ t: "bonjour", v: 1 }));
  opened.onmessage = ({ data }) => {
    heard = Date.now();
    receive(JSON.parse(data));
  };
  opened.onclose = ({ code }) => {
    if (socket === opened) closed(code);
  };
}

function closed(code) {
  socket = null;
  if (code === 4401 && get().moi) setMoi(null);
  set({ lien: "coupe" });
  const wait = Math.min(500 * 2 ** attempts++, 20_000);
  timer = setTimeout(connect, wait * (0.5 + Math.random() / 2));
}

/** Connects at once where it was waiting to. */
function again() {
  if (timer !== null || socket === null) connect();
}

/** Two beats missed, or a machine that was asleep: a socket that only looks open is none. */
function look() {
  if (document.hidden) return;
  if (socket && Date.now() - heard > 2 * beat) {
    const dead = socket;
    closed(1006);
    dead.close();
    again();
  }
}

function receive(frame) {
  const channel = channels.get(frame.canal);
  switch (frame.t) {
    case "pret":
      attempts = 0;
      beat = frame.battement_ms ?? beat;
      set({ lien: "ouvert" });
      for (const [canal, it] of channels) subscribe(canal, it);
      break;
    case "battement":
      say({ t: "battement" });
      break;
    case "ralenti":
      if (channel) subscribe(frame.canal, { ...channel, apres: frame.position });
      break;
    case "image":
    case "fait":
      if (!channel) break;
      channel.apres = frame.position;
      for (const ecoute of channel.ecoutes) ecoute(frame);
      break;
    default:
  }
}

function subscribe(canal, channel) {
  channel.id = next++;
  const frame = { t: "abonner", id: channel.id, canal };
  say(channel.apres ? { ...frame, apres: channel.apres } : frame);
}

function say(frame) {
  if (get().lien === "ouvert" && socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
}
