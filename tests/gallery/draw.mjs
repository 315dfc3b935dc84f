// Blocks as HTML: reads {name: {blocks} or view} from a JSON file, writes {name: html}.
// The frame of a modal is ours; the blocks are drawn by the npm package slack-blocks-to-jsx.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const folder = process.argv[2];
const require = createRequire(`${folder}/`);
const React = require("react");
const { renderToStaticMarkup } = require("react-dom/server");
const { Message } = require("slack-blocks-to-jsx");
const css = readFileSync(`${folder}/node_modules/slack-blocks-to-jsx/dist/style.css`, "utf8");
const ours = `
  * { box-sizing: border-box }
  body { margin: 0; padding: 12px; background: #fff; font: 15px/1.47 Lato, "Noto Sans CJK JP", sans-serif }
  .modal { border: 1px solid #ccc; border-radius: 10px; overflow: hidden }
  .frame { display: flex; justify-content: space-between; align-items: center; gap: 8px;
           padding: 10px 14px; border-bottom: 1px solid #ddd; font-weight: 700 }
  .frame span { font-weight: 400; color: #616061 }
  .frame b { background: #007a5a; color: #fff; border-radius: 4px; padding: 5px 12px }
  .inside { padding: 4px 14px 14px }
`;
const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
const logo = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='36' height='36'%3E%3Crect width='36' height='36' rx='6' fill='%232f4a3f'/%3E%3C/svg%3E";

// A date as it reads where Slack cannot compute one: the package would show today's own clock.
function dated(part) {
  if (Array.isArray(part)) return part.map(dated);
  if (part === null || typeof part !== "object") return part;
  if (part.type === "date") return { type: "text", text: part.fallback };
  return Object.fromEntries(Object.entries(part).map(([key, value]) => [key, dated(value)]));
}

// The package draws no link to a phone, and a hint of its own beside text fields.
const mended = (html) =>
  html
    .replace(/&lt;tel:[^|]*\|(.*?)&gt;/g, "<span style='color:#1264a3'>$1</span>")
    .replace(/↵ Please[^<]*/g, "");

function drawn(shown) {
  const plain = shown.type === "modal" || shown.type === "home";
  const props = { time: new Date(0), name: "Mamori", logo, withoutWrapper: plain };
  props.blocks = dated(shown.blocks);
  props.hooks = { user: (user) => `@${user.id.slice(2)}` };
  const inside = mended(renderToStaticMarkup(React.createElement(Message, props)));
  if (shown.type !== "modal") return inside;
  const submit = shown.submit ? `<b>${escaped(shown.submit.text)}</b>` : "";
  const frame = `<div class="frame"><span>${escaped(shown.close.text)}</span>${escaped(shown.title.text)}${submit || "<span></span>"}</div>`;
  return `<div class="modal">${frame}<div class="inside">${inside}</div></div>`;
}

const screens = JSON.parse(readFileSync(process.argv[3], "utf8"));
const pages = Object.entries(screens).map(([name, shown]) => [
  name,
  `<!doctype html><meta charset=utf-8><style>${css}${ours}</style><body>${drawn(shown)}`,
]);
process.stdout.write(JSON.stringify(Object.fromEntries(pages)));
