// How a page to keep looks, on a screen and on paper.
import { paletteStyle } from './palette.ts'
import { SCROLL_STYLE } from './scroll-box.ts'

export function pageStyle(): string {
  return `${paletteStyle()}
${RULES}
${SCROLL_STYLE}
${Array.from({ length: 12 }, (_, i) => `.columns-${i + 1} { --columns: ${i + 1}; }`).join('\n')}`
}

const RULES = `* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; overflow-wrap: anywhere; }
header, .page, footer { max-width: 88rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 1.75rem; }
h1 { margin: 0; font-size: 1.75rem; line-height: 1.25; text-wrap: balance; }
h2 { margin: 2.25rem 0 0.75rem; padding-bottom: 0.3rem; border-bottom: 1px solid var(--faint); font-size: 1.3rem; }
h3, figcaption h2 { margin: 0 0 0.2rem; padding: 0; border: 0; font-size: 1.05rem; line-height: 1.35; }
p { margin: 0.4rem 0; max-width: 75ch; }
a { color: var(--accent); }
code, pre { font: 0.92em/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.quiet, footer { color: var(--quiet); font-size: 0.9rem; }
footer { padding-top: 2.5rem; padding-bottom: 2rem; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 0.5rem; z-index: 9; padding: 0.4rem 0.8rem; background: var(--card); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.page { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0 1.75rem; }
nav { margin-top: 1.25rem; font-size: 0.92rem; }
nav ul { margin: 0.3rem 0; padding-left: 1rem; list-style: none; }
nav > details > ul { padding-left: 0; }
nav li { margin: 0.15rem 0; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
@media (min-width: 64rem) {
  .page:has(> nav) { grid-template-columns: 12rem minmax(0, 1fr); }
  nav { position: sticky; top: 1rem; align-self: start; max-height: calc(100vh - 2rem); overflow-y: auto; margin-top: 2.25rem; }
}
summary { cursor: pointer; color: var(--accent); width: fit-content; }
nav summary { color: var(--quiet); }
button { font: inherit; color: inherit; }
sub, sup { font-size: 0.72em; line-height: 0; }
.card, figure { margin: 0; padding: 1rem 1.25rem; background: var(--card); border: 1px solid var(--faint); border-radius: 8px; min-width: 0; }
.card + .card, .card + p, p + .card { margin-top: 1rem; }
.badge { display: inline-block; padding: 0.1rem 0.6rem; border-radius: 999px; font-size: 0.9rem; font-weight: 600; color: var(--good); background: var(--good-back); }
.badge.open { color: var(--alarm); background: var(--alarm-back); }
.notice { margin: 0.75rem 0; padding: 0.75rem 1.1rem; border-left: 4px solid var(--alarm); border-radius: 4px; background: var(--alarm-back); max-width: none; }
.notice.good { border-color: var(--good); background: var(--good-back); }
.notice ul { margin: 0.3rem 0; padding-left: 1.2rem; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.25rem 1.25rem; margin: 0; }
dt { color: var(--quiet); }
dd { margin: 0; }
dl.tiles { grid-template-columns: repeat(auto-fill, minmax(min(100%, 12.5rem), 1fr)); gap: 0.75rem; margin-bottom: 1rem; }
.tiles .card { margin: 0; padding: 0.7rem 0.9rem; }
.tiles dt { font-size: 0.88rem; }
.tiles strong { display: block; font-size: 1.35rem; font-weight: 600; line-height: 1.35; font-variant-numeric: tabular-nums; }
.tiles .quiet { display: block; line-height: 1.3; }
@media (max-width: 34rem) { dl:not(.tiles) { grid-template-columns: minmax(0, 1fr); } dd { margin-bottom: 0.4rem; } dl.tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
pre { margin: 0.5rem 0; padding: 0.75rem 1rem; white-space: pre-wrap; background: var(--page); border: 1px solid var(--faint); border-radius: 6px; }
main > .figures { margin-top: 1.5rem; }
.hint { opacity: 0; }
figure:hover .hint, figure:focus-within .hint { opacity: 1; }
table { border-collapse: collapse; font-size: 0.84rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.22rem 0.35rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--faint); }
thead th { position: sticky; top: 0; background: var(--card); font-weight: 600; vertical-align: bottom; }
th:first-child, td:first-child { position: sticky; left: 0; background: var(--card); text-align: left; }
thead th:first-child { z-index: 1; }
tbody tr:hover > * { background: var(--page); }
td.exact, th.exact { color: var(--quiet); }
th button { border: 0; padding: 0; background: none; font-weight: inherit; cursor: pointer; text-align: inherit; white-space: nowrap; }
th button::after { content: " \\2195"; color: var(--quiet); font-weight: normal; opacity: 0.55; }
th[aria-sort] button::after { color: var(--accent); opacity: 1; }
th[aria-sort="ascending"] button::after { content: " \\2191"; }
th[aria-sort="descending"] button::after { content: " \\2193"; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 31rem), 1fr)); gap: 1.25rem; align-items: start; }
figure.wide { grid-column: 1 / -1; }
.legend { display: flex; flex-wrap: wrap; gap: 0.15rem 0.35rem; margin: 0.5rem 0 0.25rem; }
.legend button { display: inline-flex; align-items: center; gap: 0.35rem; padding: 0.1rem 0.5rem 0.1rem 0.3rem; border: 1px solid transparent; border-radius: 5px; background: none; font-size: 0.88rem; cursor: pointer; }
.legend button:hover { border-color: var(--line); }
.legend button[aria-pressed="false"] { color: var(--quiet); text-decoration: line-through; }
.legend button[aria-pressed="false"] canvas { opacity: 0.25; }
.legend canvas { width: 30px; height: 14px; flex: none; }
.plot { position: relative; border-radius: 4px; }
.uplot { width: 100%; font-family: inherit; }
.u-over { cursor: crosshair; touch-action: pan-y; }
.u-select { background: var(--accent); opacity: 0.15; }
.u-hz .u-cursor-x, .u-vt .u-cursor-y { border-right: 1px dotted var(--line); }
.u-hz .u-cursor-y, .u-vt .u-cursor-x { border-bottom: 1px dotted var(--line); }
.ring, .tip { position: absolute; left: 0; top: 0; pointer-events: none; }
.ring { width: 15px; height: 15px; margin: -7.5px; border: 2px solid; border-radius: 50%; }
.tip { z-index: 5; padding: 0.3rem 0.6rem; background: var(--card); border: 1px solid var(--line); border-radius: 5px; box-shadow: 0 2px 8px rgb(0 0 0 / 0.18); font-size: 0.85rem; line-height: 1.4; max-width: 24rem; }
.tip p { margin: 0; }
.tip p:first-child { font-weight: 600; }
[hidden] { display: none !important; }
.tools { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 0.9rem; min-height: 2.1rem; color: var(--quiet); font-size: 0.85rem; }
.tools button, .numbers button { padding: 0.15rem 0.7rem; border: 1px solid var(--line); border-radius: 5px; background: var(--card); cursor: pointer; font-size: 0.85rem; color: var(--text); }
.numbers { font-size: 0.9rem; }
.numbers > button { margin: 0.5rem 0; }
.numbers .scroll { max-height: 22rem; }
.say { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.pictures { display: grid; grid-template-columns: repeat(var(--columns), minmax(0, 1fr)); gap: 0.75rem; margin: 0.6rem 0; padding: 0; list-style: none; }
.pictures img { display: block; width: 100%; height: auto; image-rendering: pixelated; border: 1px solid var(--faint); }
.pictures span { display: block; margin-top: 0.2rem; font-size: 0.85rem; color: var(--quiet); line-height: 1.3; }
@media (max-width: 40rem) { .pictures { grid-template-columns: repeat(min(var(--columns), 3), minmax(0, 1fr)); } }
.key { display: flex; flex-wrap: wrap; gap: 0.2rem 1rem; margin: 0.5rem 0 0; padding: 0; list-style: none; font-size: 0.88rem; }
.key svg { width: 14px; height: 14px; margin-right: 0.4rem; vertical-align: -2px; }
.drawing { display: block; max-width: 100%; height: auto; margin: 0.5rem 0 0; background: #ffffff; border-radius: 4px; }
.scroll:has(> .drawing) { max-height: none; }
@media (max-width: 40rem) { .drawing { max-width: none; } .hint { display: none; } }
@media print {
  body { background: none; font-size: 10pt; }
  nav, .tools, .numbers, .skip, .ring, .tip { display: none; }
  .page:has(> nav) { display: block; }
  .figures { grid-template-columns: 1fr 1fr; }
  figure { break-inside: avoid; }
  table { font-size: 7.5pt; }
  th, td { padding: 0.1rem 0.3rem; }
  .canvas canvas { max-width: 100%; }
  th button::after { content: ""; }
}`
