import { describe, expect, it } from 'vitest'
import { enumerateIsing, kaufman, onsager, TC_ISING, yang } from '../../src/model/ising/exact.ts'
import reference from '../support/reference/ising.json' with { type: 'json' }

const temperatureOf = (key: string) => (key === 'Tc' ? TC_ISING : Number(key.replace('T', '')))
const kaufmanCases = Object.entries(reference.kaufman).flatMap(([L, table]) =>
  Object.entries(table).map(([T, { u, c }]) => ({ size: Number(L.slice(1)), T: temperatureOf(T), u, c })),
)

describe('exact numbers of the Ising model', () => {
  it.each(kaufmanCases)("gives Kaufman's energy and specific heat: L = $size, T = $T", ({ size, T, u, c }) => {
    const { energy, specificHeat } = kaufman(size, T)
    expect(energy).toBeCloseTo(u, 10)
    expect(specificHeat).toBeCloseTo(c, 9)
  })

  it.each([2, 3, 4])('enumerates what Kaufman gives and the moments of the magnetisation: L = %i', (size) => {
    for (const [key, moments] of Object.entries(reference.moments[`L${size}` as 'L2'])) {
      const T = temperatureOf(key)
      const exact = enumerateIsing(size, T, { J: 1, h: 0 })
      expect(exact.energy).toBeCloseTo(kaufman(size, T).energy, 10)
      expect(exact.specific_heat).toBeCloseTo(kaufman(size, T).specificHeat, 9)
      expect(exact.abs_magnetization).toBeCloseTo(moments['|m|'], 9)
      expect(exact.magnetization_squared).toBeCloseTo(moments.m2, 9)
      expect(exact.magnetization_fourth).toBeCloseTo(moments.m4, 9)
      expect(exact.binder).toBeCloseTo(moments.U4, 9)
    }
  })

  it('maps an antiferromagnet on an even lattice onto the ferromagnet, and refuses an odd one', () => {
    expect(kaufman(8, 1.7, -1)).toEqual(kaufman(8, 1.7, 1))
    expect(enumerateIsing(4, 1.7, { J: -1, h: 0 }).energy).toBeCloseTo(kaufman(4, 1.7).energy, 10)
    expect(() => kaufman(5, 1.7, -1)).toThrow(/odd lattice \(L = 5\)/)
    expect(() => enumerateIsing(5, 1.7, { J: 1, h: 0 })).toThrow(/at most 4/)
  })

  it('is found for the infinite lattice at every temperature, those near T_c too', () => {
    // Where the means of the elliptic integrals differ in their last bits for ever.
    expect(onsager(1.0015).energy).toBeCloseTo(kaufman(64, 1.0015).energy, 9)
    for (let i = 0; i < 2000; i++) expect(onsager(1 + i / 500).specificHeat).toBeGreaterThan(0)
    expect(onsager(TC_ISING * (1 + 1e-10)).energy).toBeCloseTo(-Math.SQRT2, 7)
  })

  it('approaches Onsager, and Yang gives the spontaneous magnetisation', () => {
    expect(TC_ISING).toBeCloseTo(2.269185314213, 11)
    expect(onsager(2).energy).toBeCloseTo(-1.7455645753, 9)
    expect(onsager(3).energy).toBeCloseTo(-0.8173095925, 9)
    expect(onsager(TC_ISING).energy).toBeCloseTo(-Math.SQRT2, 9)
    expect(onsager(3).specificHeat).toBeCloseTo(kaufman(64, 3).specificHeat, 8)
    expect(yang(2)).toBeCloseTo(0.9113193779, 9)
    expect(yang(2.3)).toBe(0)
  })

  it('does not overflow on large lattices or at low temperatures', () => {
    expect(kaufman(1000, 2).energy).toBeCloseTo(onsager(2).energy, 9)
    for (const T of [0.1, 0.01, 0.0067, 0.005, 1e-300]) expect(kaufman(64, T).energy).toBeCloseTo(-2, 12)
    expect(kaufman(1000, 50).specificHeat).toBeCloseTo(onsager(50).specificHeat, 9)
  })
})
