import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Barrier, BARRIER_WORDS } from '../../src/engine/pool/barrier.ts'
import { runCrew, type Work } from '../../src/engine/pool/crew.ts'
import { openPool } from '../../src/engine/pool/pool.ts'
import { Schedule } from '../../src/engine/pool/schedule.ts'
import { StopFlag } from '../../src/engine/pool/stop.ts'
import { barrierPlace, runTeam } from '../../src/engine/pool/team.ts'

// Who works on what, without ladders or networks.

const words = (): Int32Array => new Int32Array(new SharedArrayBuffer(4 * BARRIER_WORDS))
const moment = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('the schedule', () => {
  it('gives free threads to the unit with most work left, and teams of threads if units are few', () => {
    const left = [1, 3, 2]
    const schedule = new Schedule([4, 4, 1], (unit) => left[unit] as number)
    expect(schedule.take(2)).toEqual({ unit: 1, members: 1 })
    expect(schedule.take(1)).toEqual({ unit: 2, members: 1 })
    schedule.release(1, true)
    expect(schedule.take(3)).toEqual({ unit: 0, members: 3 })
    expect(schedule.take(8)).toBeUndefined()
    schedule.release(0, false)
    expect(schedule.take(8)).toEqual({ unit: 0, members: 4 })
    schedule.release(2, false)
    expect(schedule.take(8)).toEqual({ unit: 2, members: 1 })
  })
})

describe('a team', () => {
  it('gives back what each member found, and makes the place ready before any of them begins', async () => {
    const done: string[] = []
    const place = { barrier: words(), resetTeam: () => void done.push('ready') }
    const run = async (task: { member: number }): Promise<number> => {
      done.push(`member ${task.member}`)
      if (task.member === 0) await moment()
      return 10 * task.member
    }
    expect(await runTeam({ run }, 3, (member) => ({ member }), place)).toEqual([0, 10, 20])
    expect(done).toEqual(['ready', 'member 0', 'member 1', 'member 2'])
  })

  it('throws the first failure, but only after the last member has left', async () => {
    const barrier = words()
    let inside = 3
    const run = async (member: number): Promise<void> => {
      for (let wait = 0; wait < 3 - member; wait++) await moment()
      inside--
      if (member > 0) throw new Error(`member ${member}`)
    }
    await expect(runTeam({ run }, 3, (member) => member, barrierPlace(barrier))).rejects.toThrow('member 2')
    expect(inside).toBe(0)
    const broken = words()
    Barrier.break(broken)
    expect([...barrier], 'nobody waits at it any more').toEqual([...broken])
  })

  it('is released from its barrier when one of its threads is gone, and the next team can meet', { timeout: 30_000 }, async () => {
    const file = fileURLToPath(new URL('../support/workers/meets.mjs', import.meta.url))
    const pool = await openPool<{ barrier: Int32Array; members: number; dies: boolean }, { met: boolean }>({
      threads: 2,
      file,
      context: {},
    })
    onTestFinished(() => pool.close())
    const barrier = words()
    const team = (victim?: number) =>
      runTeam(pool, 2, (member) => ({ barrier, members: 2, dies: member === victim }), barrierPlace(barrier))
    await expect(team(0)).rejects.toThrow(/a worker thread failed: .*exit/)
    expect(await team()).toEqual([{ met: true }, { met: true }])
    await expect(team(1)).rejects.toThrow(/a worker thread failed: .*exit/)
    expect(pool.busySeconds).toBeGreaterThan(0)
  })
})

describe('a crew', () => {
  /** Units that need some slices each; what happened, in order. */
  function slices(left: number[], more: Partial<Work> = {}): { readonly work: Work; readonly seen: string[]; most: number } {
    const seen: string[] = []
    const found = {
      seen,
      most: 0,
      work: {
        mostMembers: left.map(() => 1),
        remaining: (unit) => left[unit] as number,
        slice: async (unit, members) => {
          running += members
          found.most = Math.max(found.most, running)
          seen.push(`${unit}`)
          await moment()
          running -= members
          return --(left[unit] as number) === 0
        },
        ...more,
      } satisfies Work,
    }
    let running = 0
    return found
  }

  it('finishes every unit, that with most work first, with no more threads than there are', async () => {
    const left = [1, 4, 2]
    const found = slices(left)
    await runCrew(2, new StopFlag(), found.work)
    expect(left).toEqual([0, 0, 0])
    expect(found.seen.slice(0, 2)).toEqual(['1', '2'])
    expect(found.seen.toSorted()).toEqual(['0', '1', '1', '1', '1', '2', '2'])
    expect(found.most).toBe(2)
  })

  it('calls back before a slice, while units are taken, and once at the end', async () => {
    const said: string[] = []
    const { work } = slices([2], {
      beforeSlice: (unit) => said.push(`before ${unit}`),
      betweenSlices: (isTaken) => said.push(`taken: ${isTaken(0)}`),
      atEnd: async () => void said.push('end'),
    })
    await runCrew(1, new StopFlag(), work)
    expect(said).toEqual(['before 0', 'taken: true', 'before 0', 'taken: true', 'end'])
  })

  it('hands nothing out once it is stopped, and says who stopped it', async () => {
    const stop = new StopFlag()
    const abort = new AbortController()
    const unfollow = stop.follow(abort.signal)
    const left = [5, 5]
    await runCrew(2, stop, slices(left, { betweenSlices: () => abort.abort() }).work)
    unfollow()
    expect(left).toEqual([4, 4])
    expect(stop.reason).toBe('signal')
    stop.raise('time limit')
    expect(stop.reason, 'the first reason counts').toBe('signal')
  })

  it.each(['slice', 'beforeSlice', 'betweenSlices'] as const)('ends whole and throws the failure of %s', async (where) => {
    const left = [3, 3]
    const said: string[] = []
    const fail = (unit: unknown): never => {
      throw new Error(`${where} failed: ${typeof unit}`)
    }
    const { work } = slices(left)
    const stop = new StopFlag()
    const failing: Work = {
      ...work,
      ...(where === 'slice'
        ? { slice: async (unit, members) => (unit === 0 ? fail(unit) : work.slice(unit, members)) }
        : { [where]: fail }),
      onFailure: (unit) => said.push(`unit ${unit}`),
      atEnd: async () => void said.push(`end, ${left.join(' ')} left`),
    }
    await expect(runCrew(2, stop, failing)).rejects.toThrow(`${where} failed`)
    expect(stop.isRaised).toBe(true)
    expect(stop.reason).toBeUndefined()
    const expected = { slice: ['unit 0', 'end, 3 2 left'], beforeSlice: ['end, 2 3 left'], betweenSlices: ['end, 2 2 left'] }
    expect(said).toEqual(expected[where])
  })
})
