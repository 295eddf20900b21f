import { describe, expect, it } from 'vitest'
import { enumerateIsing, kaufman, onsager, TC_ISING, yang } from '../../src/model/ising/exact.ts'
import extremes from '../support/reference/ising-extremes.json' with { type: 'json' }
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

/** Relative; numbers that are too small for a double are 0. */
function expectDigits(found: number | undefined, expected: number, what: string): void {
  const off = expected === 0 ? Math.abs(found ?? 1) / 1e-300 : Math.abs((found ?? Number.NaN) / expected - 1)
  expect(off, `${what}: ${found}, not ${expected}`).toBeLessThan(1e-11)
}

describe('far from T_c', () => {
  const sizeOf = (key: string): number => (key === 'infinite' ? Number.POSITIVE_INFINITY : Number(key.slice(1)))
  const lattices = Object.entries(extremes.zeroField).map(([key, table]) => ({ key, size: sizeOf(key), table: Object.entries(table) }))
  const found = (size: number, T: number) => (Number.isFinite(size) ? kaufman(size, T) : onsager(T))

  it.each(lattices)('energy and specific heat have all their digits at T = 0.02 to 1e12: $key', ({ key, size, table }) => {
    expect(table.length).toBeGreaterThan(15)
    for (const [T, { energy, specific_heat: heat }] of table) {
      const exact = found(size, Number(T))
      expectDigits(exact.energy, energy, `e of ${key} at T = ${T}`)
      expectDigits(exact.specificHeat, heat, `c of ${key} at T = ${T}`)
    }
  })

  it.each([2, 3, 4])('so have all quantities that are enumerated: L = %i', (size) => {
    for (const [T, exact] of Object.entries(extremes.zeroField[`L${size}` as 'L4'])) {
      const all = enumerateIsing(size, Number(T), { J: 1, h: 0 })
      for (const [name, value] of Object.entries(exact)) expectDigits(all[name], value, `${name} at T = ${T}`)
    }
  })

  it('with a field, of an antiferromagnet and of spins without bonds too', () => {
    for (const { L, J, h, T, ...exact } of extremes.others) {
      const all = enumerateIsing(L, Number(T), { J: Number(J), h: Number(h) })
      for (const [name, value] of Object.entries(exact)) expectDigits(all[name], value, `${name}: L = ${L}, J = ${J}, h = ${h}, T = ${T}`)
    }
  })

  it('goes as the first loops say, those around the torus too', () => {
    for (const T of [1e4, 1e7, 1e12, 1e200]) {
      const v = Math.tanh(1 / T)
      // Four spins in a ring whose bonds are double, tanh 2K = 2v / (1 + v²): e = -2 tanh 2K (1 + tanh² 2K) / (1 + tanh⁴ 2K).
      const w = (2 * v) / (1 + v * v)
      expectDigits(kaufman(2, T).energy, (-2 * w * (1 + w * w)) / (1 + w ** 4), `L = 2, T = ${T}`)
      expectDigits(kaufman(4, T).energy, -2 * v - 6 * v ** 3, `L = 4, T = ${T}: 16 squares, and 8 rows and columns`)
      expectDigits(kaufman(8, T).energy, -2 * v - 4 * v ** 3, `L = 8, T = ${T}: 64 squares`)
      expectDigits(kaufman(8, T, -3).energy, 3 * kaufman(8, T / 3).energy, `L = 8, T = ${T}, J = -3`)
    }
    for (const T of [0.05, 0.1]) expectDigits(kaufman(8, T).specificHeat, (64 * Math.exp(-8 / T)) / T ** 2, `one spin turned, T = ${T}`)
  })

  it.each([1e300, 1e165, 1e-3, 1e-165, 1e-300])('is a number at T = %d', (T) => {
    for (const size of [2, 3, 4, 8, 128]) {
      const { energy, specificHeat } = kaufman(size, T)
      expect(specificHeat).toBe(0)
      expect(energy).toBe(T < 1 ? -2 : (size === 2 ? -4 : -2) / T)
    }
    expect(onsager(T)).toEqual({ energy: T < 1 ? -2 : -2 / T, specificHeat: 0 })
    for (const J of [1, -1, 0]) {
      for (const h of [0, 0.5]) for (const value of Object.values(enumerateIsing(3, T, { J, h }))) expect(value).not.toBeNaN()
    }
  })

  it('has a Binder ratio of an antiferromagnet that goes down without end', () => {
    expect(enumerateIsing(4, 0.1, { J: -1, h: 0 }).binder).toBeLessThan(-1e30)
    expect(enumerateIsing(4, 1e-3, { J: -1, h: 0 }).binder).toBe(Number.NEGATIVE_INFINITY)
  })

  it('is that of the infinite lattice where a torus is many correlation lengths around, in all digits', () => {
    for (const size of [64, 1000]) {
      for (const T of [0.9, 1.3, 4, 9]) expectDigits(kaufman(size, T).specificHeat, onsager(T).specificHeat, `L = ${size}, T = ${T}`)
    }
    // Where it just stops to matter the two meet.
    const meeting = [1.9, 1.95, 2, 2.05].map((T) => kaufman(128, T).specificHeat / onsager(T).specificHeat - 1)
    expect(Math.max(...meeting.map(Math.abs))).toBeLessThan(1e-9)
  })
})
