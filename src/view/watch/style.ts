import { paletteStyle } from '../page/palette.ts'
import { SCROLL_STYLE } from '../page/scroll-box.ts'

/** How the page of a run looks: two columns where there is room, one on a phone. */
export function watchStyle(): string {
  return `${paletteStyle({ danger: '#b3261e' }, { danger: '#ff8a80' })}\n${RULES}\n${SCROLL_STYLE}`
}

const RULES = `* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.45 system-ui, sans-serif; }
header { display: flex; gap: 1rem; align-items: center; justify-content: space-between; flex-wrap: wrap; padding: 1rem 1.25rem 0; max-width: 1240px; margin: auto; }
h1 { font-size: 1.35rem; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 0 0 .5rem; }
p { margin: 0; }
#about, .caption, dt { color: var(--quiet); font-size: .85rem; overflow-wrap: anywhere; }
#status { border: 1px solid var(--faint); border-radius: .6rem; padding: .35rem .8rem; background: var(--card); overflow-wrap: anywhere; max-width: 100%; }
#status::before { content: ''; display: inline-block; width: .6rem; height: .6rem; border-radius: 50%; margin-right: .5rem; background: var(--quiet); }
#status[data-state=running]::before, #status[data-state=complete]::before { background: var(--good); }
#status[data-state=stopping]::before, #status[data-state=interrupted]::before { background: var(--alarm); }
#status[data-state=failed]::before, #status[data-state=lost]::before { background: var(--danger); }
main { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1rem; padding: 1rem 1.25rem 2rem; max-width: 1240px; margin: auto; }
section { background: var(--card); border: 1px solid var(--faint); border-radius: .8rem; padding: 1rem; min-width: 0; }
.wide { grid-column: 1 / -1; }
.bar { display: flex; gap: .8rem; align-items: center; }
progress { flex: 1; height: .8rem; accent-color: var(--accent); width: 100%; }
#percent { font-variant-numeric: tabular-nums; min-width: 4.5rem; text-align: right; font-weight: 600; }
dl { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: .7rem 0; }
dd { margin: 0; font-variant-numeric: tabular-nums; font-weight: 600; }
.controls { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; }
.grow { flex: 1; }
select, button { font: inherit; color: inherit; background: var(--page); border: 1px solid var(--faint); border-radius: .5rem; padding: .3rem .7rem; max-width: 16rem; }
button { cursor: pointer; }
button:disabled { opacity: .5; cursor: default; }
.danger { border-color: var(--danger); color: var(--danger); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
#lattice { width: min(100%, 330px); aspect-ratio: 1; image-rendering: pixelated; display: block; margin: 0 auto .5rem; background: var(--page); border-radius: .3rem; }
.key { display: flex; gap: 1rem; flex-wrap: wrap; font-size: .85rem; align-items: center; }
.swatch { display: inline-block; width: .8rem; height: .8rem; border-radius: .2rem; margin-right: .35rem; vertical-align: -.05rem; }
.swatch.line { width: 1.1rem; height: .25rem; vertical-align: .2rem; }
.chart { min-height: 240px; }
.chart.low { min-height: 215px; }
.chart.high { min-height: 330px; }
dialog { max-width: min(30rem, calc(100vw - 2rem)); padding: 1.2rem 1.4rem; border: 1px solid var(--line); border-radius: .8rem; background: var(--card); color: var(--text); }
dialog::backdrop { background: rgb(0 0 0 / .45); }
dialog h2 { font-size: 1.15rem; }
dialog .controls { justify-content: flex-end; margin-top: 1.1rem; }
label:has(input) { display: inline-flex; align-items: center; gap: .35rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin-top: .5rem; }
th, td { text-align: right; padding: .15rem .8rem; border-bottom: 1px solid var(--faint); white-space: nowrap; }
summary { cursor: pointer; }
.uplot, .u-legend { font-family: inherit; }
.u-legend { font-size: .8rem; color: var(--quiet); }
[hidden] { display: none !important; }`
