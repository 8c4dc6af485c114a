// Promises of the page, each in a browser of its own.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { axe, close, COMBAT, logIn, open, PLAYER, shot, until, URL_ } from "./browser.mjs";

after(close);

const VIEWS = ["", `#/combat/${COMBAT}`, "#/marche", "#/classement", "#/monde", "#/connexion", `#/joueur/${PLAYER}`];

test("every view loads without an error, without a request that leaves the server, and keeps nobody out", async () => {
  for (const colorScheme of ["dark", "light"]) {
    const { page, told, context } = await open("", { colorScheme, bypassCSP: true });
    for (const view of VIEWS) {
      await page.goto(`${URL_}/${view}`);
      await page.locator("main h1").first().waitFor();
      await until(page, () => !document.querySelector(".attente"));
      await axe(page);
      await shot(page, `${colorScheme}-${view.replace(/[^a-z]+/g, "-").slice(0, 12)}`);
    }
    assert.deepEqual(told, []);
    await context.close();
  }
});

test("a player logs in, fights, and sees a bar of hit points move", async () => {
  const { page, told, context } = await open("", { colorScheme: "dark" });
  await logIn(page);
  await page.goto(`${URL_}/#/combat/${COMBAT}`);
  await page.locator(".actions").waitFor();
  const values = () => page.locator(".jauge.hp").evaluateAll((bars) => bars.map((bar) => bar.ariaValueNow).join());
  const before = await values();
  for (let tries = 0; tries < 12 && (await values()) === before; tries += 1) {
    await page.locator(".actions.ouverte").waitFor();
    await page.getByRole("button", { name: "Agir" }).click();
    await until(page, () => !document.querySelector(".ligne .mot")?.textContent.includes("attente"));
    await page.waitForResponse((it) => it.url().includes("/combats/")).catch(() => {});
  }
  await until(page, (old) => [...document.querySelectorAll(".jauge.hp")].map((bar) => bar.ariaValueNow).join() !== old, before);
  await shot(page, "combat");
  assert.deepEqual(told, []);
  await context.close();
});

test("somebody who has only keys signs up, looks around and logs out", async () => {
  const { page, told, context } = await open();
  const reach = async (look) => {
    for (let tabs = 0; tabs < 200; tabs += 1) {
      await page.keyboard.press("Tab");
      if (await page.evaluate((it) => document.activeElement?.matches(it), look)) return;
    }
    assert.fail(`${look} is out of reach`);
  };
  await reach('a[href="#/connexion"]');
  await page.keyboard.press("Enter");
  await page.locator(".porte").waitFor();
  await reach(".porte .lien");
  await page.keyboard.press("Enter");
  await page.locator(".classes").waitFor();
  await page.locator("main").focus();
  await reach("input[name=nom]");
  await page.keyboard.type(`Mira${Date.now() % 100000}`);
  await reach("input[name=motDePasse]");
  await page.keyboard.type("corne de brume");
  await reach("input[name=classe]");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await page.locator(".qui").waitFor();
  await reach('a[href="#/classement"]');
  await page.keyboard.press("Enter");
  await until(page, () => document.querySelector("h1")?.textContent === "Classement");
  assert.ok(await page.evaluate(() => document.activeElement.matches("main")), "the focus follows the view");
  await reach(".qui");
  await page.keyboard.press("Enter");
  await page.locator(".titre .discret").waitFor();
  await reach(".titre .discret");
  await page.keyboard.press("Enter");
  await page.locator('a.bouton[href="#/connexion"]').waitFor();
  assert.deepEqual(told, []);
  await context.close();
});

test("the page speaks the browser's language, or the one that was chosen, problems too", async () => {
  const { page, context } = await open("#/marche", { lang: "en-GB" });
  assert.equal(await page.locator("h1").textContent(), "Market");
  await page.goto(`${URL_}/#/connexion`);
  await page.locator("input[name=nom]").fill("Nobody");
  await page.locator("input[name=motDePasse]").fill("not the password");
  await page.keyboard.press("Enter");
  assert.equal(await page.locator(".erreur").textContent(), "Name and password do not belong together");
  await page.getByRole("button", { name: "Français" }).click();
  await until(page, () => document.documentElement.lang === "fr");
  await page.reload();
  await until(page, () => document.querySelector("h1")?.textContent === "Se connecter");
  await context.close();
});

test("nothing scrolls sideways on a screen of 360 pixels", async () => {
  const { page, context } = await open("", { viewport: { width: 360, height: 740 }, colorScheme: "dark" });
  await logIn(page);
  for (const view of [...VIEWS, "#/sac", "#/quetes"]) {
    await page.goto(`${URL_}/${view}`);
    await page.locator("main h1").first().waitFor();
    await until(page, () => !document.querySelector(".attente"));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.equal(wide, 0, view);
    await shot(page, `petit-${view.replace(/[^a-z]+/g, "-").slice(0, 12)}`, { fullPage: true });
  }
  await context.close();
});

