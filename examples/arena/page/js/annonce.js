// The one live region: at most one sentence in five seconds, the newest.

const PAUSE_MS = 5000;
let due = null;
let last = 0;
let waiting = "";

/** Says a sentence to those who listen instead of looking. */
export function annoncer(text) {
  waiting = text;
  due ??= setTimeout(say, Math.max(0, last + PAUSE_MS - Date.now()));
}

function say() {
  due = null;
  last = Date.now();
  document.getElementById("annonce").textContent = waiting;
}
