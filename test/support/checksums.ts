import { createHash } from 'node:crypto'
import { datasetsOf } from './datasets.ts'

/**
 * What an archive holds, by simulation and by group in it: a checksum over type, shape and bytes of all datasets there
 * but seconds. Attributes are not looked at.
 */
export async function checksumsOf(path: string): Promise<Record<string, string>> {
  const parts = new Map<string, string[]>()
  for (const [name, content] of Object.entries(await datasetsOf(path))) {
    if (name.includes('@')) continue
    const [simulation = '', group = '', inside] = name.split('/').slice(2)
    const part = inside === undefined ? `${simulation}/means` : `${simulation}/${group}`
    parts.set(part, [...(parts.get(part) ?? []), `${name} ${content}\n`])
  }
  return Object.fromEntries(
    [...parts].map(([part, lines]) => [part, createHash('sha256').update(lines.sort().join('')).digest('hex').slice(0, 16)]),
  )
}
