import { describe, expect, it } from 'vitest'
import { compileFormula } from '../../src/model/formula.ts'
import { models } from '../../src/model/registry.ts'

const SYMBOLS = ['a', 'b', 'T']
const VALUES = [2, 3, 0.5]
const value = (text: string): number => compileFormula(text, SYMBOLS)(VALUES)

describe('a formula', () => {
  it.each([
    ['a + b * T', 3.5],
    ['a - b - T', -1.5],
    ['a / b / T', 2 / 3 / 0.5],
    ['(a + b) * T', 2.5],
    ['a ** b ** T', 2 ** (3 ** 0.5)],
    ['(a ** b) ** T', (2 ** 3) ** 0.5],
    ['b * a ** b', 24],
    ['a ** b * b', 24],
    ['-(a ** 2)', -4],
    ['(-a) ** 2', 4],
    ['a ** -b', 2 ** -3],
    ['((-a)) ** -b', (-2) ** -3],
    ['1 - (-a) ** 2 ** 2', undefined],
    ['-a * b', -6],
    ['b - -a', 5],
    ['2 * T / pi', (2 * 0.5) / Math.PI],
    ['1.5e-3 * a', 0.003],
    ['sqrt(a * b) + abs(-b) + cos(T) + sin(T) + tan(T) + exp(T) + log(a)', undefined],
  ])('%s is computed as in JavaScript', (text, expected) => {
    const { sqrt, abs, cos, sin, tan, exp, log, PI } = Math
    const names = [...SYMBOLS, 'sqrt', 'abs', 'cos', 'sin', 'tan', 'exp', 'log', 'pi']
    const found = new Function(...names, `return ${text}`)(...VALUES, sqrt, abs, cos, sin, tan, exp, log, PI) as number
    expect(value(text)).toBe(found)
    if (expected !== undefined) expect(found).toBeCloseTo(expected, 14)
  })

  it('takes its symbols before pi, in the order in which they are named', () => {
    expect(compileFormula('pi - x', ['x', 'pi'])([1, 5])).toBe(4)
  })

  it('of a model can be computed from what is known of it', () => {
    for (const { derived, parameters } of models)
      for (const { formula, inputs } of derived)
        expect(() => compileFormula(formula, [...Object.keys(inputs), 'L', 'N', 'T', ...parameters.map(({ name }) => name)])).not.toThrow()
  })
})

describe('what is refused', () => {
  it.each([
    ['a.b', 'allowed are numbers, symbols, + - * / **, parentheses and abs, cos'],
    ['a["b"]', 'allowed are numbers'],
    ['this', 'allowed are numbers'],
    ['"text"', 'text is not a number'],
    ['true', 'true is not a number'],
    ['[a]', 'allowed are numbers'],
    ['a b', 'allowed are numbers'],
    ['a; b', 'allowed are numbers'],
    ['a, b', 'allowed are numbers'],
    ['a ? b : T', 'allowed are numbers'],
    ['a = b', ''],
    ['a % b', 'allowed are numbers'],
    ['a ^ b', 'allowed are numbers'],
    ['a == b', 'allowed are numbers'],
    ['a && b', 'allowed are numbers'],
    ['!a', 'allowed are numbers'],
    ['~a', 'allowed are numbers'],
    ['', ''],
    ['(a', ''],
    ['a +', ''],
    ['-a ** 2', 'a sign before ** needs parentheses, -(x ** y) or (-x) ** y'],
    ['b * -a ** 2', 'a sign before ** needs parentheses'],
    ['-(a) ** 2', 'a sign before ** needs parentheses'],
    ['-sin(a) **2', 'a sign before ** needs parentheses'],
    ['--a ** 2', 'a sign before ** needs parentheses'],
    ['c', 'there is no c among a, b, T, pi'],
    ['constructor', 'there is no constructor among'],
    ['__proto__', 'there is no __proto__ among'],
    ['toString', 'there is no toString among'],
    ['eval(a)', 'functions, of one argument, are abs, cos, exp, log, sin, sqrt, tan'],
    ['constructor(a)', 'functions, of one argument'],
    ['__proto__(a)', 'functions, of one argument'],
    ['a(b)', 'functions, of one argument'],
    ['sin()', 'functions, of one argument'],
    ['sin(a, b)', 'functions, of one argument'],
    ['sin.constructor(a)', 'functions, of one argument'],
    ['a.sin(b)', 'functions, of one argument'],
    ['sin(a)(b)', 'functions, of one argument'],
    ['sin', 'there is no sin among'],
  ])('%s', (text, says) => {
    let message = ''
    try {
      compileFormula(text, SYMBOLS)
    } catch (error) {
      expect(error).toBeInstanceOf(Error)
      message = (error as Error).message
    }
    expect(message).toMatch(new RegExp(`^the formula '${text.replaceAll(/[^\w ]/g, String.raw`\$&`)}' cannot be computed: .+`))
    expect(message).toContain(says)
    expect(message).not.toContain('\n')
  })

  it.each([
    ['parentheses', `${'('.repeat(30_000)}T${')'.repeat(30_000)}`],
    ['signs', `${'-'.repeat(60_000)}T`],
    ['sums', `${'T+'.repeat(30_000)}T`],
  ])('what is too long for it: %s', (_, text) => {
    expect(() => compileFormula(text, SYMBOLS)).toThrow(
      `the formula '${text.slice(0, 100)}...' cannot be computed: it has ${text.length} characters, allowed are up to 1000`,
    )
  })

  it('is not what is as long as allowed, however deep', () => {
    expect(value(`${'('.repeat(499)}T${')'.repeat(499)}`)).toBe(0.5)
    expect(value(`${'-'.repeat(998)}T`)).toBe(0.5)
    expect(value(`${'T+'.repeat(499)}T`)).toBe(250)
    expect(value(`${'sin('.repeat(199)}T${')'.repeat(199)}`)).toBeLessThan(0.2)
  })
})
