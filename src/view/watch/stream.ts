import type { ServerResponse } from 'node:http'

/** Bytes that may wait for one reader; more than one event is not kept for who does not read. */
const MOST_WAITING = 256 * 1024

/** Server-sent events to one browser, which may be slow, asleep or dead: then events are left out, and nothing waits. */
export class EventStream {
  readonly #response: ServerResponse
  readonly #patience: number
  #stuckSince: number | undefined

  /** @param patience milliseconds after which a reader who reads nothing is let go */
  constructor(response: ServerResponse, patience: number) {
    this.#response = response
    this.#patience = patience
    response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-Accel-Buffering': 'no' })
    // How long a browser waits before it comes again.
    response.write('retry: 3000\n\n')
  }

  /** Sends an event, unless too much waits already. @param json on one line, as JSON.stringify makes it */
  send(name: string, json: string): void {
    if (this.#isStuck) return
    this.#response.write(`event: ${name}\ndata: ${json}\n\n`)
  }

  /** Sends the last event and ends. */
  end(name: string, json: string): void {
    if (this.#isStuck) this.#response.destroy()
    else this.#response.end(`event: ${name}\ndata: ${json}\n\n`)
  }

  get #isStuck(): boolean {
    if (this.#response.destroyed) return true
    if (this.#response.writableLength < MOST_WAITING) {
      this.#stuckSince = undefined
      return false
    }
    this.#stuckSince ??= performance.now()
    if (performance.now() - this.#stuckSince > this.#patience) this.#response.destroy()
    return true
  }
}
