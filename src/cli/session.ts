import { withArchive } from '../archive/read.ts'
import type { ResumeResult } from '../run/resume.ts'
import type { RunResult, SessionSettings, Started } from '../run/session.ts'
import { EXIT, messageOf } from '../errors.ts'
import type { Job } from '../job/types.ts'
import { bundleCount, copiesForThreads } from '../job/plan.ts'
import { shardName } from '../job/shard.ts'
import { counted, formatSeconds } from '../text/number.ts'
import { summaryJson } from '../view/report/summary.ts'
import type { Ending } from '../view/watch/feed.ts'
import { printTables, printWarnings } from './summary.ts'
import { hearSignals } from './signals.ts'
import type { Terminal } from './terminal.ts'
import type { Flags } from './verb.ts'
import { openWatchPage, type WatchPage } from './watch-flags.ts'

// What `run` and `resume` show of a run, and what signals, and the page of --watch, do to it.

/**
 * Runs something with progress on stderr, ends it by a checkpoint on SIGINT and SIGTERM, writes one and goes on on SIGUSR1 and
 * SIGUSR2, and shows what came out.
 *
 * @returns the exit code
 */
export async function showRun(
  terminal: Terminal,
  flags: Flags,
  start: (settings: SessionSettings) => Promise<RunResult & Partial<ResumeResult>>,
): Promise<number> {
  const signals = hearSignals(terminal, 'finishing the round')
  let page: WatchPage | undefined
  let ending: Ending = { status: 'failed' }
  try {
    page = await openWatchPage(flags, terminal, signals)
    const result = await start({
      force: flags.force === true,
      command: `spinpool ${process.argv.slice(2).join(' ')}`,
      signal: signals.signal,
      // The limit is on the whole process.
      since: 0,
      onProgress: (progress) => terminal.progress(progress),
      onWarning: (warning) => terminal.warn(warning),
      onStart: (begun) => {
        signals.checkpoint = begun.checkpoint
        announce(begun, terminal)
        page?.announce(begun)
      },
      onLive: page && ((run) => page?.show(run)),
    })
    ending = endingOf(result)
    await report(result.path, terminal, flags)
    terminal.info(
      result.nothingToDo ? `${result.path} is complete; raise --sweeps to go on` : `done in ${formatSeconds(result.elapsedSeconds)}`,
    )
    if (result.status === 'complete') return EXIT.done
    const measured = result.simulations.some(({ samples }) => samples.some((count) => count > 0))
    const why = result.stoppedBy === 'time limit' ? 'stopped for the time limit' : 'stopped early'
    const so = measured ? '' : ', still thermalizing: nothing was measured yet'
    terminal.warn(`${why}${so}; ${result.path} has status interrupted; go on with: spinpool resume ${result.path}`)
    return EXIT.interrupted
  } catch (error) {
    if (ending.status === 'failed') ending = { status: 'failed', message: messageOf(error) }
    throw error
  } finally {
    await page?.end(ending)
    signals.release()
    terminal.clear()
  }
}

function endingOf({ status, path }: RunResult): Ending {
  return status === 'complete' ? { status, path } : { status, path, message: `go on with: spinpool resume ${path}` }
}

function announce({ plan, path, threads }: Started, terminal: Terminal): void {
  const { job, simulations, shard } = plan
  const bundles = bundleCount(plan)
  const replicas = plan.ladders.reduce((sum, { slots }) => sum + slots.length, 0)
  terminal.info(
    `${job.title}${shard ? `, part ${shardName(shard)}` : ''}: ${simulations.map((simulation) => simulation.name).join(', ')}; ${gridOf(job)} = ${counted(replicas, 'replica')} in ${counted(bundles, 'bundle')} on ${counted(Math.min(threads, bundles), 'thread')}`,
  )
  terminal.info(`writing ${path}`)
  const copies = shard ? undefined : copiesForThreads(plan, threads)
  if (copies !== undefined) {
    terminal.info(`${counted(bundles, 'bundle')} cannot keep ${threads} threads busy; --copies ${copies} would`)
  }
}

/** `24 temperatures x 5 copies` */
export function gridOf({ temperatures, copies }: Job): string {
  return `${counted(temperatures.length, 'temperature')} x ${counted(copies, 'copy', 'copies')}`
}

async function report(path: string, terminal: Terminal, flags: Flags): Promise<void> {
  terminal.clear()
  await withArchive(path, (archive) => {
    if (flags.json === true) {
      terminal.print(JSON.stringify({ path, ...summaryJson(archive) }))
    } else {
      printTables(archive, terminal)
      terminal.print(`\n${path}`)
    }
    printWarnings(archive, terminal)
  })
}
