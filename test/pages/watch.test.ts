// @module-tag slow

import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withArchive } from '../../src/archive/read.ts'
import { traceOf } from '../../src/archive/samples.ts'
import { createMemory } from '../../src/run/live.ts'
import { Accumulator, accumulatorFields } from '../../src/sampling/accumulator.ts'
import { State } from '../../src/sampling/memory.ts'
import { roundCount } from '../../src/sampling/spec.ts'
import { resolveJob } from '../../src/job/job.ts'
import { planJob } from '../../src/job/plan.ts'
import type { Kernels } from '../../src/engine/kernels.ts'
import { bytesOf, openFields } from '../../src/engine/memory/fields.ts'
import { Guard } from '../../src/view/watch/guard.ts'
import { WatchServer } from '../../src/view/watch/server.ts'
import { EventStream } from '../../src/view/watch/stream.ts'
import { chromiumPath, openChromium } from '../support/chromium.ts'
import { type Batched, expectNothingDone, spinpoolEach } from '../support/command.ts'
import { temporaryFolder } from '../support/folder.ts'
import { besides, braked, type Running, start, until } from '../support/processes.ts'
import { addressOf, ask, Listener, tokenOf } from '../support/watching.ts'

const folder = temporaryFolder()
let count = 0
const fresh = (): string => join(folder, `${count++}.h5`)

const small = ['--size=8', '--temperatures=2.0,2.3,2.6', '--copies=4', '--thermalization=20', '--seed=5', '--threads=1', '--quiet']
/** Some minutes, if nobody stops it. */
const long = ['run', ...small, '--sweeps=20000', '--tempering', '--watch']
const slowly = braked(5)

describe('who may look', () => {
  let running: Running
  let address: URL
  const path = fresh()

  beforeAll(async () => {
    running = start([...long, `--out=${path}`], slowly)
    address = await addressOf(running)
  })

  afterAll(async () => {
    running.child.kill('SIGTERM')
    await running.ended
  })

  const own = (): string => `127.0.0.1:${address.port}`
  const query = (): string => `?token=${address.searchParams.get('token')}`

  it('is told where, and nothing else with --quiet', () => {
    expect(running.said()).toMatch(/^watch it at http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{43}\n$/)
  })

  it('gets the page, which may load and reach nothing else', async () => {
    const { status, headers, body } = await ask(address, 'GET', `/${query()}`)
    expect(status).toBe(200)
    expect(headers['content-security-policy']).toMatch(
      /^default-src 'none'; img-src data:; style-src 'sha256-\S+'; script-src 'sha256-\S+ 'sha256-\S+; connect-src 'self'; .*frame-ancestors 'none'$/,
    )
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-frame-options': 'DENY',
    })
    expect(body).toMatch(/^<!doctype html>/)
    expect(body).not.toMatch(/(?:src|href)="(?!data:)/)
    expect(body).not.toContain(address.searchParams.get('token'))
  })

  type Asked = readonly [what: string, method: string, path: () => string, headers: () => Readonly<Record<string, string>>, status: number]
  const requests: readonly Asked[] = [
    ['no token', 'GET', () => '/', () => ({}), 403],
    ['another token of the same length', 'GET', () => `/?token=${'a'.repeat(43)}`, () => ({}), 403],
    ['a token that is too short', 'GET', () => '/events?token=a', () => ({}), 403],
    ['no token where there is nothing', 'GET', () => '/nothing', () => ({}), 403],
    ['the name of another host', 'GET', () => `/${query()}`, () => ({ Host: `evil.example:${address.port}` }), 403],
    ['another port in the name', 'GET', () => `/${query()}`, () => ({ Host: '127.0.0.1:1' }), 403],
    ['the name localhost', 'GET', () => `/${query()}`, () => ({ Host: `localhost:${address.port}` }), 200],
    ['a page of another site', 'GET', () => `/${query()}`, () => ({ Origin: 'http://evil.example' }), 403],
    ['a page without an origin', 'GET', () => `/${query()}`, () => ({ Origin: 'null' }), 403],
    ['a frame of another site', 'GET', () => `/${query()}`, () => ({ 'Sec-Fetch-Site': 'cross-site' }), 403],
    ['another port of this machine', 'GET', () => `/events${query()}`, () => ({ 'Sec-Fetch-Site': 'same-site' }), 403],
    ['the page itself', 'GET', () => `/${query()}`, () => ({ Origin: `http://${own()}`, 'Sec-Fetch-Site': 'same-origin' }), 200],
    ['a stop by GET', 'GET', () => `/stop${query()}`, () => ({}), 405],
    ['a stop with the token in the address alone, as a form sends it', 'POST', () => `/stop${query()}`, () => ({}), 403],
    ['a stop of another site', 'POST', () => '/stop', () => ({ ...tokenOf(address), Origin: 'http://evil.example' }), 403],
    ['the question whether another site may', 'OPTIONS', () => `/stop${query()}`, () => ({ Origin: 'http://evil.example' }), 403],
    ['a page by POST', 'POST', () => '/', () => tokenOf(address), 405],
    ['events by DELETE', 'DELETE', () => `/events${query()}`, () => ({}), 405],
    ['something that is not there', 'GET', () => `/nothing${query()}`, () => ({}), 404],
    ['a name that every object has', 'GET', () => `/constructor${query()}`, () => ({}), 404],
    ['a file beside it', 'GET', () => `/../package.json${query()}`, () => ({}), 404],
  ]
  it.each(requests)('%s: %s', async (_, method, wanted, headers, status) => {
    expect(await ask(address, method, wanted(), headers())).toMatchObject({ status })
    expect(running.child.exitCode).toBe(null)
  })

  it('has a checkpoint written, and the run goes on', async () => {
    const listener = await Listener.open(address)
    const { status } = await ask(address, 'POST', '/checkpoint', tokenOf(address))
    expect(status).toBe(202)
    const before = listener.named('state').length
    expect(await until(running, () => listener.named('state').length > before + 1)).toBe(true)
    listener.kill()
  })

  it('is one of four', async () => {
    const four = await Promise.all(Array.from({ length: 4 }, () => Listener.open(address)))
    expect(await ask(address, 'GET', `/events${query()}`)).toMatchObject({ status: 503 })
    for (const listener of four) listener.kill()
    await Promise.all(four.map(({ ended }) => ended))
  })
})

