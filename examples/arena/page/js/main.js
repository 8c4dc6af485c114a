// The page begins: language, session, socket, first picture.

import { html, render } from "./dom.js";
import { lire } from "./api.js";
import { parler, premiere } from "./i18n.js";
import { ouvrir } from "./socket.js";
import { get, setMoi } from "./store.js";
import { Cadre } from "./vue/cadre.js";

await parler(premiere());
render(html`<${Cadre} />`, document.getElementById("page"));
ouvrir();
if (get().moi) {
  // the cookie says who it is; what was kept only says whose name to show first
  lire("/sessions").catch((error) => error.status === 401 && setMoi(null));
}
