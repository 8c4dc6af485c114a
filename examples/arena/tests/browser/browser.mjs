// A browser, and pages that complain of nothing and ask nobody else.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { mkdirSync, existsSync } from "node:fs";
import { chromium } from "playwright-core";

export const URL_ = process.env.ARENA_URL;
export const COMBAT = process.env.ARENA_COMBAT;
export const PLAYER = process.env.ARENA_PLAYER;
const PASSWORD = process.env.ARENA_PASSWORD;
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const KNOWN = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

let browser = null;

/** A page in a profile of its own. `told` has what went wrong meanwhile. */
export async function open(path = "", { lang = "fr-FR", ...options } = {}) {
  browser ??= await chromium.launch({
    executablePath: process.env.CHROMIUM ?? KNOWN.find(existsSync),
    args: ["--no-sandbox", "--disable-background-networking", "--force-color-profile=srgb"],
  });
  const context = await browser.newContext({ locale: lang, viewport: { width: 1180, height: 860 }, ...options });
  const page = await context.newPage();
  const told = [];
  page.on("pageerror", (error) => told.push(String(error)));
  page.on("console", (line) => line.type() === "error" && !expected(line) && told.push(line.text()));
  page.on("request", (request) => request.url().startsWith(URL_) || told.push(`asked ${request.url()}`));
  await page.goto(`${URL_}/${path}`);
  await page.locator("main h1").first().waitFor();
  return { page, told, context };
}

/** Browsers log refused requests as errors; those are answers. A socket that is cut is, too. */
function expected(line) {
  return /status of (401|404|422)|WebSocket/.test(line.text());
}

/** Logs in as the player of the combat. */
export async function logIn(page, name = "Kael") {
  await page.goto(`${URL_}/#/connexion`);
  await page.locator("input[name=nom]").fill(name);
  await page.locator("input[name=motDePasse]").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.locator(".qui").waitFor();
}

/** What axe finds that keeps somebody out. */
export async function axe(page) {
  await page.addScriptTag({ path: AXE }).catch(() => {});
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  const serious = violations.filter((it) => ["serious", "critical"].includes(it.impact));
  assert.deepEqual(serious.map((it) => [it.id, it.nodes.map((node) => [node.html.slice(0, 160), node.failureSummary])]), []);
}

/** Waits until the page says so; with a deadline. */
export async function until(page, look, argument) {
  await page.waitForFunction(look, argument, { timeout: 15_000 });
}

/** A picture for those who want to look. */
export async function shot(page, name, options = {}) {
  mkdirSync("shots", { recursive: true });
  await page.screenshot({ path: `shots/${name}.png`, ...options });
}

export async function close() {
  await browser?.close();
  browser = null;
}
