// Where the time went, where and by what an archive was made, and how to make it again.
import { basename } from 'node:path'
import type { Archive, ArchivedSimulation } from '../../archive/read.ts'
import { packageVersion } from '../../archive/provenance.ts'
import { counted, formatSeconds } from '../../text/number.ts'
import { type Content, html } from './html.ts'
import { scrollBox } from './scroll-box.ts'

export function timingSection({ provenance }: Archive, simulations: readonly ArchivedSimulation[]): Content {
  const kinds = [...new Set(simulations.flatMap(({ timing }) => Object.keys(timing)))]
  const elapsed = Number(provenance.elapsedSeconds)
  const rate = (sum: number, { sweepsDone, copies, description, temperature }: ArchivedSimulation): number =>
    sum + sweepsDone * copies * temperature.length * description.lattice.sites
  const updates = simulations.reduce(rate, 0)
  return html`<div class="card">
${
  elapsed > 0
    ? html`<p>${formatSeconds(elapsed)} from beginning to end${provenance.threads === undefined ? undefined : ` on ${counted(Number(provenance.threads), 'thread')}`}: ${(updates / elapsed / 1e9).toPrecision(3)} site updates per nanosecond, everything included.</p>`
    : undefined
}
<p class="quiet">Seconds of all threads together</p>
${scrollBox(
  'Timing',
  html`<table>
<thead><tr><th scope="col">simulation</th>${kinds.map((kind) => html`<th scope="col">${kind}</th>`)}</tr></thead>
<tbody>${simulations.map(
    ({ name, timing }) =>
      html`<tr><th scope="row">${name}</th>${kinds.map((kind) => html`<td>${timing[kind] === undefined ? '-' : timing[kind].toFixed(2)}</td>`)}</tr>\n`,
  )}</tbody></table>`,
)}</div>`
}

export function madeSection({ provenance, formatVersion }: Archive): Content {
  const entries = Object.entries({
    ...provenance,
    'layout of the file': `version ${formatVersion}`,
    'page made by': `spinpool ${packageVersion()}`,
  })
  return html`<div class="card"><dl>${entries.map(
    ([name, value]) => html`<dt>${name}</dt><dd>${/command/i.test(name) ? html`<code>${value}</code>` : value}</dd>\n`,
  )}</dl></div>`
}

export function repeatSection({ path, job, provenance }: Archive): Content {
  const file = shellWord(basename(path))
  return html`<div class="card">
<p>The same job with the same seed gives the same numbers, bit by bit, on any number of threads.</p>
<pre><code>spinpool info ${file} --job &gt; job.yaml
spinpool run job.yaml</code></pre>
<p>Without the archive: save the job below as job.yaml. It was made with spinpool ${provenance.version ?? 'unknown'}, commit ${provenance.commit ?? 'unknown'}.</p>
<details><summary>The job, nothing left open</summary><pre><code>${JSON.stringify(job, null, 2)}</code></pre></details>
<details><summary>The command that made it</summary><pre><code>${provenance.command ?? 'unknown'}</code></pre></details>
</div>`
}

/** A name as a shell takes it. */
export function shellWord(name: string): string {
  // What begins with - would be a flag.
  const word = name.startsWith('-') ? `./${name}` : name
  return /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replace(/'/g, "'\\''")}'`
}
