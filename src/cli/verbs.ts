import type { Verb } from './verb.ts'

/** Every verb, in the order of the help, and the module that holds it. */
const modules: Readonly<Record<string, () => Promise<Verb>>> = {
  run: async () => (await import('./run.ts')).runVerb,
  resume: async () => (await import('./resume.ts')).resumeVerb,
  status: async () => (await import('./status.ts')).statusVerb,
  summary: async () => (await import('./summary.ts')).summaryVerb,
  scaling: async () => (await import('./scaling.ts')).scalingVerb,
  merge: async () => (await import('./merge.ts')).mergeVerb,
  slurm: async () => (await import('./slurm.ts')).slurmVerb,
  dataset: async () => (await import('./dataset.ts')).datasetVerb,
  train: async () => (await import('./train.ts')).trainVerb,
  predict: async () => (await import('./predict.ts')).predictVerb,
  crossing: async () => (await import('./crossing.ts')).crossingVerb,
  plot: async () => (await import('./plot.ts')).plotVerb,
  export: async () => (await import('./export.ts')).exportVerb,
  import: async () => (await import('./import.ts')).importVerb,
  bench: async () => (await import('./bench.ts')).benchVerb,
  info: async () => (await import('./info.ts')).infoVerb,
  completion: async () => (await import('./completion.ts')).completionVerb,
}

export const verbNames: readonly string[] = Object.keys(modules)

/** The verbs that a command line names, or all of them where it names none: loading all takes longer than most of what they do. */
export function loadVerbs(argv: readonly string[]): Promise<Verb[]> {
  const named = verbNames.filter((name) => argv.includes(name))
  const completes = argv.includes('--get-yargs-completions')
  return Promise.all((named.length > 0 && !completes ? named : verbNames).map((name) => (modules[name] as () => Promise<Verb>)()))
}
