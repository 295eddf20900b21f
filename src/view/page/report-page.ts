/**
 * The whole story of a job on one page, what matters most first: what was run and how far it came, the headline numbers,
 * figures, warnings, tables, where and by what it was made, and how to repeat it.
 */
import type { Archive, ArchivedSimulation } from '../../archive/read.ts'
import type { Chart, Figure } from '../figure/chart.ts'
import { selectionOf } from '../figure/archive/selection.ts'
import { chartData } from './chart-data.ts'
import { type ContentsEntry, pageDocument } from './document.ts'
import { figureAnchor, figureSection } from './figure-section.ts'
import { groupsOf } from './figure-groups.ts'
import { headlineSection } from './headline.ts'
import { type Content, html } from './html.ts'
import { madeSection, repeatSection, timingSection } from './making.ts'
import { observableTable, otherTable, samplingTable } from './observable-table.ts'
import { jobSection, statusLine, summaryParagraph, warningLine } from './overview.ts'

interface Section {
  readonly id: string
  readonly name: string
  readonly content: Content
  readonly parts?: readonly ContentsEntry[]
}

/**
 * The page as one HTML text: it works from a file, loads nothing, and escapes whatever the archive and the figures say.
 *
 * @param figures in the order in which they are to be shown; what belongs together is put together
 * @throws FileError where the archive is damaged
 * @throws Error where the build of the page's script is missing
 */
export function reportPage(archive: Archive, figures: readonly Figure[]): string {
  const { simulations } = archive
  const sections: readonly Section[] = [
    { id: 'results', name: 'Results', content: headlineSection(archive, simulations.length > 0 ? selectionOf(archive, {}) : undefined) },
    ...groupsOf(figures).map((group) => ({
      id: `figures-${group.id}`,
      name: group.name,
      content: html`<div class="figures">${group.figures.map((figure) => figureSection(figure, 3))}</div>`,
      parts: group.figures.map((figure) => ({ id: figureAnchor(figure), name: figure.title })),
    })),
    { id: 'warnings', name: 'Warnings', content: warningsSection(simulations) },
    {
      id: 'observables',
      name: 'Tables',
      content: simulations.map(simulationSection),
      parts: simulations.map(({ name }) => ({ id: `simulation-${name}`, name })),
    },
    { id: 'job', name: 'The job', content: jobSection(archive) },
    { id: 'timing', name: 'Timing', content: timingSection(archive, simulations) },
    { id: 'provenance', name: 'Provenance', content: madeSection(archive) },
    { id: 'repeat', name: 'How to repeat it', content: repeatSection(archive) },
  ]
  return pageDocument({
    title: archive.title,
    header: html`${statusLine(archive)}${summaryParagraph(archive)}${warningLine(archive)}`,
    contents: sections,
    main: sections.map(
      ({ id, name, content }) =>
        html`<section id="${id}" aria-labelledby="${id}-heading"><h2 id="${id}-heading">${name}</h2>\n${content}</section>\n`,
    ),
    charts: figures.filter((figure): figure is Chart => figure.kind === 'chart').map(chartData),
  })
}

function warningsSection(simulations: readonly ArchivedSimulation[]): Content {
  const all = simulations.flatMap(({ name, warnings }) => warnings.map((warning) => ({ name, warning })))
  if (all.length === 0) return html`<p class="notice good">No warnings.</p>`
  return html`<div class="notice" role="note"><ul>${all.map(({ name, warning }) => html`<li><strong>${name}</strong>: ${warning}</li>`)}</ul></div>`
}

function simulationSection(simulation: ArchivedSimulation): Content {
  const other = otherTable(simulation)
  const sampling = samplingTable(simulation)
  return html`<div class="card" id="simulation-${simulation.name}"><h3>${simulation.name}</h3>
${observableTable(simulation)}
${other === undefined ? undefined : html`<details><summary>Other quantities</summary>${other}</details>`}
${sampling === undefined ? undefined : html`<details><summary>Autocorrelation and copies</summary>${sampling}</details>`}
</div>
`
}
