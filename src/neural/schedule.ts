import { UsageError } from '../errors.ts'
import { didYouMean, shown } from '../text/suggestion.ts'
import { type Schedule, scheduleNames } from './settings.ts'

const FORMS = 'allowed: constant, cosine, step:30:0.1 (times 0.1 every 30 epochs), exponential:0.95 (times 0.95 every epoch)'

/** How many numbers follow the name. */
const NUMBERS: Readonly<Record<Schedule['kind'], number>> = { constant: 0, step: 2, exponential: 1, cosine: 0 }

/**
 * The learning rate of one epoch. In the first `warmup` epochs it grows in equal steps: base/warmup, 2 base/warmup, ..., base.
 * The schedule begins after them, with `base` once more, and counts its epochs t = 0, 1, ... from there:
 *
 * - step: base · factor^⌊t/every⌋
 * - exponential: base · factorᵗ
 * - cosine: base · ½ (1 + cos(π t / (epochs - warmup))); it would be 0 in the epoch after the last one, so that the last one
 *   still learns.
 *
 * Without warm-up these are StepLR, ExponentialLR and CosineAnnealingLR of torch.optim.lr_scheduler, stepped once an epoch.
 *
 * @param epoch from 0, below `epochs`
 */
export function learningRate(base: number, schedule: Schedule, warmup: number, epoch: number, epochs: number): number {
  if (epoch < warmup) return (base * (epoch + 1)) / warmup
  const t = epoch - warmup
  switch (schedule.kind) {
    case 'constant':
      return base
    case 'step':
      return base * schedule.factor ** Math.floor(t / schedule.every)
    case 'exponential':
      return base * schedule.factor ** t
    case 'cosine':
      return (base * (1 + Math.cos((Math.PI * t) / (epochs - warmup)))) / 2
  }
}

/**
 * Reads `constant`, `cosine`, `step:EVERY:FACTOR` or `exponential:FACTOR`.
 *
 * @param where the flag or key that the text comes from, for messages
 * @throws UsageError for anything else, for an EVERY that is not a whole number from 1, a FACTOR not above 0 or above 1
 */
export function readSchedule(text: string, where: string): Schedule {
  const [name = '', ...numbers] = text.trim().split(':')
  const kind = scheduleNames.find((known) => known === name)
  if (kind === undefined) throw new UsageError(`${where}: ${shown(text)} is no schedule${didYouMean(name, scheduleNames)}; ${FORMS}`)
  const wanted = NUMBERS[kind]
  if (numbers.length !== wanted) {
    throw new UsageError(`${where}: ${shown(text)} has ${counted(numbers.length)}, ${kind} takes ${wanted || 'none'}; ${FORMS}`)
  }
  const readEvery = (written = ''): number => {
    const every = readNumber(written)
    if (Number.isSafeInteger(every) && every >= 1) return every
    throw new UsageError(`${where}: ${shown(text)} steps every ${shown(written)} epochs; allowed: whole numbers from 1, as in step:30:0.1`)
  }
  const readFactor = (written = ''): number => {
    const factor = readNumber(written)
    if (factor > 0 && factor <= 1) return factor
    throw new UsageError(`${where}: ${shown(text)} has the factor ${shown(written)}; allowed: numbers above 0, at most 1`)
  }
  switch (kind) {
    case 'step':
      return { kind, every: readEvery(numbers[0]), factor: readFactor(numbers[1]) }
    case 'exponential':
      return { kind, factor: readFactor(numbers[0]) }
    default:
      return { kind }
  }
}

/** A schedule as `readSchedule` reads it. */
export function scheduleText(schedule: Schedule): string {
  switch (schedule.kind) {
    case 'step':
      return `step:${schedule.every}:${schedule.factor}`
    case 'exponential':
      return `exponential:${schedule.factor}`
    default:
      return schedule.kind
  }
}

/** NaN where there are no decimal digits: Number() alone would read '' as 0 and '0x10' as 16. */
function readNumber(text: string): number {
  return /^[+]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : Number.NaN
}

function counted(numbers: number): string {
  return numbers === 0 ? 'no number' : `${numbers} number${numbers === 1 ? '' : 's'}`
}
