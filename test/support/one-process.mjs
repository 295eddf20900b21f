// Runs many command lines of spinpool one after another in this process, which saves half a second for each.
// Each has its own copy of the entry, its own folder, and what it prints is caught.
// Reads from stdin: { main, cases: [{ args, cwd }] }; prints: [{ code, stdout, stderr }].
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const { main, cases } = JSON.parse(readFileSync(0, 'utf8'))
const write = process.stdout.write.bind(process.stdout)
const outcomes = []
for (const [i, { args, cwd }] of cases.entries()) {
  const caught = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr']) {
    process[name].write = (text) => {
      caught[name] += text
      return true
    }
  }
  process.argv = [process.execPath, main, ...args]
  process.exitCode = undefined
  process.chdir(cwd)
  await import(`${pathToFileURL(main).href}?${i}`)
  for (const name of ['stdout', 'stderr']) process[name].removeAllListeners('error')
  outcomes.push({ code: process.exitCode ?? 0, ...caught })
}
process.exitCode = 0
write(JSON.stringify(outcomes))
