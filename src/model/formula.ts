import jsep from 'jsep'
import { messageOf } from '../errors.ts'

// Formulas of derived quantities as text: what is computed is said in the archive, so that any reader can compute it again.

const BINARY: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '**': (a, b) => a ** b,
}

const FUNCTIONS: Readonly<Record<string, (x: number) => number>> = {
  abs: Math.abs,
  cos: Math.cos,
  exp: Math.exp,
  log: Math.log,
  sin: Math.sin,
  sqrt: Math.sqrt,
  tan: Math.tan,
}

const signed = new WeakSet<jsep.Expression>()

/** As in JavaScript: Python reads -x ** 2 as -(x ** 2), other languages as (-x) ** 2. A node comes again behind its parentheses. */
jsep.hooks.add('after-token', function refuseSignedBase({ node }) {
  if (node?.type !== 'UnaryExpression' || signed.has(node)) return
  signed.add(node)
  this.gobbleSpaces()
  if (this.expr.startsWith('**', this.index)) this.throwError('a sign before ** needs parentheses, -(x ** y) or (-x) ** y')
})

/** Characters of a formula at most. What is nested is computed by calls inside calls: this bounds their number. */
const LONGEST = 1000
/** Characters of it in a message. */
const SHOWN = 100

/** The value of a formula, from the values of its symbols in the order in which they were named. */
export type Formula = (values: readonly number[]) => number

/**
 * Compiles a formula: numbers, symbols, `pi`, + - * / ** with the precedence of JavaScript, parentheses, and abs, cos, exp, log,
 * sin, sqrt, tan of one argument.
 *
 * @param text as in `N * (m2 - m * m) / T`
 * @param symbols names that may occur
 * @throws Error for anything else; the text comes from a model or an archive, and is never run as code
 */
export function compileFormula(text: string, symbols: readonly string[]): Formula {
  const fail = (reason: string): never => {
    const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text
    throw new Error(`the formula '${shown}' cannot be computed: ${reason}`)
  }
  if (text.length > LONGEST) return fail(`it has ${text.length} characters, allowed are up to ${LONGEST}`)
  const compile = (expression: jsep.Expression): Formula => {
    const node = expression as jsep.CoreExpression
    if (node.type === 'Literal') {
      const { value } = node
      return typeof value === 'number' ? () => value : fail(`${String(value)} is not a number`)
    }
    if (node.type === 'Identifier') {
      const at = symbols.indexOf(node.name)
      if (at >= 0) return (values) => values[at] as number
      return node.name === 'pi' ? () => Math.PI : fail(`there is no ${node.name} among ${[...symbols, 'pi'].join(', ')}`)
    }
    if (node.type === 'UnaryExpression' && node.operator === '-') {
      const of = compile(node.argument)
      return (values) => -of(values)
    }
    if (node.type === 'BinaryExpression' && Object.hasOwn(BINARY, node.operator)) {
      const apply = BINARY[node.operator] as (a: number, b: number) => number
      const [a, b] = [compile(node.left), compile(node.right)]
      return (values) => apply(a(values), b(values))
    }
    if (node.type === 'CallExpression') {
      const { callee } = node
      const name = callee.type === 'Identifier' ? String(callee.name) : ''
      const apply = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
      const [argument] = node.arguments
      if (!apply || !argument || node.arguments.length > 1)
        return fail(`functions, of one argument, are ${Object.keys(FUNCTIONS).join(', ')}`)
      const of = compile(argument)
      return (values) => apply(of(values))
    }
    return fail(`allowed are numbers, symbols, ${Object.keys(BINARY).join(' ')}, parentheses and ${Object.keys(FUNCTIONS).join(', ')}`)
  }
  let parsed: jsep.Expression
  try {
    parsed = jsep(text)
  } catch (error) {
    return fail(messageOf(error))
  }
  return compile(parsed)
}