describe('all of a machine', () => {
  it('is reached by the names of this machine alone', () => {
    const guard = new Guard('0.0.0.0', 8080)
    const refusal = (host: string): string | undefined =>
      guard.refusal({ headers: { host } } as Parameters<Guard['refusal']>[0], guard.token)
    for (const host of ['127.0.0.1:8080', 'localhost:8080', 'LOCALHOST:8080']) expect(refusal(host)).toBe(undefined)
    for (const host of ['evil.example:8080', '0.0.0.0:8080', '127.0.0.1', '']) expect(refusal(host)).toMatch(/not that of the page/)
  })

  it('is warned of', async () => {
    const running = start(['run', '--size=4', '--temperatures=2', '--sweeps=200', '--watch', '--watch-host=0.0.0.0', `--out=${fresh()}`])
    expect((await running.ended).code).toBe(0)
    expect(running.said()).toMatch(/warning: --watch-host 0\.0\.0\.0: other machines reach this page/)
  })
})

describe('what is shown', () => {
  const o6 = [
    '--model=o6',
    '--size=6',
    '--temperatures=0.3,0.4',
    '--copies=4',
    '--thermalization=20',
    '--sweeps=150',
    '--seed=5',
    '--threads=1',
    '--quiet',
  ]
  it.concurrent.each([
    ['ising, two sizes, no tempering', [...small, '--size=8,10', '--sweeps=300'].filter((flag) => flag !== '--size=8'), undefined, 1],
    ['o6, tempering', [...o6, '--tempering'], 'temperature', 0],
    ['o6 along g', [...o6, '--along=g', '-p', 'g=0,0.2'], 'g', 1],
  ] as const)('of %s are in the end the numbers of the archive', async (_, flags, along, simulation) => {
    const path = fresh()
    const running = start(['run', ...flags, '--watch', `--out=${path}`], braked(8))
    const listener = await Listener.open(await addressOf(running), `&simulation=${simulation}&temperature=1&copy=1`)
    await listener.ended
    expect((await running.ended).code, running.said()).toBe(0)
    expect(listener.told.map(({ name }) => name).filter((name) => name !== 'state')).toEqual(['hello', 'done'])
    expect(listener.named('done')[0]?.data).toEqual({ status: 'complete', path })
    const states = listener.named('state').map(({ data }) => data) as unknown as readonly Shown[]
    expect(states.length).toBeGreaterThan(2)
    const hello = listener.named('hello')[0]?.data as unknown as Greeting
    const [first, last] = [states[0], states.at(-1)]
    expect(last?.progress.fraction).toBe(1)
    expect(first?.progress.fraction).toBeLessThan(1)
    expect(first?.sweeps.done).toBeLessThan(last?.sweeps.done ?? 0)
    await withArchive(path, ({ simulations }) => {
      const own = simulations.find(({ name }) => name === hello.simulations[simulation]?.name)
      const energy = own?.quantities.energy
      expect(last?.energy.samples).toEqual([...(own?.samples ?? [])])
      for (const [t, mean] of (last?.energy.mean ?? []).entries()) {
        expect(mean).toBeCloseTo(energy?.mean[t] as number, 11)
        expect((last?.energy.error[t] ?? 0) / (energy?.error[t] as number)).toBeCloseTo(1, 4)
        expect(last?.energy.rhat[t]).toBeCloseTo(energy?.rhat?.[t] as number, 4)
        expect(last?.energy.latest[t]?.every((value) => Number.isFinite(value))).toBe(true)
      }
      expect(hello.orders.map(({ name }) => name)).toEqual(flags[0] === '--model=o6' ? O6_ORDERS : ['abs_magnetization'])
      for (const [k, { name }] of hello.orders.entries()) {
        const [order, sent] = [own?.quantities[name], last?.orders[k]]
        for (const [t, mean] of (sent?.mean ?? []).entries()) {
          expect(mean).toBeCloseTo(order?.mean[t] as number, 11)
          expect((sent?.error[t] ?? 0) / (order?.error[t] as number)).toBeCloseTo(1, 4)
          expect(sent?.rhat[t]).toBeCloseTo(order?.rhat?.[t] as number, 4)
        }
      }
      // Temperature 1, copy 1, as was asked for.
      const trace = own && traceOf(own)
      expect(hello.series.map(({ name }) => name)).toEqual(['energy', ...(flags[0] === '--model=o6' ? O6_ORDERS : ['magnetization'])])
      for (const [k, { name }] of hello.series.entries()) {
        for (const [i, value] of (last?.series?.values[k] ?? []).entries()) {
          const row = trace?.sweep.indexOf(last?.series?.sweeps[i] as number) ?? -1
          expect(row, `sweep ${last?.series?.sweeps[i]}`).toBeGreaterThanOrEqual(0)
          expect(value).toBeCloseTo(trace?.of(name, 1, 1)[row] as number, 4)
        }
      }
      expect(last?.series?.sweeps.length).toBeGreaterThan(100)
      expect(last?.flow?.along).toBe(along)
      if (along === 'temperature') {
        const acceptance = last?.flow?.acceptance.slice(0, -1) ?? []
        for (const [k, share] of acceptance.entries()) expect(share).toBeCloseTo(own?.acceptance?.[k] as number, 11)
        const trips = Array.from(own?.read('tempering/round_trips').values ?? [])
        const points = last?.flow?.points ?? 0
        expect(last?.flow?.trips).toEqual(trips.slice(points, 2 * points))
      }
    })
    expect(last?.lattice).toMatchObject({ every: 1, components: flags[0] === '--model=o6' ? 6 : 1 })
    expect(last?.lattice?.data.length).toBeGreaterThan(8)
  })

  it('goes on to a simulation that is running when the one in view has finished, unless somebody chose that', async () => {
    // A run in which nobody works: what workers write into memory is written here.
    const plan = planJob(resolveJob({ model: 'ising', size: [4, 6, 8], temperatures: [2, 3], sweeps: 100, seed: 1 }))
    const { ladders } = createMemory(plan)
    const reach = (simulation: number, part: number): void => {
      for (const { spec, memory } of ladders) {
        if (spec.simulation === plan.simulations[simulation]?.name) memory.state[State.rounds] = part * roundCount(spec)
      }
    }
    const progress = () => ({
      fraction: 0,
      elapsedSeconds: 0,
      remainingSeconds: undefined,
      updatesPerNanosecond: 0,
      bundles: { done: 0, total: 1 },
    })
    const server = await WatchServer.open({ onStop: () => {}, onCheckpoint: () => {} })
    server.show({ plan, ladders, progress }, 'x.h5')
    const shownBy = (listener: Listener): Shown => listener.named('state').at(-1)?.data as unknown as Shown
    const address = new URL(server.url)
    reach(1, 0.5)
    const [following, chosen] = [await Listener.open(address), await Listener.open(address, '&simulation=0')]
    const inView = async (simulation: number): Promise<void> => {
      await expect.poll(() => shownBy(following)?.view, { timeout: 10_000 }).toMatchObject({ simulation, follows: true })
    }
    // The first that has begun, then one that has not, then one that has.
    await inView(1)
    reach(1, 1)
    await inView(0)
    reach(2, 0.25)
    reach(0, 1)
    await inView(2)
    expect(shownBy(following).simulations).toEqual({ done: 2, total: 3 })
    // Who chose one stays there although it has finished, and when all have finished there is nothing to go on to.
    reach(2, 1)
    await expect.poll(() => shownBy(chosen).simulations.done, { timeout: 10_000 }).toBe(3)
    await inView(2)
    expect(new Set(chosen.named('state').map(({ data }) => JSON.stringify(data.view)))).toEqual(
      new Set([JSON.stringify({ simulation: 0, follows: false, temperature: 1, copy: 0 })]),
    )
    await server.end({ status: 'complete' })
  })

  it('of sums that a worker is adding to is what it was, not half of both', () => {
    const fields = accumulatorFields('samples', 2, 3)
    const { at, view } = openFields(fields, new ArrayBuffer(bytesOf(fields)), 0)
    const accumulator = new Accumulator(at, view, 2, 3)
    const [sums, width] = [view.sums, 8]
    const kernels = {
      accumulate: () => {
        for (let i = 0; i < width; i++) sums[i] = (sums[i] as number) + (accumulator.sample[i] as number)
      },
    } as unknown as Kernels
    const out = new Float64Array(3)
    for (let n = 1; n <= 1000; n++) {
      for (let i = 0; i < width; i++) accumulator.sample[i] = i + n
      accumulator.add(kernels)
      expect(accumulator.readTotals(1, out)).toBe(n)
      for (let slot = 0; slot < 3; slot++) expect(out[slot]).toBeCloseTo(accumulator.total(1, slot), 6)
    }
    const header = new Float64Array(view.sums.buffer, at.header, 4)
    // Bins have been joined, and their length is not noted yet; then it is, and their number is not.
    const [samples, filled, inBin, length] = header as unknown as [number, number, number, number]
    header.set([samples, 2 * filled, inBin, length])
    expect(accumulator.readTotals(1, out)).toBe(undefined)
    header.set([samples, filled, inBin, 2 * length])
    expect(accumulator.readTotals(1, out)).toBe(undefined)
    header.set([samples, filled, inBin, length])
    expect(accumulator.readTotals(1, out)).toBe(1000)
  })
})

