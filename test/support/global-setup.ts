import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

/** Makes the folder of all temporary files, and removes it. */
export default function setup({ provide }: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'spinpool-tests-'))
  provide('folder', folder)
  return () => rmSync(folder, { recursive: true, force: true })
}
