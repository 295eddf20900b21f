import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Figure, figureTable } from './figure.ts'

/** Why nothing is timed: what would be timed is not what it claims to be. */
export class Refusal extends Error {}

/** What a benchmark says. */
export interface Outcome {
  readonly name: string
  readonly figures: readonly Figure[]
  /** Lines that belong to the figures: what was checked, what was left out. */
  readonly notes: readonly string[]
}

/** What a benchmark is given: a folder that goes away with it, and a place for remarks. */
export interface Bench {
  readonly folder: string
  readonly note: (line: string) => void
}

const root = new URL('../', import.meta.url)

/**
 * Runs one benchmark file: prints its table, and writes the outcome as JSON where `--json FILE` asks for it.
 * The exit code is 1 where it refuses to time anything or a claim is missed.
 */
export async function benchmark(name: string, measure: (bench: Bench) => Promise<readonly Figure[]>): Promise<void> {
  const { json } = parseArgs({ options: { json: { type: 'string' } } }).values
  const folder = mkdtempSync(join(tmpdir(), `spinpool-bench-${name}-`))
  const notes: string[] = []
  try {
    refuseStaleBuild()
    const figures = await measure({ folder, note: (line) => void notes.push(line) })
    console.log(`\n${name}`)
    if (figures.length > 0) console.log(figureTable(figures))
    for (const line of notes) console.log(`  ${line}`)
    if (json !== undefined) writeFileSync(json, JSON.stringify({ name, figures, notes } satisfies Outcome))
    if (figures.some(({ held }) => held === false)) process.exitCode = 1
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    console.error(`${name}: refused: ${error.message}`)
    process.exitCode = 1
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Workers and kernels come from dist/: an old build would be timed under the name of the new source. */
function refuseStaleBuild(): void {
  const built = modified(fileURLToPath(new URL('dist/COMMIT', root)))
  if (built === 0) throw new Refusal('there is no build; run npm run build')
  for (const folder of ['src', 'workers']) {
    const path = fileURLToPath(new URL(folder, root))
    for (const file of readdirSync(path, { recursive: true, encoding: 'utf8' })) {
      if (file.endsWith('.ts') && modified(join(path, file)) > built)
        throw new Refusal(`${folder}/${file} is newer than the build; run npm run build`)
    }
  }
}

/** 0 where there is no such file. */
function modified(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
}