const O6_ORDERS = ['sc_order_squared', 'cdw_order_squared', 'nematic_order']

interface Greeting {
  readonly simulations: readonly { readonly name: string }[]
  readonly orders: readonly { readonly name: string }[]
  readonly series: readonly { readonly name: string }[]
}

interface Shown {
  readonly view: { readonly simulation: number; readonly follows: boolean }
  readonly simulations: { readonly done: number; readonly total: number }
  readonly orders: readonly { readonly mean: number[]; readonly error: number[]; readonly rhat: number[] }[]
  readonly series: { readonly sweeps: number[]; readonly values: number[][] } | undefined
  readonly progress: { readonly fraction: number }
  readonly sweeps: { readonly done: number }
  readonly energy: {
    readonly mean: number[]
    readonly error: number[]
    readonly samples: number[]
    readonly rhat: number[]
    readonly latest: number[][]
  }
  readonly flow: { readonly along: string; readonly points: number; readonly acceptance: number[]; readonly trips: number[] } | undefined
  readonly lattice: { readonly data: string } | undefined
}

describe('a stop', () => {
  it('writes a checkpoint, says so to who looks, and can be gone on from, whoever looks then', async () => {
    const path = fresh()
    const running = start(['run', ...small, '--sweeps=400', '--tempering', '--watch', `--out=${path}`], slowly)
    const address = await addressOf(running)
    const listener = await Listener.open(address)
    expect(await until(running, () => listener.named('state').length > 1)).toBe(true)
    expect(await ask(address, 'POST', '/stop', tokenOf(address))).toMatchObject({ status: 202 })
    expect((await running.ended).code).toBe(75)
    await listener.ended
    expect(listener.named('done')[0]?.data).toEqual({ status: 'interrupted', path, message: `go on with: spinpool resume ${path}` })
    expect(besides(path)).toEqual([])
    const again = start(['resume', path, '--watch', '--quiet'], slowly)
    const next = await addressOf(again)
    const rest = await Listener.open(next)
    // Neither who reads nothing nor who is gone holds it up, also at its end.
    const [deaf, killed] = [connect(Number(next.port), '127.0.0.1'), await Listener.open(next)]
    deaf.on('error', () => {})
    deaf.pause()
    deaf.write(`GET /events${next.search} HTTP/1.1\r\nHost: ${next.host}\r\n\r\n`)
    killed.kill()
    expect((await again.ended).code, again.said()).toBe(0)
    await rest.ended
    deaf.destroy()
    expect(rest.named('done')[0]?.data).toEqual({ status: 'complete', path })
    await withArchive(path, ({ simulations }) => expect([...(simulations[0]?.samples ?? [])]).toEqual([1600, 1600, 1600]))
  })
})

