import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { FileError, importModel, openArchive, plot, type RunResult, run, toSafetensors, UsageError, writeModel } from '../../src/index.ts'
import { temporaryFolder } from '../support/folder.ts'
import { randomNetwork } from '../support/network.ts'

// What spinpool plot draws, as a library call.

const folder = temporaryFolder()
const [out, net] = [join(folder, 'run.h5'), join(folder, 'net.h5')]
let done: RunResult<'ising'>

beforeAll(async () => {
  done = await run({ model: 'ising', size: [4, 6], temperatures: '2:2.6/3', sweeps: 200, copies: 5, seed: 1 }, { out, threads: 1 })
  const bytes = toSafetensors(randomNetwork([9, 4, 2], ['tanh', 'softmax'], 1), {})
  await writeModel(net, importModel(bytes, { file: 'net', command: 'test', shape: [3, 3] }))
})

describe('plot', () => {
  it('draws the same of a path, of what run resolved with, and of an open archive', async () => {
    const archive = await openArchive(out, { model: 'ising' })
    try {
      const options = { figure: 'series', observable: ['energy'], size: 6 } as const
      const svg = await plot(archive, options)
      expect(svg).toMatch(/^<svg /)
      expect(svg).toMatch('L = 6')
      expect(svg).not.toMatch('L = 4')
      expect(svg).not.toMatch('magnetization')
      expect(await plot(done, options)).toBe(svg)
      expect(await plot([out], options)).toBe(svg)
    } finally {
      archive.close()
    }
  })

  it('gives the bytes of a picture, as large as asked for, and the text of a page', async () => {
    const figure = { format: 'png', figure: 'series', observable: 'energy', size: 4 } as const
    const [small, large] = [await plot(done, { ...figure, scale: 0.5 }), await plot(done, { ...figure, scale: 1 })]
    const width = (png: Uint8Array): number => new DataView(png.buffer, png.byteOffset).getUint32(16)
    expect([...small.subarray(1, 4)]).toEqual([...'PNG'].map((letter) => letter.charCodeAt(0)))
    expect(width(large) / width(small)).toBeCloseTo(2, 2)
    expect(await plot(done, { format: 'html', figure: 'histogram', size: 4 })).toMatch(/^<!doctype html>/i)
  })

  it('draws models', async () => {
    expect(await plot(net, { figure: 'weights', neurons: [0, 3], network: 0 })).toMatch(/^<svg /)
  })

  it.each<[source: () => string | readonly string[], options: object, says: string | RegExp]>([
    [() => out, { observable: 'bindr' }, /^observable: 'bindr' is not possible; did you mean 'binder'\?; there are: energy, /],
    [() => out, { observable: [] }, /^observable: '' is not possible/],
    [() => out, { size: [4, 8] }, 'size: 8 is not possible; there are: 4, 6'],
    [() => out, { x: 'J' }, /^x: 'J' is not possible: J has one value only; allowed: temperature, beta/],
    [() => out, { log: 'z' }, "log: 'z' is not possible; allowed: x, y, xy"],
    [() => out, { figure: 'helicty' }, /^figure: 'helicty' is not possible; did you mean 'helicity'\?/],
    [() => out, { figure: 'histogram', x: 'beta' }, /^x: the figure histogram has no use for it; allowed: with figure observables/],
    [() => out, { format: 'pdf' }, /^format: 'pdf' is not possible; .+allowed: svg, png, html$/],
    [() => out, { format: 'png', scale: 0 }, 'scale: 0 is not possible; allowed: numbers above 0, up to 20'],
    [() => out, { observables: 'energy' }, /^observables: unknown option; did you mean 'observable'\?/],
    [() => out, { neurons: [1] }, /^neurons: there is no use for it with .+, an archive of a run; allowed: with figures of a model$/],
    [() => net, { figure: 'weights', neurons: [4] }, "neurons: '4' is not possible; allowed: whole numbers from 0 to 3"],
    [() => net, { figure: 'network', network: 0.5 }, 'network: 0.5 is not possible; allowed: 0 to 0'],
    [() => [out, out], {}, /run\.h5: one archive at a time can be drawn/],
    [() => [], {}, 'there is no file to draw; give one or more'],
  ])('says in one line what is not possible, %#', async (source, options, says) => {
    const said = await plot(source(), options).catch((error: unknown) => error)
    expect(said).toBeInstanceOf(UsageError)
    expect((said as Error).message).toMatch(says)
    expect((said as Error).message).not.toMatch('\n')
  })

  it('says where a file is missing', async () => {
    await expect(plot(join(folder, 'none.h5'))).rejects.toThrow(FileError)
  })
})

describe('openArchive', () => {
  it('refuses an archive of another model than was asked for, and leaves it closed', async () => {
    await expect(openArchive(out, { model: 'o6' })).rejects.toThrow("run.h5: an archive of the model 'ising'; asked for: 'o6'")
    const archive = await openArchive(out, { model: 'ising' })
    expect(archive.simulations[0]?.quantities.binder.mean).toHaveLength(3)
    archive.close()
  })
})
