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
    for (let tabs = 0; tabs < 60; tabs += 1) {
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
  const items = await page.evaluate(async () => (await (await fetch("/items?limite=100")).json()).elements);
  const traded = await page.evaluate(async (ids) => {
    for (const id of ids) {
      const answer = await fetch(`/marche/${id}/prix`);
      if (answer.ok && (await answer.json()).heures.length > 1) return id;
    }
    return null;
  }, items.filter((it) => it.echangeable).map((it) => it.itemId));
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
  const keys = [];
  await page.route("**/combat/action", async (route) => {
    keys.push(route.request().headers()["idempotency-key"]);
    if (keys.length < 3) await route.abort();
    else await route.continue();
  });
  await page.getByText("Se défendre").click();
  await page.getByRole("button", { name: "Agir" }).click();
  const answer = await page.waitForResponse((it) => it.url().endsWith("/combat/action"));
  assert.equal(answer.status(), 200, await answer.text());
  assert.equal(keys.length, 3);
  assert.equal(new Set(keys).size, 1);
  await context.close();
});

test("an operator walks from the log to an aggregate's versions and its causes, and pauses a projection with a reason", async () => {
  const { page, told, context } = await open("", { colorScheme: "dark", bypassCSP: true });
  await logIn(page, "Oriane");
  await page.goto(`${URL_}/#/console`);
  await page.locator(".debit").waitFor();
  const row = page.getByRole("row", { name: "objets_populaires" }).or(page.locator("tbody tr")).first();
  await row.getByRole("button").first().click();
  await page.getByLabel("Raison").fill("an upgrade of its tables");
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
