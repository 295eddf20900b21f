// What the page of a run does: it listens to its server, shows what comes, and sends what buttons say. Everything that comes
// from the job becomes text of an element, never markup.
import type { Ending, Hello, Snapshot } from '../feed.ts'
import { repaintCharts, resizeCharts } from './chart.ts'
import { at, buttonAt, selectAt } from './elements.ts'
import { showEnergy } from './energy.ts'
import { showFacts, showHello, showTable } from './facts.ts'
import { showFlow } from './flow.ts'
import { showLattice } from './lattice.ts'

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
  showEnergy(snapshot, told)
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
  ask(false)
  if (last && hello) showFacts(last, hello.title, ended)
}

async function send(path: 'stop' | 'checkpoint'): Promise<boolean> {
  try {
    return (await fetch(`/${path}`, { method: 'POST', headers: { [tokenHeader]: token } })).ok
  } catch {
    return false
  }
}

/** Shows the question in place of the button, or the button. */
function ask(sure: boolean): void {
  at('sure').hidden = !sure
  buttonAt('stop').hidden = sure
}

buttonAt('stop').addEventListener('click', () => {
  ask(true)
  buttonAt('yes').focus()
})
buttonAt('no').addEventListener('click', () => {
  ask(false)
  buttonAt('stop').focus()
})
at('sure').addEventListener('keydown', ({ key }) => {
  if (key === 'Escape') buttonAt('no').click()
})
buttonAt('yes').addEventListener('click', async () => {
  ask(false)
  buttonAt('stop').disabled = true
  sayState('stopping', 'stopping: finishing the round and writing a checkpoint')
  if (!(await send('stop')) && !ended) {
    buttonAt('stop').disabled = false
    sayState('lost', 'the run did not hear the stop; try again')
  }
})
buttonAt('checkpoint').addEventListener('click', async () => {
  const heard = await send('checkpoint')
  if (!ended) sayState('running', heard ? 'running; a checkpoint is being written' : 'running; the checkpoint was not heard, try again')
})
// The numbers of a run that has ended come no more.
at('numbers').addEventListener('toggle', () => {
  if (last && hello) showTable(last, hello)
})
for (const id of CHOICES) selectAt(id).addEventListener('change', open)
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaintCharts)
addEventListener('resize', resizeCharts)
open()
