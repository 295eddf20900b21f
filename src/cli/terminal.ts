import picocolors from 'picocolors'
import type { Progress } from '../run/progress.ts'
import { formatSeconds } from '../text/number.ts'
import { formatSpeed } from '../text/rounded.ts'

export const logLevels = ['error', 'warn', 'info', 'debug'] as const
export type LogLevel = (typeof logLevels)[number]

/** Characters that move the cursor, change colours or reverse the direction of the text. A title or a name in a file may contain them. */
const CONTROLS = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu

/** Writes such characters out as \x1b or \u202e; newlines and tabs are kept. JSON escapes those below 32 by itself, and knows no \x. */
function visible(text: string): string {
  return text.replaceAll(CONTROLS, (character) => {
    if (character === '\n' || character === '\t') return character
    const code = character.charCodeAt(0)
    return code < 32 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

/** The same on one line, whatever the names in it are. */
function visibleLine(text: string): string {
  return visible(text).replaceAll('\n', '\\n')
}

/** Everything a user reads while a verb works goes to stderr through here; data goes to stdout through `print`. */
export class Terminal {
  readonly #level: number
  readonly #live: boolean
  readonly #colors: ReturnType<typeof picocolors.createColors>
  #drawn = false
  #lastLine = 0
  /** Rows of the terminal that redraw has filled; long lines take more than one. */
  #redrawn = 0

  constructor({ quiet = false, logLevel = 'info' }: { quiet?: boolean | undefined; logLevel?: LogLevel | undefined }) {
    this.#level = quiet ? 0 : logLevels.indexOf(logLevel)
    this.#live = process.stderr.isTTY === true && process.env.TERM !== 'dumb'
    this.#colors = picocolors.createColors(this.#live && !process.env.NO_COLOR)
  }

  /** Data, to stdout. */
  print(text: string): void {
    this.clear()
    process.stdout.write(`${visible(text)}\n`)
  }

  /** Data that replace what was drawn before, on a terminal; elsewhere one below the other. */
  redraw(shown: string): void {
    const text = visible(shown)
    if (process.stdout.isTTY === true && process.env.TERM !== 'dumb') {
      const up = this.#redrawn > 0 ? `\x1b[${this.#redrawn}F\x1b[J` : ''
      const columns = process.stdout.columns || Number.POSITIVE_INFINITY
      this.#redrawn = text.split('\n').reduce((rows, line) => rows + Math.max(1, Math.ceil(line.length / columns)), 0)
      process.stdout.write(`${up}${text}\n`)
    } else {
      process.stdout.write(`${text}\n`)
    }
  }

  /** Where something is that was asked for, which nobody could find otherwise: also with --quiet. */
  address(text: string): void {
    this.#line(visible(text))
  }

  info(text: string): void {
    if (this.#level >= 2) this.#line(visible(text))
  }

  warn(text: string): void {
    if (this.#level >= 1) this.#line(`${this.#colors.yellow('warning:')} ${visibleLine(text)}`)
  }

  error(text: string): void {
    this.#line(`${this.#colors.red('spinpool:')} ${visibleLine(text)}`)
  }

  debug(text: string): void {
    if (this.#level >= 3) this.#line(this.#colors.dim(visible(text)))
  }

  /** How far a run is. */
  progress({ fraction, remainingSeconds, updatesPerNanosecond, bundles }: Progress): void {
    const left = remainingSeconds === undefined ? '' : `${formatSeconds(remainingSeconds)} left, `
    const rate = `${formatSpeed(updatesPerNanosecond)} updates/ns`
    // Whoever reads the lines of a file knows of bundles from the first one.
    this.bar(fraction, `${left}${rate}`, `, ${bundles.done}/${bundles.total} bundles done`)
  }

  /**
   * A bar that redraws itself on a terminal; elsewhere a line every ten seconds.
   *
   * @param text what comes after the percentage
   * @param more said on a terminal only
   */
  bar(fraction: number, text: string, more = ''): void {
    if (this.#level < 2) return
    const percent = `${String(Math.floor(100 * fraction)).padStart(3)} %`
    if (this.#live) {
      const width = 30
      const full = Math.floor(width * fraction)
      const bar = this.#colors.cyan('█'.repeat(full)) + this.#colors.dim('░'.repeat(width - full))
      const line = `${percent}, ${text}${more}`
      // A line that wraps could not be wiped; the bar goes first where it is narrow.
      const columns = process.stderr.columns ?? Number.POSITIVE_INFINITY
      process.stderr.write(`\r\x1b[K${line.length + width + 1 < columns ? `${bar} ` : ''}${line.slice(0, columns - 1)}`)
      this.#drawn = true
    } else if (performance.now() - this.#lastLine > 10_000 || fraction === 1) {
      this.#lastLine = performance.now()
      process.stderr.write(`${percent.trim()}, ${text}\n`)
    }
  }

  /** Wipes the progress bar, if one is drawn. */
  clear(): void {
    if (this.#drawn) process.stderr.write('\r\x1b[K')
    this.#drawn = false
  }

  #line(text: string): void {
    this.clear()
    process.stderr.write(`${text}\n`)
  }
}
