import { get, type IncomingMessage, request } from 'node:http'
import { type Running, until } from './processes.ts'

// Who looks at a run under way, without a browser.

/** The address that a run has printed. */
export async function addressOf(running: Running): Promise<URL> {
  const find = (): string | undefined => /watch it at (\S+)\n/.exec(running.said())?.[1]
  if (!(await until(running, () => find() !== undefined))) throw new Error(`no address: ${running.said()}`)
  return new URL(find() ?? '')
}

export interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** @param path with its query; headers of the same name replace those that belong to the address */
export function ask(address: URL, method: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = address
    const asked = request({ hostname, port, method, path, headers }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text
      })
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, body }))
    })
    asked.on('error', reject)
    asked.end()
  })
}

/** The token as a request carries it that does something. */
export function tokenOf(address: URL): Readonly<Record<string, string>> {
  return { 'X-Spinpool-Token': address.searchParams.get('token') ?? '' }
}

export interface Told {
  readonly name: string
  readonly data: Record<string, unknown>
}

/** Events as they come. */
export class Listener {
  readonly told: Told[] = []
  readonly ended: Promise<void>
  readonly #response: IncomingMessage

  private constructor(response: IncomingMessage) {
    this.#response = response
    let text = ''
    response.setEncoding('utf8').on('data', (part: string) => {
      const events = `${text}${part}`.split('\n\n')
      text = events.pop() ?? ''
      for (const event of events) {
        const match = /^event: (\w+)\ndata: (.*)$/.exec(event)
        if (match) this.told.push({ name: match[1] ?? '', data: JSON.parse(match[2] ?? '') })
      }
    })
    this.ended = new Promise((resolve) => {
      response.on('close', resolve)
      response.on('error', () => resolve())
    })
  }

  static async open(address: URL, query = ''): Promise<Listener> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      get(`${address.origin}/events${address.search}${query}`, resolve).on('error', reject)
    })
    if (response.statusCode !== 200) throw new Error(`events: ${response.statusCode}`)
    return new Listener(response)
  }

  named(name: string): readonly Told[] {
    return this.told.filter((event) => event.name === name)
  }

  /** Goes away without a word. */
  kill(): void {
    this.#response.socket.destroy()
  }
}
