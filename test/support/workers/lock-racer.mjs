// A process that tries for the locks it is told, says which it got, and keeps them until it is let go.
import { takeLock } from '../../../dist/src/archive/lock.js'

process.on('disconnect', () => process.exit())
process.on('message', (archives) => {
  const won = []
  const refusals = []
  for (const archive of archives) {
    try {
      takeLock(archive, false)
      won.push(archive)
    } catch (error) {
      refusals.push(`${error.name} ${error.message}`)
    }
  }
  process.send({ won, refusals })
})
process.send('ready')