test("an order is placed, is among one's own, and an item has a chart with a table behind it", async () => {
  const { page, told, context } = await open("", { colorScheme: "light" });
  await logIn(page);
  const traded = await page.evaluate(async () => {
    const read = async (path) => (await fetch(path)).json();
    let best = { id: null, hours: 0 };
    for (let cursor = ""; cursor !== null; ) {
      const { elements, suivant } = await read(`/items?limite=100${cursor}`);
      for (const { itemId, echangeable } of elements) {
        const hours = echangeable ? ((await read(`/marche/${itemId}/prix`)).heures?.length ?? 0) : 0;
        if (hours > best.hours) best = { id: itemId, hours };
      }
      cursor = suivant && `&curseur=${suivant}`;
    }
    return best.id;
  });
  assert.ok(traded, "the history has trades");
  await page.goto(`${URL_}/#/marche/${traded}`);
  await page.locator(".graphe .u-over").waitFor();
  const details = await page.locator(".graphe").getAttribute("aria-details");
  assert.ok(await page.locator(`[id="${details}"] table tbody tr`).count());
  await page.locator("input[name=prix]").fill("1");
  await page.getByRole("button", { name: "Placer l’ordre" }).click();
  await page.locator("tbody .cote").waitFor();
  await shot(page, "marche", { fullPage: true });
  await page.getByRole("button", { name: "Annuler" }).click();
  await page.getByText("Aucun ordre ouvert.").waitFor();
  assert.deepEqual(told, []);
  await context.close();
});

test("a command that is sent while the server is out of reach is carried out once, when it is back", async () => {
  const { page, context } = await open();
  await logIn(page);
  await page.goto(`${URL_}/#/combat/${COMBAT}`);
  await page.locator(".actions.ouverte").waitFor();
  let keys = [];
  await page.route("**/combat/action", async (route) => {
    keys.push(route.request().headers()["idempotency-key"]);
    if (keys.length < 3) await route.abort();
    else await route.continue();
  });
  // a turn may have ended on its way: then it is somebody else's, and one tries again
  for (let tries = 0, status = 0; status !== 200; tries += 1) {
    assert.ok(tries < 4);
    keys = [];
    await page.locator(".actions.ouverte").waitFor({ timeout: 60_000 });
    await page.getByText("Se défendre").click();
    const [answer] = await Promise.all([
      page.waitForResponse((it) => it.url().endsWith("/combat/action")),
      page.getByRole("button", { name: "Agir" }).click(),
    ]);
    status = answer.status();
  }
  assert.equal(keys.length, 3);
  assert.equal(new Set(keys).size, 1);
  await context.close();
});

test("a socket that is cut shows as a small mark, mends itself, and goes on after the last position", async () => {
  const { page, told, context } = await open();
  const said = [];
  let socket = null;
  await page.routeWebSocket(/\/ws$/, (opened) => {
    const server = opened.connectToServer();
    socket = opened;
    opened.onMessage((text) => (said.push(JSON.parse(text)), server.send(text)));
    server.onMessage((text) => opened.send(text));
  });
  const canal = `combat:${COMBAT}`;
  const asked = () => said.filter((it) => it.t === "abonner" && it.canal === canal);
  await page.goto(`${URL_}/#/combat/${COMBAT}`);
  await page.reload();
  await page.locator(".ligne.vive").waitFor();
  await page.locator(".chronique li").first().waitFor();
  await page.waitForResponse((it) => it.url().includes(`/combats/${COMBAT}`), { timeout: 60_000 });
  assert.equal(asked().length, 1);
  socket.close({ code: 1012 });
  await page.locator(".ligne.coupee").waitFor();
  await page.locator(".ligne.vive").waitFor();
  assert.equal(asked().length, 2);
  assert.ok(asked()[1].apres);
  assert.deepEqual(told, []);
  await context.close();
});

test("an operator walks from the log to an aggregate's versions and its causes, and pauses a projection with a reason", async () => {
  const { page, told, context } = await open("", { colorScheme: "dark", bypassCSP: true });
  await logIn(page, "Oriane");
  await page.goto(`${URL_}/#/console`);
  await page.locator(".debit").waitFor();
  await page.locator("tbody tr button").first().click();
  await page.locator("dialog[open] input").fill("an upgrade of its tables");
  await page.locator("dialog[open] .bouton").click();
  await page.locator(".sceau.or").first().waitFor();
  await page.goto(`${URL_}/#/console/actes`);
  await page.getByText("an upgrade of its tables").waitFor();
  await page.goto(`${URL_}/#/console/journal`);
  await page.locator("table.journal tbody tr").first().waitFor();
  await axe(page);
  await shot(page, "console-journal");
  await page.goto(`${URL_}/#/console/agregat/${COMBAT}`);
  const slider = page.getByRole("slider").first();
  await slider.focus();
  await page.keyboard.press("Home");
  await until(page, () => document.querySelector(".arbre ins"));
  assert.equal(await slider.inputValue(), "1");
  await page.keyboard.press("ArrowRight");
  await until(page, () => document.querySelector(".arbre del"));
  await axe(page);
  await shot(page, "console-agregat");
  await page.getByRole("link", { name: "causes", exact: true }).first().click();
  await page.locator(".causes .ici").waitFor();
  await axe(page);
  assert.deepEqual(told, []);
  await context.close();
});
