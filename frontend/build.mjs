// Compiles src/ into ../static/ and the icons in use into ../ciwo_portal/icons.json. Run: make css
import fs from "node:fs";
import path from "node:path";
import * as sass from "sass";
import { transform, browserslistToTargets } from "lightningcss";
import * as esbuild from "esbuild";

const here = (...parts) => path.join(import.meta.dirname, ...parts);
const out = (...parts) => here("../static", ...parts);
const uswds = here("node_modules/@uswds/uswds");

// USWDS' compiled colors become our custom properties, by the property's role, so that dark mode
// and print need no second build. A color that is missing here stays light in dark mode.
const background = { "#fff": "--surface", white: "--surface", "#1c1d1f": "--ink", "#0f6460": "--brand", "#0b4b3f": "--brand-strong", "#123131": "--brand-deep",
  "#dfe1e2": "--line", "#f5f6f7": "--surface-2", "#ecf3ec": "--stripe", "#e6e6e6": "--surface-3", "#e0f7f6": "--head", "#c9c9c9": "--disabled-bg",
  "#e7f6f8": "--info-bg", "#faf3d1": "--warn-bg", "#f4e3db": "--danger-bg", "#71767a": "--line-strong", "#565c65": "--ink-2" };
const text = { "#fff": "--on-brand", white: "--on-brand", "#1c1d1f": "--ink", "#0f6460": "--link", "#0b4b3f": "--link-hover", "#123131": "--link-hover",
  "#71767a": "--ink-2", "#565c65": "--ink-2", "#3d4551": "--ink-2", "#757575": "--ink-2", "#454545": "--disabled-ink", "#b50909": "--danger", "#c9c9c9": "--disabled-ink" };
const border = { "#1c1d1f": "--ink", "#0f6460": "--brand", "#0b4b3f": "--brand-strong", "#123131": "--brand-deep", "#dfe1e2": "--line", "#71767a": "--line-strong",
  "#565c65": "--line-strong", "#c9c9c9": "--line", "#b50909": "--danger", "#a9aeb1": "--line-strong", "#757575": "--line-strong" };
const roleOf = (property) =>
  /^(background|background-color)$/.test(property) ? background
    : property === "color" ? text
      : /^(border|outline|box-shadow|stroke|text-decoration-color)/.test(property) ? border : null;
const bridge = (css) =>
  css.replace(/([a-z-]+):\s*([^;{}]+);/g, (whole, property, value) => {
    const roles = roleOf(property);
    return roles
      ? `${property}: ${value.replace(/#[0-9a-f]{3,6}\b|\bwhite\b/g, (color) => (roles[color] ? `var(${roles[color]})` : color))};`
      : whole;
  });

const compiled = sass.compile(here("src/scss/uswds.scss"), {
  loadPaths: [path.join(uswds, "packages"), here("src/scss")],
  quietDeps: true,
  silenceDeprecations: ["import", "global-builtin", "if-function"],
});
const base = bridge(compiled.css.replace(/@font-face\s*\{[^}]*\}/g, "").replace(/^@charset[^;]*;/, ""));
for (const [, name] of base.matchAll(/url\("?\.\.\/img\/([^")]+)"?\)/g)) {
  fs.mkdirSync(path.dirname(out("img", name)), { recursive: true });
  fs.copyFileSync(path.join(uswds, "dist/img", name), out("img", name));
}
fs.cpSync(here("src/img"), out("img"), { recursive: true });

const own = fs.readdirSync(here("src/css")).sort().map((name) => fs.readFileSync(here("src/css", name), "utf8"));
const { code } = transform({
  filename: "site.css",
  code: Buffer.from(`@layer uswds{${base}}\n${own.join("\n")}`),
  minify: true,
  targets: browserslistToTargets(["chrome 111", "edge 111", "firefox 115", "safari 16.4"]),
});
fs.writeFileSync(out("css/site.css"), `/*! CIWO Portal. Includes USWDS 3.14.0; see LICENSES.md. */\n${code}`);

await esbuild.build({ entryPoints: [here("src/js/app.js")], bundle: true, minify: true, format: "esm", target: "es2021", outfile: out("js/app.js") });

// One line of path data per icon in use; the template tag `icon` inlines them.
const icons = {};
for (const name of fs.readFileSync(here("src/icons.txt"), "utf8").split(/\s+/).filter(Boolean)) {
  icons[name] = fs.readFileSync(path.join(uswds, "dist/img/usa-icons", `${name}.svg`), "utf8")
    .replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, "")
    .replace(/<path d="M0 0h24v24H0[zV]?[^"]*" fill="none"\/>|<path fill="none"[^>]*\/>/g, "");
}
fs.writeFileSync(here("../ciwo_portal/icons.json"), `${JSON.stringify(icons, null, 1)}\n`);
