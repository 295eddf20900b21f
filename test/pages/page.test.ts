// @module-tag slow

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Archive, type ArchivedSimulation, openArchive } from '../../src/archive/read.ts'
import { run } from '../../src/run/run.ts'
import { type Family, familiesOf } from '../../src/view/figure/archive/analysis.ts'
import { selectionOf } from '../../src/view/figure/archive/selection.ts'
import type { Chart } from '../../src/view/figure/chart.ts'
import { resolveJob } from '../../src/job/job.ts'
import { sequenceOf } from '../../src/view/figure/sequence.ts'
import { figurePage, reportPage } from '../../src/view/page/figure-page.ts'
import { formatWithError } from '../../src/text/number.ts'
import { chromiumPath, openChromium } from '../support/chromium.ts'
import { acceptanceChart, energyChart, histogramChart, manyFigures, someFigures } from '../support/figures-of-pages.ts'
import { temporaryFolder } from '../support/folder.ts'

const folder = temporaryFolder()
const file = join(folder, 'tiny run.h5')
let archive: Archive

beforeAll(async () => {
  const job = resolveJob({ model: 'ising', size: [4, 12], temperatures: '2:2.6/7', sweeps: 400, tempering: true, copies: 2, seed: 5 })
  await run(job, { out: file })
  archive = await openArchive(file)
})
afterAll(() => archive.close())

/** Text that would do harm where it is not escaped. */
const EVIL = `"><script>alert(1)</script><img src=x onerror=alert(2)> '&amp; </script><!-- \u2028 \u0000`

const evilFigures = [
  {
    ...energyChart,
    title: EVIL,
    subtitle: EVIL,
    description: EVIL,
    x: { label: EVIL },
    y: { label: EVIL },
    series: energyChart.series.map((series) => ({ ...series, name: EVIL })),
    guides: [{ axis: 'x', value: 2.2, label: EVIL }],
  } satisfies Chart,
  {
    kind: 'drawing',
    id: 'evil',
    title: EVIL,
    svg: '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(3)</script></svg>',
  },
] as const

