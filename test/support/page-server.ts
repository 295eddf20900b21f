import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'

// Serves the build to a page as any web server would, to this machine only.

const root = new URL('../../', import.meta.url)
const FOLDERS = /^\/(?:dist|node_modules|test\/support\/workers)\/(?!.*\.\.)/
const TYPES: Readonly<Record<string, string>> = { js: 'text/javascript', mjs: 'text/javascript', wasm: 'application/wasm' }

/** Where a browser finds what the build imports by name. An import map would say it, but workers do not heed those. */
export const PACKAGES: Readonly<Record<string, string>> = {
  '@noble/hashes/sha2.js': '/node_modules/@noble/hashes/sha2.js',
  'fastest-levenshtein': '/node_modules/fastest-levenshtein/esm/mod.js',
  jsep: '/node_modules/jsep/dist/jsep.js',
  zod: '/node_modules/zod/index.js',
}

export interface PageServer {
  readonly url: string
  /** What was posted since this was last called, in order. */
  take(): Uint8Array<ArrayBuffer>[]
  close(): Promise<unknown>
}

export async function openPageServer(): Promise<PageServer> {
  let posted: Uint8Array<ArrayBuffer>[] = []
  const server = createServer((request, response) => {
    const answer = request.method === 'POST' ? receive(request).then((body) => void posted.push(body)) : send(request.url ?? '', response)
    answer.then(
      () => response.end(),
      (error) => response.writeHead(404).end(String(error)),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    take: () => {
      const all = posted
      posted = []
      return all
    },
    close: () => closed(server),
  }
}

async function send(path: string, response: ServerResponse): Promise<void> {
  if (!FOLDERS.test(path)) {
    response.writeHead(path === '/' ? 200 : 404, { 'Content-Type': 'text/html' })
    return
  }
  const file = await readFile(fileURLToPath(new URL(`.${path}`, root)))
  response.writeHead(200, { 'Content-Type': TYPES[/\w+$/.exec(path)?.[0] ?? ''] ?? 'text/plain' })
  const named = (whole: string, name: string): string => (PACKAGES[name] ? `from '${PACKAGES[name]}'` : whole)
  response.write(path.startsWith('/dist/src/') ? file.toString().replaceAll(/\bfrom '([^']+)'/g, named) : file)
}

async function receive(request: IncomingMessage): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part)
  return new Uint8Array(Buffer.concat(parts))
}

function closed(server: Server): Promise<unknown> {
  return new Promise((resolve) => {
    server.close(resolve)
    server.closeAllConnections()
  })
}
