// What the page of a run does: it listens to its server, shows what comes, and sends what buttons say. Everything that comes
// from the job becomes text of an element, never markup.
import type { Ending, Hello, Snapshot } from '../feed.ts'
import { repaintCharts, resizeCharts } from './chart.ts'
import { watchScroll } from '../../page/browser/scroll.ts'
import { showAverages } from './averages.ts'
import { at, buttonAt, element, selectAt } from './elements.ts'
import { showFacts, showHello, showTable } from './facts.ts'
import { showFlow } from './flow.ts'
import { showLattice } from './lattice.ts'
import { showSeries } from './series.ts'

type State = 'waiting' | 'running' | 'stopping' | 'complete' | 'interrupted' | 'failed' | 'lost'

const CHOICES = ['simulation', 'temperature', 'copy'] as const
/** Milliseconds until a browser that has given up asks again. */
const AGAIN = 5000

const query = new URLSearchParams(location.search)
const token = query.get('token') ?? ''
const tokenHeader = document.querySelector('meta[name=token-header]')?.getAttribute('content') ?? ''
let source: EventSource | undefined
let again: ReturnType<typeof setTimeout> | undefined
let hello: Hello | undefined
let last: Snapshot | undefined
let ended = false

/** Said aloud by screen readers, so only when something changes. */
function sayState(state: State, text: string): void {
  const line = at('status')
  line.dataset.state = state
  if (line.textContent !== text) line.textContent = text
}

function show(snapshot: Snapshot, told: Hello): void {
  last = snapshot
  showFacts(snapshot, told.title, ended)
  showLattice(snapshot.lattice, told.simulations[snapshot.view.simulation]?.size ?? 0)
  // The view moves on by itself when a simulation has finished.
  selectAt('simulation').value = String(snapshot.view.simulation)
  showAverages(snapshot, told)
  showSeries(snapshot, told)
  showFlow(snapshot)
  showTable(snapshot, told)
}

function open(): void {
  source?.close()
  clearTimeout(again)
  for (const name of CHOICES) {
    const { value } = selectAt(name)
    if (value !== '') query.set(name, value)
  }
  if (hello && element('follow', HTMLInputElement).checked) query.delete('simulation')
  // A reload shows the same.
  history.replaceState(null, '', `?${query}`)
  source = new EventSource(`/events?${query}`)
  source.addEventListener('hello', ({ data }) => {
    const told: Hello = JSON.parse(data)
    hello = told
    showHello(told)
    if (at('status').dataset.state !== 'stopping') sayState('running', 'running')
  })
  source.addEventListener('state', ({ data }) => {
    if (hello) show(JSON.parse(data), hello)
  })
  source.addEventListener('done', ({ data }) => end(JSON.parse(data)))
  source.onerror = () => {
    if (ended) return
    sayState('lost', 'no connection: the run has ended, its machine is busy, or too many pages look at it; trying again')
    // Browsers come again by themselves after a connection that broke, and not after one that was refused.
    if (source?.readyState === EventSource.CLOSED) again = setTimeout(open, AGAIN)
  }
}

function end({ status, path, message }: Ending): void {
  ended = true
  source?.close()
  const text = status === 'failed' ? 'failed' : `${status}: ${path}`
  sayState(status, message === undefined ? text : `${text}; ${message}`)
  for (const id of ['stop', 'checkpoint', 'yes']) buttonAt(id).disabled = true
  for (const id of CHOICES) selectAt(id).disabled = true
  element('follow', HTMLInputElement).disabled = true
  question.close()
  if (last && hello) showFacts(last, hello.title, ended)
}

async function send(path: 'stop' | 'checkpoint'): Promise<boolean> {
  try {
    return (await fetch(`/${path}`, { method: 'POST', headers: { [tokenHeader]: token } })).ok
  } catch {
    return false
  }
}

// The browser itself closes it by Escape, and gives the focus back to the button that opened it.
const question = element('sure', HTMLDialogElement)
buttonAt('stop').addEventListener('click', () => question.showModal())
buttonAt('no').addEventListener('click', () => question.close())
buttonAt('yes').addEventListener('click', async () => {
  question.close()
  buttonAt('stop').disabled = true
  sayState('stopping', 'stopping: finishing the round and saving a checkpoint')
  if (!(await send('stop')) && !ended) {
    buttonAt('stop').disabled = false
    sayState('lost', 'the run did not hear the request to stop; try again')
  }
})
buttonAt('checkpoint').addEventListener('click', async () => {
  const heard = await send('checkpoint')
  if (!ended)
    sayState('running', heard ? 'running; saving a checkpoint' : 'running; the run did not hear the request for a checkpoint, try again')
})
// The numbers of a run that has ended come no more.
at('numbers').addEventListener('toggle', () => {
  if (last && hello) showTable(last, hello)
})
selectAt('simulation').addEventListener('change', () => {
  element('follow', HTMLInputElement).checked = false
})
for (const id of CHOICES) selectAt(id).addEventListener('change', open)
at('follow').addEventListener('change', open)
for (const box of document.querySelectorAll('.scroll-box')) watchScroll(box)
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaintCharts)
addEventListener('resize', resizeCharts)
open()
