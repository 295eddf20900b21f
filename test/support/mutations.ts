import { type ChildProcess, fork } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { main, type Outcome } from './command.ts'
import { random } from './random.ts'

// Damages files in many ways, has a process read each, and judges what it answers.

/** A command line that reads a file, and what of its answer counts. */
interface Reading {
  readonly args: readonly string[]
  /** The file that it writes; else what it prints. */
  readonly out?: string
  /** Reads what was written, whose bytes hold the time of the day. */
  readonly next?: readonly string[]
}

/** One kind of file. */
export interface Kind {
  readonly name: string
  readonly file: string
  readonly bytes: Uint8Array
  /** Files that lie beside it. */
  readonly beside?: Readonly<Record<string, string | Uint8Array>>
  readonly readings: readonly Reading[]
  /** Whether checksums guard all that is read, so that an answer is the right one, or an error. */
  readonly guarded: boolean
}

/** What was done to a file. */
interface Mutation {
  readonly what: string
  readonly bytes: Uint8Array
}

const HUGE = [0xff, 0xffff, 0x7fffffff, 0xffffffff, 2 ** 28, 2 ** 31]

/** Changes bytes in one of many ways. Most of an HDF5 file is zeros that nothing is in: bytes that are not 0 are more likely. */
function mutated(bytes: Uint8Array, uniform: () => number): Mutation {
  const copy = Buffer.from(bytes)
  const below = (n: number): number => Math.floor(uniform() * n)
  const place = (): number => {
    for (let tries = 0; tries < 20; tries++) {
      const at = below(copy.length)
      if (copy[at] !== 0) return at
    }
    return below(copy.length)
  }
  const span = (at: number): number => Math.min(copy.length - at, 1 + below(uniform() < 0.2 ? 4096 : 32))
  const at = place()
  const length = span(at)
  switch (below(10)) {
    case 0:
    case 1:
    case 2: {
      const bit = below(8)
      copy[at] = (copy[at] ?? 0) ^ (1 << bit)
      return { what: `bit ${bit} of byte ${at} flipped`, bytes: copy }
    }
    case 3:
      return { what: `${length} bytes from ${at} on are 0`, bytes: copy.fill(0, at, at + length) }
    case 4:
      return { what: `${length} bytes from ${at} on are 255`, bytes: copy.fill(0xff, at, at + length) }
    case 5:
      return { what: `cut off at ${at}`, bytes: copy.subarray(0, at) }
    case 6: {
      const from = place()
      return { what: `${length} bytes of ${from} also at ${at}`, bytes: Buffer.from(copy.copyWithin(at, from, from + length)) }
    }
    case 7: {
      const more = Buffer.from(Array.from({ length }, () => below(256)))
      return { what: `${length} bytes inserted at ${at}`, bytes: Buffer.concat([copy.subarray(0, at), more, copy.subarray(at)]) }
    }
    case 8:
      return { what: `${length} bytes from ${at} on left out`, bytes: Buffer.concat([copy.subarray(0, at), copy.subarray(at + length)]) }
    default: {
      const value = HUGE[below(HUGE.length)] as number
      const width = Math.min(copy.length - at, 4)
      copy.writeUIntLE(value % 256 ** width, at, width)
      return { what: `the number at ${at} is ${value}`, bytes: copy }
    }
  }
}

/** Words of the machinery, which no user should read. */
const FOREIGN =
  /undefined|null function|TypeError|RangeError|SyntaxError|Aborted|native code|call stack|HDF5-DIAG|Unexpected (?:token|end|non)|errno|is not (?:a function|iterable)|Cannot read prop|\[object|invalid (?:array|typed)|out of bounds|Invalid (?:array|typed|string)|ERR_|\bat .*:\d+:\d+|#\d\d\d:/

/** What is said when the time limit of src/archive/library.ts has stopped HDF5. */
const STOPPED = /does not come to an end/

/** Seconds of a core that an answer may take, and by the clock, as other tests have the cores too. */
const [MOST_SECONDS, MOST_SECONDS_BY_CLOCK] = [5, 60]

/** Seconds of a core that a process has used; NaN where the system does not say it. */
function secondsUsed({ pid }: ChildProcess): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // Hundredths of seconds.
    return (Number(fields[11]) + Number(fields[12])) / 100
  } catch {
    return Number.NaN
  }
}

/** One answer that is not as it should be. */
export interface Fault {
  readonly reading: string
  readonly what: string
  readonly why: string
}

/** A process that runs command lines one after the other, and is replaced if it hangs or dies. */
export class Reader {
  #child: ChildProcess | undefined
  #said = ''