describe('a reader', () => {
  it('who reads nothing is sent no more than a bounded part of it, and is let go', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const deaf = connect((server.address() as AddressInfo).port, '127.0.0.1')
    deaf.on('error', () => {})
    deaf.pause()
    deaf.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    const [, response] = (await once(server, 'request')) as [unknown, ServerResponse]
    const stream = new EventStream(response, 50)
    const json = JSON.stringify('x'.repeat(100_000))
    let most = 0
    // Until it is let go; a hundred gigabytes would be sent before this gives up.
    for (let i = 0; i < 1_000_000 && !response.destroyed; i++) {
      stream.send('state', json)
      most = Math.max(most, response.writableLength)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(response.destroyed).toBe(true)
    expect(most).toBeGreaterThan(256 * 1024)
    expect(most).toBeLessThan(512 * 1024)
    deaf.destroy()
    server.close()
  })
})

describe('a command line that cannot be meant', () => {
  const job = ['run', '--size=8', '--temperatures=2', '--sweeps=10']
  const cases = [
    ['--watch-port without --watch', ['--watch-port=8080'], '--watch-port: there is no page without --watch; add it'],
    ['--watch-host without --watch', ['--watch-host=0.0.0.0'], '--watch-host: there is no page without --watch; add it'],
    ['port 0', ['--watch', '--watch-port=0'], "--watch-port: '0' is not possible; allowed: 1 to 65535"],
    ['a port beyond all', ['--watch', '--watch-port=65536'], "--watch-port: '65536' is not possible"],
    ['half a port', ['--watch', '--watch-port=80.5'], "--watch-port: '80.5' is not possible"],
    ['a word for a port', ['--watch', '--watch-port=http'], "--watch-port: 'http' is not possible"],
    ['no host', ['--watch', '--watch-host='], "--watch-host: '' is not possible"],
    ["another machine's host", ['--watch', '--watch-host=192.0.2.1'], "--watch-host: '192.0.2.1' is no address of this machine"],
  ] as const
  let outcomes: Batched[]
  const taken = createServer()

  beforeAll(async () => {
    taken.listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    outcomes = await spinpoolEach([
      ...cases.map(([, flags]) => [[...job, ...flags]] as const),
      [[...job, '--watch', `--watch-port=${port}`]],
    ])
    return () => taken.close()
  })

  it.each(cases.map(([what, , says], i) => [what, says, i] as const))('%s is refused', (_, says, i) => {
    expectNothingDone(outcomes[i], 2, [says])
  })

  it('a port that is in use is refused, and nothing is written', () => {
    const { port } = taken.address() as AddressInfo
    expectNothingDone(outcomes.at(-1), 2, [`--watch-port: ${port} is in use on 127.0.0.1; choose another, or none for a free one`])
  })
})

