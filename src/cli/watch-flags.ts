import type { Options } from 'yargs'
import type { Started } from '../run/session.ts'
import type { LiveRun } from '../run/live.ts'
import { UsageError } from '../errors.ts'
import { shown } from '../text/suggestion.ts'
import type { Ending } from '../view/watch/feed.ts'
import type { Signals } from './signals.ts'
import type { Terminal } from './terminal.ts'
import type { Flags } from './verb.ts'

// --watch: a page in the browser that shows a run, and can stop it.

export const watchOptions: Readonly<Record<string, Options>> = {
  watch: { type: 'boolean', describe: 'Show the run on a page in the browser, at the address that is printed' },
  'watch-port': { type: 'string', requiresArg: true, describe: 'Port of that page [default: a free one]' },
  'watch-host': { type: 'string', requiresArg: true, describe: 'Who may reach it: 0.0.0.0 for other machines too [default: 127.0.0.1]' },
}

/** Where the page is to be; undefined where none is asked for. @throws UsageError */
export function readWatch({ watch, watchPort, watchHost }: Flags): { readonly port?: number; readonly host?: string } | undefined {
  if (watch !== true) {
    for (const [name, value] of Object.entries({ port: watchPort, host: watchHost })) {
      if (value !== undefined) throw new UsageError(`--watch-${name}: there is no page without --watch; add it`)
    }
    return undefined
  }
  if (watchHost === '') throw new UsageError(`--watch-host: ${shown('')} is not possible; allowed: an address of this machine, or 0.0.0.0`)
  const host = watchHost === undefined ? {} : { host: String(watchHost) }
  if (watchPort === undefined) return host
  const text = String(watchPort)
  const port = Number(text)
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
    throw new UsageError(`--watch-port: ${shown(text)} is not possible; allowed: 1 to 65535`)
  }
  return { ...host, port }
}

/** The page of a run. */
export interface WatchPage {
  /** Says where it is. */
  announce(started: Started): void
  show(run: LiveRun): void
  end(ending: Ending): Promise<void>
}

/** Opens the page that flags ask for; undefined where they ask for none. @throws UsageError, also where the port is in use */
export async function openWatchPage(flags: Flags, terminal: Terminal, signals: Signals): Promise<WatchPage | undefined> {
  const asked = readWatch(flags)
  if (!asked) return undefined
  const [{ WatchServer }, { isLoopback }] = await Promise.all([import('../view/watch/server.ts'), import('../view/watch/guard.ts')])
  const server = await WatchServer.open({
    ...asked,
    onStop: () => signals.stop('the page'),
    onCheckpoint: () => signals.save('the page'),
  })
  let path = ''
  return {
    announce: (started) => {
      path = started.path
      if (asked.host !== undefined && !isLoopback(asked.host)) {
        terminal.warn(
          `--watch-host ${asked.host}: other machines reach this page; whoever has its address sees the run and can stop it, and nothing is encrypted`,
        )
      }
      terminal.address(`watch it at ${server.url}`)
    },
    show: (run) => server.show(run, path),
    end: (ending) => server.end(ending),
  }
}
