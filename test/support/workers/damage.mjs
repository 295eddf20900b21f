// Reads an archive over and over, each time damaged in another way, and says what came of it. In a process of its own, as a
// library that hangs or gives up takes the process with it.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { openArchive } from '../../../dist/src/archive/read.js'
import { restoreGroup } from '../../../dist/src/run/checkpoint.js'
import { LadderMemory, persistentBundles } from '../../../dist/src/sampling/memory.js'
import { SpinpoolError } from '../../../dist/src/errors.js'
import { planJob } from '../../../dist/src/job/plan.js'

process.on('disconnect', () => process.exit())
process.on('message', async ({ file, scratch, damages }) => {
  const whole = readFileSync(file)
  const right = await read(file)
  for (const damage of damages) {
    const bytes = Buffer.from(whole)
    if (damage.bit !== undefined) bytes[damage.bit >> 3] ^= 1 << (damage.bit & 7)
    writeFileSync(scratch, bytes.subarray(0, damage.length ?? bytes.length))
    process.send({ damage, ...(await outcome(scratch, right)) })
  }
  process.send('done')
})

async function outcome(path, right) {
  try {
    return { outcome: (await read(path)) === right ? 'right' : 'wrong' }
  } catch (error) {
    return { outcome: error instanceof SpinpoolError ? 'refused' : 'crashed', message: error.message }
  }
}

/** Job, labels, numbers, and a hash of all that a resume would go on with. */
async function read(path) {
  const archive = await openArchive(path)
  try {
    const plan = planJob(archive.job, { threads: 1 })
    const simulations = archive.simulations.map(({ timing: _, read: __, rows: ___, ...rest }) => rest)
    const hash = createHash('sha256')
    for (const group of plan.groups) {
      const reader = archive.checkpoint(group.id)
      if (!reader) {
        hash.update('none')
        continue
      }
      const targets = group.ladders.map((ladder) => {
        const spec = plan.ladders[ladder]
        const buffer = new ArrayBuffer(plan.bytes[ladder])
        const memory = new LadderMemory(buffer, 0, spec)
        return { spec, memory, buffer, bundles: persistentBundles(buffer, memory, spec, group.simulations[0].model).flat() }
      })
      restoreGroup(archive, reader, group, targets)
      for (const { buffer } of targets) hash.update(new Uint8Array(buffer))
    }
    return JSON.stringify([archive.status, archive.job, archive.shard, simulations, hash.digest('hex')], (_, value) =>
      ArrayBuffer.isView(value) ? Array.from(value, String) : value,
    )
  } finally {
    archive.close()
  }
}
process.send('ready')