describe.skipIf(chromiumPath === undefined)('in a browser', () => {
  it('the page moves, draws the lattice, and stops the run by the keyboard', async () => {
    const path = fresh()
    const title = '<img src=x onerror="document.title=1"><b>&amp;'
    const running = start([...long, `--title=${title}`, `--out=${path}`], slowly)
    const address = await addressOf(running)
    const browser = await openChromium()
    try {
      const page = await browser.newPage()
      const [errors, asked]: [string[], string[]] = [[], []]
      page.on('console', (line) => line.type() === 'error' && errors.push(line.text()))
      page.on('pageerror', (error) => errors.push(String(error)))
      page.on('request', (request) => asked.push(request.url()))
      await page.goto(address.href)
      await page.waitForFunction(() => document.getElementById('status')?.textContent === 'running')
      expect(await page.textContent('#title')).toBe(title)
      expect(await page.$('#title *')).toBe(null)

      const textOf = (id: string) => page.textContent(id)
      await page.click('#numbers summary')
      await page.waitForSelector('#table tbody tr')
      const before = [await textOf('#percent'), await textOf('#table tbody')]
      await page.waitForFunction(
        ([percent, table]) =>
          document.querySelector('#percent')?.textContent !== percent && document.querySelector('#table tbody')?.textContent !== table,
        before,
      )
      // Errors come with the second bin.
      await page.waitForFunction(() => /2\.3[\d,]+\u2212[01]\.\d+\(\d+\)/.test(document.querySelector('#table tbody')?.textContent ?? ''))

      const drawn = () =>
        page.evaluate(() => {
          const canvas = document.querySelector('canvas#lattice') as HTMLCanvasElement
          const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] }
          return { side: canvas.width, colours: new Set(new Uint32Array(Uint8Array.from(data).buffer)).size, label: canvas.ariaLabel }
        })
      expect(await drawn()).toMatchObject({ side: 8, label: expect.stringMatching(/^lattice of 8 by 8 sites, \d+ % up$/) })
      // At the highest temperature both kinds of spins are there.
      await page.selectOption('#temperature', '2')
      await page.waitForFunction(() => /, [1-9]\d? % up$/.test(document.querySelector('canvas#lattice')?.ariaLabel ?? ''))
      expect((await drawn()).colours).toBe(2)
      expect(
        await page.$$eval('.chart canvas', (canvases) => canvases.map(({ parentElement }) => parentElement?.closest('.chart')?.id)),
      ).toEqual(['energy', 'order', 'rhat', 'energy-series', 'order-series', 'acceptance', 'flow'])
      expect(await page.textContent('#order-key')).toBe('|magnetization| per site')
      // One simulation alone cannot be moved on from.
      expect(await page.isVisible('#follow-label')).toBe(false)
      await page.setViewportSize({ width: 400, height: 800 })
      await page.waitForSelector('.scroll-box.sideways.more-right #table')
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(400)
      for (const name of ['Save checkpoint', 'Stop run']) expect(await page.getByRole('button', { name }).count(), name).toBe(1)

      await page.focus('#stop')
      await page.keyboard.press('Enter')
      // The harmless answer comes first.
      const question = page.getByRole('dialog', { name: 'Stop this run?' })
      expect(await question.getByRole('button').allInnerTexts()).toEqual(['Keep running', 'Stop run'])
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('no')
      for (const key of ['Escape', 'Enter']) {
        await page.keyboard.press(key)
        expect(await question.isVisible()).toBe(false)
        expect(await page.evaluate(() => document.activeElement?.id)).toBe('stop')
        await page.keyboard.press('Enter')
      }
      await page.keyboard.press('Tab')
      await page.keyboard.press('Enter')
      await page.waitForFunction(() => document.getElementById('status')?.textContent?.startsWith('interrupted'))
      expect(await textOf('#status')).toBe(`interrupted: ${path}; go on with: spinpool resume ${path}`)
      expect(await page.isDisabled('#stop')).toBe(true)
      expect((await running.ended).code).toBe(75)
      expect(errors).toEqual([])
      expect(asked.filter((url) => !url.startsWith(address.origin) && !url.startsWith('data:'))).toEqual([])
    } finally {
      await browser.close()
    }
  })
})
