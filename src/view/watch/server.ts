import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { LiveRun } from '../../run/live.ts'
import { MachineError, messageOf, UsageError } from '../../errors.ts'
import { type Ending, Feed, type View } from './feed.ts'
import { Guard, nameOf, TOKEN_HEADER } from './guard.ts'
import { openPage, type Page } from './page.ts'
import { EventStream } from './stream.ts'

/** Browsers that may look at once. */
const MOST_STREAMS = 4
const MOST_CONNECTIONS = 32
/** At least a second from event to event, and at least so many times what one took this thread. */
const EVERY_MILLISECONDS = 1000
const REST = 100
/** Milliseconds after which a reader who reads nothing is let go, and for the last event to arrive. */
const PATIENCE_MILLISECONDS = 30_000
const FAREWELL_MILLISECONDS = 500

export interface WatchOptions {
  /** Where to listen; default 127.0.0.1, which nobody reaches from another machine. */
  readonly host?: string | undefined
  /** 1 to 65535; default one that is free. */
  readonly port?: number | undefined
  /** Told when somebody presses stop. */
  readonly onStop: () => void
  /** Told when somebody wants a checkpoint. */
  readonly onCheckpoint: () => void
  /** Milliseconds after which a reader who reads nothing is let go; default half a minute. */
  readonly patience?: number | undefined
}

/**
 * A page that shows one run in a browser, and can stop it. Nothing is computed while nobody looks, the run waits for no
 * reader, and whoever has no token gets nothing.
 */
export class WatchServer {
  readonly #server: Server
  readonly #guard: Guard
  readonly #page: Page
  readonly #options: WatchOptions
  /** The address with its token. */
  readonly url: string
  readonly #streams = new Map<EventStream, View>()
  #feed: Feed | undefined
  #timer: NodeJS.Timeout | undefined

