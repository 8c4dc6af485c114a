// Packs exact versions of the libraries of the page from the npm registry into vendor/, and writes vendor.lock.
// For maintainers: `make vendor`. Nothing is built; imports become relative paths, so that the page needs no import map.

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const PACKAGES = [
  {
    name: "preact",
    version: "11.2.0",
    files: { "dist/preact.mjs": "preact.js", "hooks/dist/hooks.mjs": "hooks.js" },
  },
  { name: "htm", version: "3.1.1", files: { "dist/htm.module.js": "htm.js" } },
  {
    name: "uplot",
    version: "1.6.32",
    files: { "dist/uPlot.iife.min.js": "uplot.js", "dist/uPlot.min.css": "uplot.css" },
  },
];

const vendor = join(dirname(fileURLToPath(import.meta.url)), "vendor");
const work = mkdtempSync(join(tmpdir(), "vendor-"));
rmSync(vendor, { recursive: true, force: true });
mkdirSync(vendor);

const lines = PACKAGES.flatMap(({ name, version, files }) => {
  const packed = execFileSync("npm", ["pack", `${name}@${version}`, "--silent"], { cwd: work });
  execFileSync("tar", ["xzf", packed.toString().trim()], { cwd: work });
  const from = join(work, "package");
  const { license } = JSON.parse(readFileSync(join(from, "package.json"), "utf8"));
  const kept = Object.entries(files).map(([source, target]) => [target, rewrite(target, read(join(from, source)))]);
  kept.push([`LICENSE-${name}`, read(join(from, "LICENSE"))]);
  rmSync(from, { recursive: true });
  return kept.map(([target, text]) => {
    writeFileSync(join(vendor, target), text);
    return `${target} ${name} ${version} ${license} ${createHash("sha256").update(text).digest("hex")}`;
  });
});
writeFileSync(join(vendor, "vendor.lock"), `# file package version licence sha256\n${lines.join("\n")}\n`);
rmSync(work, { recursive: true });

function read(path) {
  return readFileSync(path, "utf8");
}

function rewrite(target, text) {
  const relative = text
    .replace(/from\s*"preact"/g, 'from"./preact.js"')
    .replace(/\n?\/[/*]# sourceMappingURL=.*\n?/g, "\n");
  // a script for the global scope becomes a module
  return target === "uplot.js" ? `${relative}\nexport default uPlot;\n` : relative;
}
