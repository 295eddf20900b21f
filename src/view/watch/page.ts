import { html } from '../page/html.ts'
import { scrollBox } from '../page/scroll-box.ts'
import { pageScript } from '../page/script.ts'
import { pageShell } from '../page/shell.ts'
import { TOKEN_HEADER } from './guard.ts'
import { watchStyle } from './style.ts'

/** The page that shows a run, and the headers with which everything is sent. */
export interface Page {
  readonly html: string
  readonly headers: Readonly<Record<string, string>>
}

/**
 * One self-contained page. It holds nothing of the run: all of that comes as events, and becomes text, never markup. Only its
 * own scripts run, and it can reach nothing but its own server.
 *
 * The token stays in the address, so that a reload works; no other site hears of it (no-referrer, no links), and it is worth
 * nothing when the run has ended.
 *
 * @throws MachineError where the build of its script is missing
 */
export function openPage(): Page {
  const page = pageShell({
    title: 'spinpool',
    style: watchStyle(),
    script: pageScript('watch'),
    charts: true,
    head: html`<meta name="token-header" content="${TOKEN_HEADER}">\n<link rel="icon" href="data:,">\n`,
    body: html`<header>
  <div class="title"><h1 id="title">spinpool</h1><p id="about"></p></div>
  <p id="status" role="status" aria-live="polite" data-state="waiting">connecting</p>
</header>
<main>
<section class="wide" aria-label="Progress">
  <div class="bar"><progress id="progress" max="1" value="0" aria-label="share of all sweeps done"></progress><output id="percent">0 %</output></div>
  <dl id="facts"></dl>
  <div class="controls">
    <label>Simulation <select id="simulation"></select></label>
    <label id="follow-label" hidden><input type="checkbox" id="follow"> Follow the running simulation</label>
    <label>Temperature <select id="temperature"></select></label>
    <label>Copy <select id="copy"></select></label>
    <span class="grow"></span>
    <button type="button" id="checkpoint">Save checkpoint</button>
    <button type="button" id="stop" class="danger">Stop run</button>
  </div>
  <dialog id="sure" aria-labelledby="question" aria-describedby="consequence">
    <h2 id="question">Stop this run?</h2>
    <p id="consequence">It saves a checkpoint first, so nothing is lost: spinpool resume continues it later.</p>
    <div class="controls">
      <button type="button" id="no" autofocus>Keep running</button>
      <button type="button" id="yes" class="danger">Stop run</button>
    </div>
  </dialog>
</section>
<section id="lattice-section" aria-labelledby="lattice-title">
  <h2 id="lattice-title">Lattice</h2>
  <canvas id="lattice" width="1" height="1" role="img" aria-label="no lattice yet"></canvas>
  <p class="caption" id="lattice-caption"></p>
  <p class="key" id="lattice-key"></p>
</section>
<section aria-labelledby="energy-title">
  <h2 id="energy-title">Energy per site</h2>
  <div class="chart high" id="energy" role="img"></div>
  <p class="caption">Line: mean over all samples so far. Dots: single replicas at this moment.</p>
</section>
<section id="order-section" aria-labelledby="order-title">
  <h2 id="order-title">Order parameter</h2>
  <div class="chart" id="order" role="img"></div>
  <p class="key" id="order-key"></p>
  <p class="caption">Means over all samples so far.</p>
</section>
<section aria-labelledby="rhat-title">
  <h2 id="rhat-title">Convergence R&#770;</h2>
  <div class="chart" id="rhat" role="img" aria-labelledby="rhat-title"></div>
  <p class="key" id="rhat-key"></p>
  <p class="caption" id="rhat-caption">1 when all copies agree; above 1.05 (broken line) they still depend on where they started. Updated every few seconds.</p>
</section>
<section class="wide" aria-labelledby="series-title">
  <h2 id="series-title">Time series</h2>
  <div class="chart low" id="energy-series" role="img" aria-label="time series of the energy"></div>
  <div class="chart low" id="order-series" role="img" aria-label="time series of the order parameters"></div>
  <p class="key" id="series-key"></p>
  <p class="caption" id="series-caption"></p>
</section>
<section id="acceptance-section" aria-labelledby="acceptance-title">
  <h2 id="acceptance-title">Exchange acceptance</h2>
  <div class="chart" id="acceptance" role="img" aria-labelledby="acceptance-title"></div>
  <p class="caption" id="acceptance-caption"></p>
</section>
<section id="flow-section" aria-labelledby="flow-title">
  <h2 id="flow-title">Replica flow</h2>
  <div class="chart" id="flow" role="img" aria-labelledby="flow-title"></div>
  <p class="caption" id="flow-caption"></p>
</section>
<section class="wide" aria-label="Numbers">
  <details id="numbers"><summary>Table of numbers</summary>${scrollBox('Numbers of the simulation in view', html`<table id="table"><thead></thead><tbody></tbody></table>`)}</details>
</section>
</main>`,
    connect: "'self'",
  })
  return {
    html: page.html,
    headers: {
      // Only a header can say who may put the page into a frame.
      'Content-Security-Policy': `${page.policy}; frame-ancestors 'none'`,
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Cache-Control': 'no-store',
    },
  }
}
