/** When a run must have ended: a moment on the clock that nobody can set. */
export class Deadline {
  readonly #end: number

  /** @param end milliseconds, as performance.now() counts */
  constructor(end: number) {
    this.#end = end
  }

  get secondsLeft(): number {
    return (this.#end - performance.now()) / 1000
  }
}

/**
 * The earlier of a time limit and of the end that Slurm has set for the job.
 *
 * @param limit seconds; undefined for none
 * @param since what performance.now() was when the limit began to count
 */
export function findDeadline(
  limit: number | undefined,
  since: number,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Deadline | undefined {
  const ends = limit === undefined ? [] : [since + 1000 * limit]
  const slurm = Number(environment.SLURM_JOB_END_TIME)
  if (slurm > 0) {
    const left = 1000 * slurm - Date.now()
    // An end that is over was put off since, which is not said here.
    if (left > 0) ends.push(performance.now() + left)
  }
  return ends.length > 0 ? new Deadline(Math.min(...ends)) : undefined
}
