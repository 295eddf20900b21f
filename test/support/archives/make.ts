import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { FORMAT_VERSION } from '../../../src/archive/data.ts'
import { openArchive } from '../../../src/archive/read.ts'
import { runJob } from '../../../src/run/run.ts'
import { loadJobFile } from '../../../src/job/load.ts'
import { summaryJson } from '../../../src/view/report/summary.ts'

// Makes the archives of the present format anew; see README.md.

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'spinpool-archives-'))

try {
  for (const model of ['ising', 'o6']) {
    const job = loadJobFile(here(`${model}.yaml`))
    for (const interrupted of [false, true]) {
      const name = `format-${FORMAT_VERSION}-${model}${interrupted ? '-interrupted' : ''}`
      const out = join(folder, `${name}.h5`)
      // This worker steps five milliseconds at a time, and stops the run after so many of them.
      process.env.SPINPOOL_TEST_MOMENTS = '1'
      const worker = interrupted ? { worker: here('../workers/pauses.mjs') } : {}
      const { simulations } = await runJob(job, { out, threads: 1, command: `spinpool run ${model}.yaml`, ...worker })
      const between = simulations.some(({ sweepsDone, sweepsTotal }) => sweepsDone > 0 && sweepsDone < sweepsTotal)
      if (between !== interrupted) throw new Error(`${name}: ${between ? '' : 'not '}between begin and end`)
      const archive = await openArchive(out)
      writeFileSync(here(`${name}.json`), `${JSON.stringify(summaryJson(archive))}\n`)
      archive.close()
      writeFileSync(here(`${name}.h5.gz`), gzipSync(readFileSync(out), { level: 9 }))
    }
  }
} finally {
  rmSync(folder, { recursive: true })
}
