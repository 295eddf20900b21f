import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { hostname, networkInterfaces } from 'node:os'

const LOOPBACK = ['127.0.0.1', 'localhost', '::1']
const EVERYWHERE = ['0.0.0.0', '::']
/** Carries the token of a request that does something, which no other site can make a browser send. */
export const TOKEN_HEADER = 'x-spinpool-token'

/** Whether only this machine reaches what listens there. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.includes(host) || /^127(?:\.\d{1,3}){3}$/.test(host)
}

/** What to write in an address for what listens there. */
export function nameOf(host: string): string {
  const name = EVERYWHERE.includes(host) ? hostname() : host
  return name.includes(':') ? `[${name}]` : name
}

/**
 * Who may see a run and stop it: whoever has the token, asks by a name of this machine, and is no other site in the same
 * browser. The name keeps out sites that point a name of their own at 127.0.0.1 (DNS rebinding).
 */
export class Guard {
  /** 32 random bytes, for addresses. */
  readonly token = randomBytes(32).toString('base64url')
  readonly #hosts: ReadonlySet<string>

  /** @param host that the server listens on, `127.0.0.1` or what was asked for */
  constructor(host: string, port: number) {
    const own = EVERYWHERE.includes(host)
      ? [
          hostname(),
          ...Object.values(networkInterfaces())
            .flat()
            .map((one) => one?.address ?? ''),
        ]
      : [host]
    const names = ['127.0.0.1', 'localhost', ...own].map((name) => (name.includes(':') ? `[${name}]` : name).toLowerCase())
    // Browsers leave the port of http out.
    this.#hosts = new Set(names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`])))
  }

  /**
   * @param token as the request carries it
   * @returns why the request is refused; undefined where it is not
   */
  refusal({ headers }: IncomingMessage, token: string | null | undefined): string | undefined {
    const host = headers.host?.toLowerCase() ?? ''
    if (!this.#hosts.has(host)) return 'this address is not that of the page'
    if (headers.origin !== undefined && headers.origin.toLowerCase() !== `http://${host}`) return 'not from another site'
    const site = headers['sec-fetch-site']
    if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'not from another site'
    return isSame(token ?? '', this.token) ? undefined : 'the token is missing or wrong; take the whole address that the run printed'
  }
}

/** Takes the same time whatever differs. */
function isSame(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(a), hash(b))
}