  async run(args: readonly string[], cwd: string): Promise<Outcome | string> {
    this.#child ??= this.#start()
    const child = this.#child
    const { SPINPOOL_MUTATIONS: _, NO_COLOR: __, FORCE_COLOR: ___, ...env } = process.env
    this.#said = ''
    return new Promise((resolve) => {
      const end = (answer: Outcome | string): void => {
        clearInterval(timer)
        child.removeAllListeners('message').removeAllListeners('exit')
        if (typeof answer === 'string') this.end()
        resolve(answer)
      }
      const [begin, used] = [performance.now(), secondsUsed(child)]
      const timer = setInterval(() => {
        const late = secondsUsed(child) - used > MOST_SECONDS || performance.now() - begin > 1000 * MOST_SECONDS_BY_CLOCK
        if (late) end(`no answer within ${MOST_SECONDS} s`)
      }, 1000)
      child.once('message', (outcome: Outcome) => {
        end({ ...outcome, stderr: outcome.stderr + this.#said })
        // Stopped in the middle of a file, HDF5 may not be able to read another one.
        if (STOPPED.test(outcome.stderr)) this.end()
      })
      child.once('exit', (code, signal) => end(`the process ended (${code ?? signal}): ${this.#said.slice(0, 300)}`))
      child.send({ main, args, cwd, env })
    })
  }

  /** Seconds of a core that it has used since it was started. */
  get seconds(): number {
    return this.#child ? secondsUsed(this.#child) : 0
  }

  end(): void {
    this.#child?.removeAllListeners('exit')
    this.#child?.kill('SIGKILL')
    this.#child = undefined
  }

  #start(): ChildProcess {
    const driver = fileURLToPath(new URL('one-process.mjs', import.meta.url))
    const child = fork(driver, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: ['--max-old-space-size=1500'] })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#said += text
    })
    return child
  }
}

/** Reads a file with each of its readings in turn, every time damaged in another way. @returns what went wrong; such files go to `keep` */
export async function faultsOf(reader: Reader, kind: Kind, folder: string, count: number, seed: number, keep?: string): Promise<Fault[]> {
  const uniform = random(seed)
  const faults: Fault[] = []
  const right: string[] = []
  for (const [r, reading] of kind.readings.entries()) {
    const { outcome, answer } = await read(reader, kind, kind.bytes, reading, join(folder, `right-${r}`))
    if (typeof outcome === 'string' || outcome.code !== 0) throw new Error(`${reading.args.join(' ')}: ${JSON.stringify(outcome)}`)
    right.push(answer)
  }
  for (let i = 0; i < count; i++) {
    const r = i % kind.readings.length
    const reading = kind.readings[r] as Reading
    const { what, bytes } = mutated(kind.bytes, uniform)
    const { outcome, answer } = await read(reader, kind, bytes, reading, join(folder, String(i)))
    const same = Buffer.compare(bytes, kind.bytes) === 0
    const why = judged(outcome, answer, right[r] ?? '', kind.guarded || same)
    if (why === undefined) continue
    faults.push({ reading: reading.args.join(' '), what, why })
    if (keep !== undefined) writeFileSync(join(keep, `${seed}-${i}-${kind.file}`), bytes)
  }
  return faults
}

async function read(reader: Reader, kind: Kind, bytes: Uint8Array, { args, out, next }: Reading, cwd: string) {
  mkdirSync(cwd)
  try {
    for (const [name, content] of Object.entries({ ...kind.beside, [kind.file]: bytes })) writeFileSync(join(cwd, name), content)
    let outcome = await reader.run(args, cwd)
    if (next && typeof outcome !== 'string' && outcome.code === 0) outcome = await reader.run(next, cwd)
    if (typeof outcome === 'string' || outcome.code !== 0) return { outcome, answer: '' }
    const answer = out === undefined ? outcome.stdout : readFileSync(join(cwd, out), 'latin1')
    return { outcome, answer: answer.replaceAll(cwd, 'FOLDER').replace(/"secondsSinceCheckpoint":[\d.]+/, '') }
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
}

function judged(outcome: Outcome | string, answer: string, right: string, guarded: boolean): string | undefined {
  if (typeof outcome === 'string') return outcome
  const { code, stderr, stdout } = outcome
  if (code === 0) return guarded && answer !== right ? `wrong with exit code 0: ${difference(answer, right)}` : undefined
  if (code !== 2 && code !== 3 && code !== 4) return `exit code ${code}: ${stderr}`
  if (stdout !== '') return `printed ${stdout.slice(0, 200)} and then: ${stderr}`
  if (!/^spinpool: [^\n]+\n$/.test(stderr)) return `not one line: ${stderr}`
  if (stderr.length > 600) return `${stderr.length} characters: ${stderr}`
  const foreign = FOREIGN.exec(stderr)
  return foreign ? `'${foreign[0]}' in: ${stderr}` : undefined
}

function difference(a: string, b: string): string {
  let at = 0
  while (at < Math.min(a.length, b.length) && a[at] === b[at]) at++
  return `${JSON.stringify(a.slice(Math.max(0, at - 40), at + 40))} and not ${JSON.stringify(b.slice(Math.max(0, at - 40), at + 40))}`
}