  private constructor(server: Server, page: Page, options: WatchOptions, host: string) {
    const { port } = server.address() as AddressInfo
    this.#server = server
    this.#page = page
    this.#options = options
    this.#guard = new Guard(host, port)
    this.url = `http://${nameOf(host)}:${port}/?token=${this.#guard.token}`
    server.on('request', (request, response) => this.#answer(request, response))
  }

  /** @throws UsageError where the port is taken or there is no such host, before anything else has begun */
  static async open(options: WatchOptions): Promise<WatchServer> {
    const { host = '127.0.0.1', port = 0 } = options
    const page = openPage()
    // Looked after every second: whoever never ends a request must not keep others out for long.
    const server = createServer({ headersTimeout: 5000, requestTimeout: 5000, connectionsCheckingInterval: 1000 })
    server.maxConnections = MOST_CONNECTIONS
    await new Promise<void>((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, host, port)))
      server.listen({ host, port }, resolve)
    })
    server.removeAllListeners('error')
    // A socket that breaks is no reason to end a run.
    server.on('error', () => {})
    return new WatchServer(server, page, options, host)
  }

  /** Shows this run from now on. @param path of its archive */
  show(run: LiveRun, path: string): void {
    this.#feed = new Feed(run, path)
  }

  /** Says how the run ended to who looks, with the last numbers, and closes. Call when no worker is left. */
  async end(ending: Ending): Promise<void> {
    clearTimeout(this.#timer)
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const [stream, view] of this.#streams) {
      if (this.#feed) stream.send('state', JSON.stringify(this.#feed.snapshot(view, true)))
      stream.end('done', JSON.stringify(ending))
    }
    this.#server.closeIdleConnections()
    // Not a moment longer for who does not take it.
    const late = setTimeout(() => this.#server.closeAllConnections(), FAREWELL_MILLISECONDS)
    await closed
    clearTimeout(late)
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    response.on('error', () => {})
    for (const [name, value] of Object.entries(this.#page.headers)) response.setHeader(name, value)
    // Only events stay; every other answer ends its connection.
    response.shouldKeepAlive = false
    // Nothing is read of what a request carries.
    request.resume()
    const path = `http://localhost${request.url ?? '/'}`
    if (!URL.canParse(path)) {
      say(response, 400, 'this is no address')
      return
    }
    const address = new URL(path)
    const { method } = request
    const fromHeader = [request.headers[TOKEN_HEADER]].flat()[0]
    const fromAddress = address.searchParams.get('token')
    // What does something takes the token from the header alone, which no link and no form can set.
    const refusal = this.#guard.refusal(request, method === 'POST' ? fromHeader : (fromHeader ?? fromAddress))
    if (refusal !== undefined) {
      say(response, 403, refusal)
      return
    }
    const routes: Readonly<Record<string, readonly [string, () => void]>> = {
      '/': ['GET', () => response.end(this.#page.html)],
      '/events': ['GET', () => this.#join(response, address.searchParams)],
      '/stop': ['POST', () => this.#act(response, this.#options.onStop)],
      '/checkpoint': ['POST', () => this.#act(response, this.#options.onCheckpoint)],
    }
    const route = Object.hasOwn(routes, address.pathname) ? routes[address.pathname] : undefined
    if (!route) {
      say(response, 404, 'there is nothing here')
      return
    }
    const [allowed, act] = route
    if (method !== allowed) {
      response.setHeader('Allow', allowed)
      say(response, 405, `allowed: ${allowed}`)
      return
    }
    if (allowed === 'GET') response.setHeader('Content-Type', 'text/html; charset=utf-8')
    act()
  }

  #act(response: ServerResponse, act: () => void): void {
    act()
    response.statusCode = 202
    response.end()
  }

  #join(response: ServerResponse, asked: URLSearchParams): void {
    const feed = this.#feed
    if (!feed) {
      say(response, 503, 'the run has not begun')
      return
    }
    if (this.#streams.size >= MOST_STREAMS) {
      say(response, 503, `${MOST_STREAMS} pages look already; close one`)
      return
    }
    const stream = new EventStream(response, this.#options.patience ?? PATIENCE_MILLISECONDS)
    const view = feed.view(asked)
    this.#streams.set(stream, view)
    response.on('close', () => {
      this.#streams.delete(stream)
      if (this.#streams.size === 0) {
        clearTimeout(this.#timer)
        this.#timer = undefined
        feed.forget()
      }
    })
    stream.send('hello', JSON.stringify(feed.hello(view)))
    stream.send('state', JSON.stringify(feed.snapshot(view)))
    this.#timer ??= setTimeout(() => this.#tick(feed), EVERY_MILLISECONDS)
  }

  /** Once for all who look at the same. */
  #tick(feed: Feed): void {
    const start = performance.now()
    const made = new Map<string, string>()
    for (const [stream, before] of this.#streams) {
      const view = feed.moved(before)
      this.#streams.set(stream, view)
      const key = JSON.stringify(view)
      const json = made.get(key) ?? JSON.stringify(feed.snapshot(view))
      made.set(key, json)
      stream.send('state', json)
    }
    const took = performance.now() - start
    this.#timer = this.#streams.size > 0 ? setTimeout(() => this.#tick(feed), Math.max(EVERY_MILLISECONDS, REST * took)) : undefined
  }
}

function say(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status
  response.setHeader('Content-Type', 'text/plain; charset=utf-8')
  response.end(`${text}\n`)
}

function explain({ code, message }: NodeJS.ErrnoException, host: string, port: number): Error {
  if (code === 'EADDRINUSE') return new UsageError(`--watch-port: ${port} is in use on ${host}; choose another, or none for a free one`)
  if (code === 'EACCES') return new UsageError(`--watch-port: ${port} may not be used by this user; choose one from 1024 on`)
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EINVAL') {
    return new UsageError(
      `--watch-host: '${host}' is no address of this machine; allowed: 127.0.0.1, 0.0.0.0 for all of them, or one of them`,
    )
  }
  return new MachineError(`the page cannot be shown on ${host}: ${messageOf(message)}`)
}
