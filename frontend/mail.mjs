// Compiles src/mail/*.mjml into ../templates/mail/*.html, Django templates that stand in for them. Run: make mail
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import mjml2html from "mjml";

const here = (...parts) => path.join(import.meta.dirname, ...parts);
const sha256 = (text) => createHash("sha256").update(text).digest("hex");

// Short lines and little between them: mail servers allow 998 bytes a line, and what fills a line
// (notifications/stencils.py) needs room, too.
const tidy = (html) =>
  html.replace(/<[a-z][^<>]*>/g, (tag) => tag.replace(/\s+/g, " ").replace(/ >$/, ">"))
    .split("\n").map((line) => line.trim()).filter(Boolean).join("\n")
    .replace(/(<a\b[^>]*>)\n(.*)\n<\/a>/g, "$1$2</a>")
    .replace(/(<tbody>|<tr>|<\/t[a-z]+>|<\/div>)\n(?=<(tr|td|\/[td][a-z]+)\b)/g, "$1") + "\n";

// A part (its name begins with _) is what its column holds, in a table of its own.
const part = (html) => {
  const [, rows] = html.match(/mj-column-per-100 mj-outlook-group-fix[^>]*>\s*<table[^>]*>\s*<tbody>([\s\S]*?)<\/tbody>\s*<\/table>\s*<\/div>\s*<!--\[if mso/);
  return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tbody>${rows}</tbody></table>`;
};

for (const name of fs.readdirSync(here("src/mail")).sort()) {
  const source = fs.readFileSync(here("src/mail", name), "utf8");
  const { html } = await mjml2html(source, { validationLevel: "strict", keepComments: false, fonts: {} });
  const said = source.match(/^<!-- (.*) -->\n/)[1];
  const body = tidy(name.startsWith("_") ? part(html) : html);
  const stamp = `{# Made by "make mail" from frontend/src/mail/${name}; change that. #}{# ${sha256(source)} ${sha256(body)} #}`;
  fs.writeFileSync(here("../templates/mail", name.replace(".mjml", ".html")), `{# ${said} #}\n${stamp}\n${body}`);
}
