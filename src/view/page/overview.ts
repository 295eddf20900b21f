// What was run, and how far it came.
import { basename } from 'node:path'
import type { Archive } from '../../archive/read.ts'
import type { Description } from '../../model/description.ts'
import { counted, formatSeconds } from '../../text/number.ts'
import { type Content, html } from './html.ts'
import { formatTemperature } from '../../text/rounded.ts'
import { shellWord } from './making.ts'

/** Below the title: the state, and what it means where it is not complete. */
export function statusLine(archive: Archive): Content {
  const { status, provenance, shard, path } = archive
  const seconds = Number(provenance.elapsedSeconds)
  const saved = provenance.savedAt === undefined ? undefined : dateText(String(provenance.savedAt))
  const about = [
    ...(shard === undefined ? [] : [`part ${shard} of its job`]),
    ...(Number.isFinite(seconds) ? [`${formatSeconds(seconds)} of computing`] : []),
    ...(saved === undefined ? [] : [`saved ${saved}`]),
    basename(path),
  ]
  return html`<p><span class="badge${status === 'complete' ? '' : ' open'}">${status}</span> <span class="quiet">${about.join(' · ')}</span></p>
${status === 'complete' ? undefined : unfinished(archive)}`
}

function unfinished({ status, simulations, path }: Archive): Content {
  const done = simulations.reduce((sum, { sweepsDone, description }) => sum + sweepsDone * description.lattice.sites, 0)
  const total = simulations.reduce((sum, { sweepsTotal, description }) => sum + sweepsTotal * description.lattice.sites, 0)
  const percent = total > 0 ? Math.floor((100 * done) / total) : 0
  const command = html`<code>spinpool resume ${shellWord(basename(path))}</code>`
  return status === 'running'
    ? html`<p class="notice" role="note"><strong>The run was still going on when this page was made:</strong> ${percent} % of it is here, as of the last checkpoint. If nothing runs any more, go on with ${command}.</p>`
    : html`<p class="notice" role="note"><strong>The run was interrupted:</strong> ${percent} % of it is here. Go on with ${command}.</p>`
}

/** What was run, in one paragraph. */
export function summaryParagraph({ job, simulations }: Archive): Content {
  const model = simulations[0]?.description
  const temperatures = rangeText('T', job.temperatures)
  const parameters = Object.entries(job.parameters).map(([name, value]) => rangeText(name, [value].flat()))
  const copies = job.copies === 1 ? '' : `, in ${job.copies} independent copies`
  const exchange =
    typeof job.tempering === 'object' ? `, exchanging ${job.tempering.along}` : job.tempering ? ', exchanging temperatures' : ''
  return html`<p>${model?.title ?? job.model} with ${parameters.join(', ')} on ${model ? `${model.lattice.boundary} ` : ''}lattices of <i>L</i> = ${job.size.join(', ')}, at ${temperatures}: ${grouped(job.sweeps)} sweeps of every replica after ${grouped(job.thermalization)} of thermalization${copies}${exchange}. Update: ${updateText(job)}; seed ${job.seed}.</p>`
}

/** `T = 2`, `g = 0, 0.1`, `13 values of T from 2 to 2.6`. */
function rangeText(name: string, values: readonly number[]): string {
  const texts = values.map(formatTemperature)
  return texts.length > 4 ? `${texts.length} values of ${name} from ${texts[0]} to ${texts.at(-1)}` : `${name} = ${texts.join(', ')}`
}

/** How much of a warning stands at the top of a page, and of how many kinds. */
const [MOST_LETTERS, MOST_KINDS] = [120, 4]

/** That there are warnings, what the first are about, and where to read them; nothing if there are none. */
export function warningLine({ simulations }: Archive): Content {
  const warnings = simulations.flatMap((one) => one.warnings)
  if (warnings.length === 0) return undefined
  // Those that differ in their numbers alone are of one kind.
  const kindOf = (warning: string): string => shortened(warning).replace(/[\d.]+/g, '#')
  const kinds = new Map([...warnings].reverse().map((warning) => [kindOf(warning), warning]))
  const said = [...kinds.values()].reverse().slice(0, MOST_KINDS).map(shortened)
  return html`<p class="notice" role="note"><a href="#warnings"><strong>${counted(warnings.length, 'warning')}</strong></a>: ${said.join('; ')}${kinds.size > MOST_KINDS ? '; and more' : ''}.</p>`
}

/** Up to where a warning begins to explain itself, or says of which quantity it speaks. */
function shortened(warning: string): string {
  const [first = ''] = warning.split(/: |; | \([^()]* at T/)
  return first.length > MOST_LETTERS ? `${first.slice(0, MOST_LETTERS).replace(/\s+\S*$/, '')}\u2026` : first
}

export function jobSection({ job, simulations }: Archive): Content {
  const model = simulations[0]?.description
  const temperatures = job.temperatures.map(formatTemperature)
  const [first, last] = [temperatures[0] ?? '-', temperatures.at(-1) ?? '-']
  const snapshots = job.snapshots > 0 ? `${counted(job.snapshots, 'configuration')} at each temperature` : undefined
  const rows: readonly (readonly [string, Content])[] = [
    ['model', model ? `${model.title} (${job.model})` : job.model],
    ['parameters', parameterList(job.parameters, model)],
    ['sizes', `L = ${job.size.join(', ')}${model ? `, ${model.lattice.boundary}` : ''}`],
    [
      'temperatures',
      temperatures.length > 4
        ? html`<details><summary>${temperatures.length} from ${first} to ${last}</summary>${temperatures.join(', ')}</details>`
        : temperatures.join(', '),
    ],
    ['sweeps', `${grouped(job.sweeps)} of every replica after ${grouped(job.thermalization)} of thermalization`],
    ['measured', job.measureEvery === 1 ? 'every sweep' : `every ${grouped(job.measureEvery)} sweeps`],
    ['update', updateText(job)],
    [
      'tempering',
      typeof job.tempering === 'object'
        ? `replicas exchange ${job.tempering.along}`
        : job.tempering
          ? 'replicas exchange temperatures'
          : 'no',
    ],
    ['copies', job.copies === 1 ? '1' : `${job.copies} of the whole grid, independent of each other`],
    ['seed', job.seed],
    ['kept', [...(job.series ? ['every sample'] : []), ...(snapshots ? [snapshots] : [])].join(', ') || 'means of bins'],
  ]
  return html`<div class="card"><dl>${rows.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>\n`)}</dl></div>`
}

function parameterList(parameters: Archive['job']['parameters'], model: Description | undefined): Content {
  return Object.entries(parameters).map(([name, value], i) => {
    const describe = model?.parameters.find((parameter) => parameter.name === name)?.describe
    const text = `${name} = ${[value].flat().join(', ')}`
    return html`${i > 0 ? html`<br>` : undefined}${text}${describe === undefined ? undefined : html` <span class="quiet">${describe}</span>`}`
  })
}

function updateText({ update, overrelax, cluster, reflections }: Archive['job']): string {
  return [
    update,
    ...(overrelax ? [`${counted(overrelax, 'sweep')} of over-relaxation after each`] : []),
    ...(cluster ? [`${counted(cluster, 'cluster update')} after each (${(reflections ?? []).join(', ')})`] : []),
  ].join(', ')
}

/** `2026-11-23 04:42 UTC` */
function dateText(iso: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(iso) ? `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC` : iso
}

/** `100 000`, with spaces that do not break. */
function grouped(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, '\u202f')
}
