import { statSync } from 'node:fs'
import { FileError } from '../errors.ts'
import type { Claim } from './claim.ts'

/** The file at the path is another process's now. */
export class NoLongerOurs extends FileError {}

type Before = 'ours' | 'replaced' | 'none'

/** Makes sure, before each writing, that the file at a claimed path is still the one that was written last. */
export class Ownership {
  readonly #claim: Pick<Claim, 'path' | 'lock'>
  readonly #file: string
  readonly #work: string
  readonly #before: Before
  /** Undefined before the first writing. */
  #ours: string | undefined

  /**
   * @param file what is written, and
   * @param work what writes it, for messages
   * @param before what lies there now: the file to go on with, one that is to be replaced, or none
   */
  constructor(claim: Pick<Claim, 'path' | 'lock'>, file: 'archive' | 'model', work: 'run' | 'training', before: Before) {
    this.#claim = claim
    this.#file = file
    this.#work = work
    this.#before = before
    if (before === 'ours') this.note()
  }

  /** Whether it was ever written. */
  get written(): boolean {
    return this.#ours !== undefined
  }

  /** @throws NoLongerOurs where another process has locked the path, or has put another file there */
  check(): void {
    const { path, lock } = this.#claim
    const other = lock.takenBy()
    if (other) {
      throw new NoLongerOurs(
        `${path}: process ${other.pid} on host ${other.host} has taken this ${this.#file} over; this ${this.#work} stops`,
      )
    }
    const there = fileAt(path)
    const expected = this.#ours === undefined ? this.#before === 'replaced' : there === this.#ours
    if (there !== undefined && !expected) {
      throw new NoLongerOurs(`${path}: another process has replaced this ${this.#file}; this ${this.#work} stops and writes nothing more`)
    }
  }

  /** The file that is there now is ours. */
  note(): void {
    this.#ours = fileAt(this.#claim.path)
  }
}

/** Which file there is: every writing makes another. */
function fileAt(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false })
  return found && `${found.dev} ${found.ino}`
}
