// Reads a model over and over, each time damaged in another way, and says what came of it; in a process of its own, as
// damage.mjs does with archives.
import { readFileSync, writeFileSync } from 'node:fs'
import { SpinpoolError } from '../../../dist/src/errors.js'
import { readModel } from '../../../dist/src/neural/model-file.js'

process.on('disconnect', () => process.exit())
process.on('message', async ({ file, scratch, damages }) => {
  const whole = readFileSync(file)
  const right = await read(file)
  const verdicts = []
  for (const damage of damages) {
    const bytes = Buffer.from(whole)
    if (damage.bit !== undefined) bytes[damage.bit >> 3] ^= 1 << (damage.bit & 7)
    writeFileSync(scratch, bytes.subarray(0, damage.length ?? bytes.length))
    try {
      verdicts.push({ damage, outcome: (await read(scratch)) === right ? 'right' : 'wrong' })
    } catch (error) {
      verdicts.push({ damage, outcome: error instanceof SpinpoolError ? 'refused' : 'crashed', name: error.name, message: error.message })
    }
  }
  process.send(verdicts)
})

async function read(path) {
  return JSON.stringify(await readModel(path), (_, value) => (ArrayBuffer.isView(value) ? Array.from(value, String) : value))
}
process.send('ready')
