// A box in which a wide table scrolls by itself, so that the page never does. Both kinds of page use it; browser/scroll.ts
// finds out whether there is more to see, and these rules show it.
import { type Content, html } from './html.ts'

/** @param label what the box holds, for a reader who reaches it by the keyboard */
export function scrollBox(label: string, content: Content): Content {
  return html`<div class="scroll-box"><div class="scroll" tabindex="0" role="region" aria-label="${label}">${content}</div></div>`
}

/** Uses the variables of palette.ts. */
export const SCROLL_STYLE = `.scroll-box { position: relative; min-width: 0; }
.scroll-box + * { margin-top: 0.6rem; }
.scroll { overflow: auto; max-height: 34rem; }
.scroll-box.sideways::before { content: "\\2194  Scroll sideways for more"; display: block; margin: 0.3rem 0; color: var(--accent); font-size: 0.82rem; font-weight: 600; }
.scroll-box::after { content: ""; position: absolute; right: 0; bottom: 0; height: 100%; width: 2.2rem; pointer-events: none; opacity: 0; background: linear-gradient(to right, transparent, var(--shade)); }
.scroll-box.more-right::after { opacity: 1; }
.scroll-box.more-left :is(th, td):first-child { box-shadow: inset -2px 0 0 var(--line); }
@media print { .scroll { max-height: none; overflow: visible; } .scroll-box.sideways::before, .scroll-box::after { display: none; } }`
