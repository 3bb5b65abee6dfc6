// Bundles the page into the folder that the plugin serves: node build.mjs [output folder]
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(process.argv[2] ?? path.join(here, "../tb_losshealth/plugin/static"));

/** Names of the npm packages whose code ends up in the bundle. */
const BUNDLED = ["uplot"];

await mkdir(out, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: { index: "src/index.js", saved_page: "src/saved_page.js", style: "src/style/index.css" },
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  charset: "ascii",
  logLevel: "warning",
});

const licences = await Promise.all(
  BUNDLED.map(async (name) => {
    const folder = path.join(here, "node_modules", name);
    const { version } = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
    return `${name} ${version}\n\n${await readFile(path.join(folder, "LICENSE"), "utf8")}`;
  }),
);
await writeFile(path.join(out, "LICENSES.txt"), licences.join("\n\n"));