describe('the text of a page', () => {
  const page = figurePage({ title: EVIL, figures: evilFigures })

  it('has as many scripts as it needs, whatever the figures are called', () => {
    const plain = figurePage({ title: 'plain', figures: [energyChart, { ...evilFigures[1], title: 'plain' }] })
    const count = (text: string) => text.match(/<script/g)?.length
    expect(count(page)).toBe(3)
    expect(count(plain)).toBe(3)
    expect(page.match(/<\/script/g)).toHaveLength(3)
    expect(page).not.toContain('<img src=x')
    expect(page).not.toContain('\u0000')
  })

  it('keeps what is embedded as data the same, escaped', () => {
    const text = /id="chart-data">(.*?)<\/script>/s.exec(page)?.[1] ?? ''
    expect(text).not.toMatch(/[<\u2028]/)
    expect(JSON.parse(text)[0].x.label).toBe(EVIL)
  })

  it('names no address that could be loaded, and has the licence of the library it holds', () => {
    expect(page).not.toMatch(/(?:src|href)="(?!data:|#)/)
    expect(page).toMatch(/Copyright \(c\) \d+ Leon Sorokin/)
    expect(page).toContain('Permission is hereby granted')
  })

  it('holds a list of x once that many series share, and no more digits than can be seen', () => {
    const text = /id="chart-data">(.*?)<\/script>/s.exec(figurePage({ title: '', figures: [acceptanceChart, histogramChart] }))?.[1] ?? ''
    const [acceptance, histogram] = JSON.parse(text)
    expect(acceptance.xs).toHaveLength(1)
    expect(acceptance.series.map((series: { x: number }) => series.x)).toEqual([0, 0, 0])
    expect(acceptance.series[0].y[4]).toBeNull()
    expect(Math.max(...histogram.series[0].y.map((value: number) => String(value).replace(/^[0.]*|e.*|\./g, '').length))).toBe(7)
  })

  it('keeps more digits where an error is so small that they count', () => {
    const precise: Chart = { ...energyChart, series: [{ name: 'a', x: [1], y: [1.234567891234], error: [2e-9], mark: 'points' }] }
    const text = /id="chart-data">(.*?)<\/script>/s.exec(figurePage({ title: '', figures: [precise] }))?.[1] ?? ''
    expect(JSON.parse(text)[0].series[0].y[0]).toBe(1.23456789123)
  })

  it('is small enough to send: at most 2 MB for 4 sizes and 25 temperatures', () => {
    const bytes = Buffer.byteLength(reportPage(archive, manyFigures))
    expect(manyFigures.length).toBeGreaterThan(40)
    expect(bytes).toBeLessThan(2e6)
  })
})

describe('the text of a report', () => {
  it('says what was run, by what, and how to repeat it', () => {
    const page = reportPage(archive, [])
    for (const text of [
      '2D Ising model with J = 1, h = 0',
      'L = 4, 12',
      '400 of every replica after 40',
      'seed',
      archive.provenance.node,
    ]) {
      expect(page).toContain(text)
    }
    // A name with a space is quoted for the shell.
    expect(page).toContain('spinpool info &#39;tiny run.h5&#39; --job &gt; job.yaml\nspinpool run job.yaml')
    expect(page).toContain('>complete</span>')
    expect(page).not.toContain('spinpool resume')
  })

  it('says so where a run is not complete, and how to go on', () => {
    expect(reportPage({ ...archive, status: 'interrupted' }, [])).toMatch(/The run was interrupted:.*spinpool resume &#39;tiny run.h5&#39;/)
    expect(reportPage({ ...archive, status: 'running' }, [])).toContain('The run was still going on')
    expect(reportPage(archive, [])).not.toContain('Nothing has been measured yet.')
    const empty = archive.simulations.map((one) => ({ ...one, has: () => false, samples: one.samples.map(() => 0) }))
    expect(reportPage({ ...archive, simulations: empty }, [])).toContain('Nothing has been measured yet.')
  })

  it('leads with the headline numbers and the figures; tables and provenance come after', () => {
    const page = reportPage(archive, someFigures)
    const order = [
      '<h1>',
      'on periodic lattices of',
      'id="results"',
      'id="figures-against"',
      'id="figures-snapshots"',
      'id="warnings"',
      'id="observables"',
      'id="job"',
      'id="provenance"',
      'id="repeat"',
    ]
    const places = order.map((text) => page.indexOf(text))
    expect(places.filter((place) => place < 0)).toEqual([])
    expect([...places].sort((a, b) => a - b)).toEqual(places)
  })

  /** What the tiles of the results say: name, number and the rest. */
  const tilesOf = (page: string): readonly string[] =>
    [...page.matchAll(/<dt>(.*?)<\/dt><dd>(.*?)<\/dd>/g)].map(([, name = '', rest = '']) =>
      `${name} ${rest}`
        .replace(/<[^>]+>/g, ' ')
        .replace(/&#\d+;|\s+/g, ' ')
        .trim(),
    )

  it('has the numbers of spinpool scaling as its headline: fits, peaks, and how well it was sampled', () => {
    const { scaling } = familiesOf(selectionOf(archive, {}))[0] as Family
    const page = reportPage(archive, [])
    const tiles = tilesOf(page)
    const value = ({ mean, error }: { readonly mean: number; readonly error: number }): string => formatWithError(mean, error)
    const fit = scaling.fits[0]
    if (!fit) throw new Error('nothing was fitted')
    expect(tiles).toContain(`T c ${value(fit.value)} crossings of Binder ratio; exact 2.269185`)
    const peak = scaling.peaks.findLast(({ quantity }) => quantity === 'specific_heat')?.peak
    if (!peak?.found) throw new Error('no peak')
    expect(tiles).toContain(`Peak of the specific heat ${value(peak.height)} at T = ${value(peak.temperature)}, L = 12`)
    for (const name of ['Longest autocorrelation', 'Largest R\u0302', 'Warnings']) {
      expect(tiles.some((tile) => tile.startsWith(name))).toBe(true)
    }
    const table = /<table aria-label="Fits to all sizes">.*?<\/table>/s.exec(page)?.[0] ?? ''
    expect(table.match(/<tr>/g)).toHaveLength(scaling.fits.length + 1)
  })

  it('shows the values that there are if there is nothing to fit', () => {
    const single = archive.simulations.map((one) => atFirstTemperature(one))
    const [first, second] = single
    if (!first || !second) throw new Error('no simulation')
    const alone = tilesOf(reportPage({ ...archive, simulations: [first] }, []))
    const { mean, error } = first.quantities.energy ?? {}
    expect(alone).toContain(`Energy ${formatWithError(mean?.[0] ?? 0, error?.[0] ?? 0)} at T = 2`)
    expect(alone.some((tile) => tile.startsWith('T c'))).toBe(false)
    const both = reportPage({ ...archive, simulations: [first, second] }, [])
    expect(/<table aria-label="Values of every simulation">.*?<\/table>/s.exec(both)?.[0]).toMatch(/L = 4<.*L = 12</s)
  })

  it('says at the top that there are warnings, and where they are, one of each kind', () => {
    // Nothing to reweight, which would take longer than all the rest.
    const [first, ...rest] = archive.simulations.map((one) => ({ ...one, has: () => false, warnings: [] }))
    if (!first) throw new Error('no simulation')
    const quiet = reportPage({ ...archive, simulations: [first, ...rest] }, [])
    expect(quiet).toContain('No warnings.')
    expect(quiet).not.toContain('href="#warnings"><strong>')
    const warnings = [
      'too short <b> by 3, N / (2 tau) (energy at T = 2): run longer',
      'too short <b> by 5, N / (2 tau) (energy at T = 3): run longer',
      'R-hat = 1.2: copies disagree',
    ]
    const page = reportPage({ ...archive, simulations: [{ ...first, warnings }, ...rest] }, [])
    expect(page).not.toContain('No warnings.')
    expect(page).toContain('<a href="#warnings"><strong>3 warnings</strong></a>: too short &#60;b&#62; by 3, N / (2 tau); R-hat = 1.2.</p>')
    for (const text of ['by 3, N / (2 tau) (energy at T = 2): run longer', 'by 5, N / (2 tau) (energy at T = 3): run longer'])
      expect(page.split(text)).toHaveLength(2)
  })

  it('tells of a model that is not installed, with all quantities and without exact values', () => {
    const foreign = {
      ...archive,
      job: { ...archive.job, model: 'xy' },
      simulations: archive.simulations.map((one) => ({
        ...one,
        model: 'xy',
        exact: undefined,
        description: { ...one.description, name: 'xy', title: 'A model of somebody else' },
      })),
    }
    const page = reportPage(foreign, [])
    expect(page).toContain('magnetization_fourth')
    expect(page).toContain('A model of somebody else (xy)')
    const exact = (text: string): number => text.split('>exact<').length
    expect(exact(page)).toBeLessThan(exact(reportPage(archive, [])))
  })
})

/** A simulation as if it had been run at its first temperature alone. */
function atFirstTemperature(simulation: ArchivedSimulation): ArchivedSimulation {
  const cut = <T extends Float64Array | undefined>(values: T): T => values?.slice(0, 1) as T
  return {
    ...simulation,
    temperature: cut(simulation.temperature),
    // Nothing to reweight.
    has: () => false,
    quantities: Object.fromEntries(
      Object.entries(simulation.quantities).map(([name, quantity]) => {
        const { mean, error, tau, rhat } = quantity
        return [name, { ...quantity, mean: cut(mean), error: cut(error), ...(tau && { tau: cut(tau) }), ...(rhat && { rhat: cut(rhat) }) }]
      }),
    ),
  }
}

describe.skipIf(chromiumPath === undefined)('a page in a browser', () => {
  let browser: Browser
  const problems: string[] = []
  const requests: string[] = []

  beforeAll(async () => {
    browser = await openChromium()
  })
  afterAll(() => browser.close())

  async function open(name: string, text: string, options: Parameters<Browser['newPage']>[0] = {}): Promise<Page> {
    const path = join(folder, name)
    writeFileSync(path, text)
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, ...options })
    problems.length = requests.length = 0
    page.on('console', (message) => problems.push(message.text()))
    page.on('pageerror', (error) => problems.push(error.message))
    page.on('dialog', (dialog) => {
      problems.push(`a dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('request', (request) => requests.push(request.url()))
    await page.goto(pathToFileURL(path).href)
    return page
  }

  /** Share of the canvas that has this colour, or one close to it. */
  function shareOf(canvas: Locator, colour: readonly [number, number, number]): Promise<number> {
    return canvas.evaluate((element, [r, g, b]) => {
      if (!(element instanceof HTMLCanvasElement)) return 0
      const pixels = element.getContext('2d')?.getImageData(0, 0, element.width, element.height).data ?? []
      let found = 0
      for (let i = 0; i < pixels.length; i += 4) {
        const far = Math.abs((pixels[i] ?? 0) - r) + Math.abs((pixels[i + 1] ?? 0) - g) + Math.abs((pixels[i + 2] ?? 0) - b)
        if ((pixels[i + 3] ?? 0) > 200 && far < 40) found++
      }
      return found / (pixels.length / 4)
    }, colour)
  }

  /** The first of ordered series, and of others. */
  const FIRST = [0x11, 0x1e, 0x77] as const
  const BLUE = [0, 114, 178] as const
  const chart = (page: Page, id = energyChart.id): Locator => page.locator(`#figure-${id}`)

  async function drag(page: Page, over: Locator, from: readonly [number, number], to: readonly [number, number]): Promise<void> {
    await over.scrollIntoViewIfNeeded()
    const box = await over.boundingBox()
    if (!box) throw new Error('nothing to drag on')
    await page.mouse.move(box.x + from[0] * box.width, box.y + from[1] * box.height)
    await page.mouse.down()
    await page.mouse.move(box.x + to[0] * box.width, box.y + to[1] * box.height, { steps: 4 })
    await page.mouse.up()
  }

  it('draws every figure without an error and asks for nothing but itself', async () => {
    const page = await open('report.html', reportPage(archive, someFigures))
    for (const figure of someFigures) {
      if (figure.kind !== 'chart') continue
      const canvas = chart(page, figure.id).locator('.canvas canvas')
      expect(await canvas.count(), figure.id).toBe(1)
      const data = figure.series.filter(({ role = 'data' }) => role === 'data').map(({ name }) => name)
      expect(await shareOf(canvas, sequenceOf([...new Set(data)]) ? FIRST : BLUE), figure.id).toBeGreaterThan(3e-4)
    }
    const images = page.locator('.pictures img')
    expect(await images.count()).toBe(4)
    for (const image of await images.all()) {
      expect(await image.evaluate((element) => (element instanceof HTMLImageElement ? element.naturalWidth : 0))).toBe(32)
      expect(await image.getAttribute('alt')).toMatch(/^T = /)
    }
    expect(problems).toEqual([])
    expect(requests.filter((address) => !address.startsWith('data:'))).toEqual([page.url()])
    await page.close()
  })

  it('has landmarks, headings in order without a gap, and a name for every chart', async () => {
    const page = await open('report.html', reportPage(archive, someFigures))
    for (const landmark of ['header', 'nav[aria-label]', 'main', 'footer']) expect(await page.locator(landmark).count(), landmark).toBe(1)
    const levels = await page.locator('h1, h2, h3, h4').evaluateAll((all) => all.map(({ tagName }) => Number(tagName.slice(1))))
    expect(levels[0]).toBe(1)
    for (const [i, level] of levels.entries()) expect(level - (levels[i - 1] ?? 0)).toBeLessThanOrEqual(1)
    expect(await page.getByRole('img', { name: energyChart.description }).count()).toBe(1)
    for (const link of await page.locator('nav a').all()) {
      const target = (await link.getAttribute('href'))?.slice(1) ?? ''
      expect(await page.locator(`[id="${target}"]`).count(), target).toBe(1)
    }
    const ids = await page.locator('[id]').evaluateAll((all) => all.map(({ id }) => id))
    expect(new Set(ids).size).toBe(ids.length)
    await page.close()
  })

  it('shows what a file says as text, and runs none of it', async () => {
    const evil = reportPage(
      {
        ...archive,
        title: EVIL,
        provenance: { ...archive.provenance, command: EVIL },
        simulations: archive.simulations.map((one, k) => ({
          ...one,
          name: `${EVIL}${k}`,
          warnings: [EVIL],
          quantities: {
            ...one.quantities,
            [EVIL]: one.quantities.energy ?? { shape: [], mean: new Float64Array(7), error: new Float64Array(7) },
          },
        })),
      },
      evilFigures.filter((figure) => figure.kind === 'chart'),
    )
    const page = await open('evil.html', evil)
    const shown = EVIL.replace('\u2028', ' ').replace('\u0000', '\ufffd').replace(/\s+/g, ' ')
    expect((await page.locator('h1').innerText()).replace(/\s+/g, ' ')).toBe(shown)
    expect((await page.title()).replace(/\s+/g, ' ')).toBe(shown)
    expect(await page.locator('img[src="x"]').count()).toBe(0)
    await chart(page)
      .locator('.u-over')
      .hover({ position: { x: 200, y: 80 } })
    await chart(page).locator('summary').click()
    await expect.poll(() => chart(page).locator('tbody tr').count()).toBeGreaterThan(10)
    expect(problems).toEqual([])
    await page.close()
    const drawings = await open('drawing.html', figurePage({ title: EVIL, figures: evilFigures }))
    expect(await drawings.locator('img.drawing').evaluate((image) => (image instanceof HTMLImageElement ? image.naturalWidth : 0))).toBe(9)
    expect(problems).toEqual([])
    await drawings.close()
  })

  it('lets no script run that is not its own', async () => {
    const page = await open('policy.html', reportPage(archive, []))
    const ran = await page.evaluate(() => {
      const script = document.createElement('script')
      script.textContent = 'globalThis.foreign = true'
      document.body.append(script)
      return 'foreign' in globalThis
    })
    expect(ran).toBe(false)
    await page.close()
  })

  it('sorts a table by number, by click and by key', async () => {
    const page = await open('report.html', reportPage(archive, []))
    const table = page.locator('table.sortable').first()
    const column = async (k: number): Promise<number[]> =>
      (await table.locator(`tbody tr > :nth-child(${k})`).allInnerTexts()).map((text) => Number.parseFloat(text))
    const isSorted = (values: readonly number[]): boolean => values.every((value, i) => i === 0 || value >= (values[i - 1] ?? 0))
    const heat = table.locator('th', { hasText: 'specific_heat' })
    expect(isSorted(await column(4))).toBe(false)
    await heat.getByRole('button').click()
    expect(await heat.getAttribute('aria-sort')).toBe('ascending')
    expect(isSorted(await column(4))).toBe(true)
    await heat.getByRole('button').press('Enter')
    expect(await heat.getAttribute('aria-sort')).toBe('descending')
    expect(isSorted((await column(4)).reverse())).toBe(true)
    const T = table.locator('th').first()
    await T.getByRole('button').focus()
    await page.keyboard.press('Space')
    expect(isSorted(await column(1))).toBe(true)
    expect(await table.locator('[aria-sort]').count()).toBe(1)
    await page.close()
  })

  it('shows the nearest point with its error under the mouse', async () => {
    const point: Chart = {
      ...energyChart,
      guides: [],
      series: [{ name: 'L = 9', x: [1, 2, 3], y: [1, 2, 3], error: [0.1, 0.0123, 0.1], mark: 'points' }],
    }
    const page = await open('hover.html', figurePage({ title: 'Hover', figures: [point] }))
    const over = chart(page).locator('.u-over')
    const box = await over.boundingBox()
    if (!box) throw new Error('no chart')
    await over.hover({ position: { x: box.width / 2 + 4, y: box.height / 2 - 3 } })
    const tip = chart(page).locator('.tip')
    await expect.poll(() => tip.innerText()).toBe('L = 9\n\ntemperature T (kB = 1): 2\n\nenergy per site: 2.000(12)')
    await over.hover({ position: { x: 5, y: 5 } })
    await expect.poll(() => tip.isVisible()).toBe(false)
    await page.close()
  })

  it('goes from point to point by keys, and says where it is', async () => {
    const page = await open('keys.html', figurePage({ title: 'Keys', figures: [acceptanceChart] }))
    const figure = chart(page, acceptanceChart.id)
    await figure.locator('.plot').focus()
    const say = figure.locator('.say')
    await page.keyboard.press('ArrowRight')
    expect(await say.textContent()).toBe('L = 8, pair of temperatures: 0, accepted share: 0.897674')
    for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight')
    // The gap at 4 is passed over.
    expect(await say.textContent()).toContain('pair of temperatures: 5,')
    await page.keyboard.press('ArrowUp')
    expect(await say.textContent()).toContain('L = 16, pair of temperatures: 5,')
    expect(await figure.locator('.tip').isVisible()).toBe(true)
    await page.keyboard.press('Escape')
    expect(await figure.locator('.tip').isVisible()).toBe(false)
    await page.close()
  })

  it('begins with a close-up where a chart has one, and shows all at once', async () => {
    const close = { ...energyChart, subtitle: 'near T_c', closeUp: [2.2, 2.35] as const }
    const page = await open('close.html', figurePage({ title: 'Close', figures: [close] }))
    const [reset, view] = [chart(page).locator('.reset'), chart(page).locator('.view')]
    expect(await view.textContent()).toMatch(/^x from 2\.19\d* to 2\.35\d*, y from/)
    expect(await chart(page).locator('figcaption').innerHTML()).toContain('near T<sub>c</sub>')
    await reset.click()
    expect(await reset.isVisible()).toBe(false)
    expect(await view.textContent()).toBe('')
    await page.close()
  })

  it('zooms by dragging and by keys, and shows all again by double click, Escape and button', async () => {
    const page = await open('zoom.html', figurePage({ title: 'Zoom', figures: [energyChart] }))
    const figure = chart(page)
    const [over, view, reset] = [figure.locator('.u-over'), figure.locator('.view'), figure.locator('.reset')]
    const range = async (): Promise<number[]> =>
      [...((await view.textContent()) ?? '').matchAll(/[\u2212\d.]+/g)].map(([text]) => Number(text.replace('\u2212', '-')))
    expect(await view.textContent()).toBe('')
    expect(await reset.isVisible()).toBe(false)
    await drag(page, over, [0.25, 0.5], [0.5, 0.5])
    const [first = 0, last = 0] = await range()
    expect(first).toBeCloseTo(2.135, 2)
    expect(last).toBeCloseTo(2.3, 2)
    await over.dblclick({ position: { x: 30, y: 30 } })
    expect(await view.textContent()).toBe('')
    await drag(page, over, [0.2, 0.2], [0.6, 0.7])
    expect((await range()).length).toBe(4)
    const [, , low = 0, high = 0] = await range()
    expect(high - low).toBeGreaterThan(0.1)
    await reset.click()
    expect(await view.textContent()).toBe('')
    await figure.locator('.plot').focus()
    await page.keyboard.press('+')
    const [left = 0, right = 0] = await range()
    expect(right - left).toBeCloseTo(0.33, 2)
    await page.keyboard.press('Escape')
    expect(await view.textContent()).toBe('')
    await page.close()
  })

  it('hides and shows a series by its button in the legend', async () => {
    const page = await open('legend.html', figurePage({ title: 'Legend', figures: [energyChart] }))
    const canvas = chart(page).locator('.canvas canvas')
    const button = chart(page).getByRole('button', { name: 'L = 8' })
    expect(await button.getAttribute('aria-pressed')).toBe('true')
    const before = await shareOf(canvas, FIRST)
    await button.click()
    expect(await button.getAttribute('aria-pressed')).toBe('false')
    await expect.poll(() => shareOf(canvas, FIRST)).toBeLessThan(before / 10)
    await button.press('Space')
    expect(await button.getAttribute('aria-pressed')).toBe('true')
    await expect.poll(() => shareOf(canvas, FIRST)).toBeGreaterThan(before / 2)
    const names = await chart(page).locator('.legend button').allInnerTexts()
    expect(names.map((name) => name.trim())).toEqual(['L = 8', 'L = 16', 'L = 32', 'exact', 'Onsager, L = ∞'])
    await page.close()
  })

  it('draws on logarithmic axes what can be there', async () => {
    const values: Chart = {
      ...energyChart,
      guides: [],
      x: { label: 'x', log: true },
      y: { label: 'y', log: true },
      series: [{ name: 'a', x: [0, 1, 10, 100], y: [1, 1e-3, -1, 1], mark: 'points' }],
    }
    const page = await open('log.html', figurePage({ title: 'Log', figures: [values] }))
    await chart(page).locator('.plot').focus()
    await page.keyboard.press('End')
    expect(await chart(page).locator('.say').textContent()).toBe('a, x: 100, y: 1')
    await page.keyboard.press('ArrowLeft')
    expect(await chart(page).locator('.say').textContent()).toBe('a, x: 1, y: 0.001')
    expect(problems).toEqual([])
    await page.close()
  })

  it('has the numbers of a chart as a table and as a file', async () => {
    const page = await open('numbers.html', figurePage({ title: 'Numbers', figures: [energyChart] }))
    const figure = chart(page)
    expect(await figure.locator('table').count()).toBe(0)
    await figure.locator('summary').press('Enter')
    await expect.poll(() => figure.locator('tbody tr').count()).toBe(500)
    expect(await figure.locator('.numbers').innerText()).toContain('The first 500 of 519 rows')
    const [download] = await Promise.all([page.waitForEvent('download'), figure.getByRole('button', { name: 'Save as CSV' }).click()])
    const saved = join(folder, 'saved.csv')
    await download.saveAs(saved)
    const lines = readFileSync(saved, 'utf8').trimEnd().split('\n')
    expect(lines[0]).toBe('"series","temperature T (k_B = 1)","energy per site","error"')
    expect(lines).toHaveLength(520)
    expect(lines[361]).toMatch(/^"L = 8",2,-1\.\d+,0\.00\d+$/)
    await page.close()
  })

  it('can be used with the keyboard alone', async () => {
    const page = await open('tab.html', reportPage(archive, [energyChart]))
    const reached = new Set<string>()
    for (let i = 0; i < 200; i++) {
      await page.keyboard.press('Tab')
      const on = await page.evaluate(() => {
        const { activeElement } = document
        return activeElement === document.body ? '' : `${activeElement?.tagName} ${activeElement?.className}`
      })
      if (on === '') break
      reached.add(on)
    }
    for (const part of ['A skip', 'A ', 'BUTTON ', 'DIV plot', 'SUMMARY ', 'DIV scroll']) expect([...reached]).toContain(part)
    await page.close()
  })

  it('is dark where the reader wants that, and light on paper', async () => {
    const page = await open('dark.html', figurePage({ title: 'Dark', figures: [energyChart] }), { colorScheme: 'dark' })
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    const canvas = chart(page).locator('.canvas canvas')
    expect(await background()).toBe('rgb(18, 20, 22)')
    expect(await shareOf(canvas, [232, 232, 232])).toBeGreaterThan(1e-3)
    await page.emulateMedia({ colorScheme: 'light' })
    await expect.poll(() => shareOf(canvas, [34, 34, 34])).toBeGreaterThan(1e-3)
    expect(await background()).toBe('rgb(246, 247, 248)')
    await page.emulateMedia({ colorScheme: 'dark' })
    await expect.poll(() => shareOf(canvas, [34, 34, 34])).toBeLessThan(1e-3)
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')))
    await expect.poll(() => shareOf(canvas, [34, 34, 34])).toBeGreaterThan(1e-3)
    await page.close()
  })

  it('fits a narrow window without scrolling sideways; tables do that by themselves and say so', async () => {
    const page = await open('narrow.html', reportPage(archive, someFigures), { viewport: { width: 400, height: 800 } })
    // Also with everything open that can be opened.
    for (const details of await page.locator('main details').all()) await details.evaluate((element) => element.setAttribute('open', ''))
    const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth])
    expect(inner).toBe(outer)
    // The contents would stand in front of everything.
    expect(await page.locator('nav details').getAttribute('open')).toBe(null)
    const box = page.locator('#simulation-ising-L12 .scroll-box').first()
    const table = box.getByRole('region', { name: 'Observables of ising-L12' })
    const seen = (): Promise<readonly unknown[]> =>
      box.evaluate((element) => {
        const [before, after] = [getComputedStyle(element, '::before'), getComputedStyle(element, '::after')]
        return [before.content.includes('Scroll sideways for more'), after.opacity]
      })
    await expect.poll(seen).toEqual([true, '1'])
    await table.focus()
    for (let i = 0; i < 40; i++) await page.keyboard.press('ArrowRight')
    // The shadow goes when the last column is there.
    await expect.poll(seen).toEqual([true, '0'])
    expect((await chart(page).locator('.canvas canvas').boundingBox())?.width).toBeLessThan(380)
    await page.setViewportSize({ width: 1000, height: 800 })
    await expect.poll(async () => (await chart(page).locator('.canvas canvas').boundingBox())?.width).toBeGreaterThan(500)
    // There is room for all columns, so there is nothing to say.
    await expect.poll(seen).toEqual([false, '0'])
    await page.close()
    // A drawing keeps the size at which it can be read.
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="300"></svg>'
    const drawn = figurePage({ title: 'Network', figures: [{ kind: 'drawing', id: 'network', title: 'Network', svg }] })
    const drawing = await open('narrow-drawing.html', drawn, { viewport: { width: 400, height: 800 } })
    await drawing.waitForSelector('.scroll-box.sideways.more-right img.drawing')
    expect(await drawing.evaluate(() => document.documentElement.scrollWidth)).toBe(400)
    await drawing.close()
  })
})
