import type { Options } from 'yargs'
import { UsageError } from '../errors.ts'
import { didYouMean, shown } from '../text/suggestion.ts'
import { commonOptions, type Flags, type Verb } from './verb.ts'

// What is wrong with a command line, in one line each: yargs finds some of it and says it its own way, and lets some pass.

/** What yargs is told to say without a verb. */
export const NO_VERB = 'which verb?'

function nameOf(verb: Verb): string {
  return verb.usage.split(' ')[0] as string
}

function optionsOf(verb: Verb): Readonly<Record<string, Options>> {
  return { ...verb.options, ...commonOptions }
}

/** Finds what yargs does not mind: a flag given twice, `--json=maybe`, `--no-size`, words after `--`. */
export function checkFlags(flags: Flags, verb: Verb, argv: readonly string[]): void {
  const see = `see spinpool ${nameOf(verb)} --help`
  for (const [name, option] of Object.entries(optionsOf(verb))) {
    const values = [flags[name]].flat()
    if (option.type === 'boolean') {
      const odd = argv
        .map((word) => word.split('='))
        .find(([flag, value]) => flag === `--${name}` && value !== undefined && !['true', 'false'].includes(value))
      if (odd) throw new UsageError(`--${name}: ${shown(odd[1])} is not possible; allowed: --${name} or --no-${name}`)
    } else {
      if (values.includes(false)) throw new UsageError(`--no-${name}: unknown flag; --${name} takes a value; ${see}`)
      if (values.length > 1 && option.array !== true) throw new UsageError(`--${name}: given ${values.length} times; allowed: once`)
    }
  }
  const [, ...rest] = [flags._].flat()
  if (rest.length > 0) throw new UsageError(`${shown(String(rest[0]))}: arguments after -- are not taken; ${see}`)
}

/**
 * One line for what yargs found wrong.
 *
 * @param verbs those that the command line names
 * @param names of all verbs
 */
export function explain(message: string, argv: readonly string[], verbs: readonly Verb[], names: readonly string[]): string {
  const verb = verbs.find((candidate) => argv.includes(nameOf(candidate)))
  // Yargs renames __proto__ before it complains, and names flags before words.
  const unknowns = /^Unknown (?:argument|command)s?: (.+)/.exec(message)?.[1]?.replace('___proto___', '__proto__').split(', ') ?? []
  const unknown = verb ? unknowns[0] : unknowns.find((word) => argv.includes(word))
  if (message === NO_VERB) return `which verb?; write it first; allowed: ${names.join(', ')}; see spinpool --help`
  if (!verb) {
    const first = unknown ?? argv[0] ?? ''
    return `there is no verb ${shown(first)}${didYouMean(first, names)}; allowed: ${names.join(', ')}`
  }
  const see = `see spinpool ${nameOf(verb)} --help`
  const flag = unknown ?? (message.startsWith('Not enough non-option') ? unknownFlag(argv, verb) : undefined)
  if (flag !== undefined) {
    const written = argv.find((word) => flagOf(word) === flag || (flag.length === 1 && /^-\w/.test(word) && word.includes(flag)))
    if (!written?.startsWith('-')) return `${shown(flag)} is one argument too many; ${see}`
    const hint = didYouMean(flag, Object.keys(optionsOf(verb))).replace(/'(.+)'/, "'--$1'")
    return `${dashed(flag)}: unknown flag${hint}; ${see}`
  }
  const empty = /^Not enough arguments following: (\S+)/.exec(message)?.[1]
  if (empty !== undefined) return `${dashed(empty)}: its value is missing; ${see}`
  if (message.startsWith('Not enough non-option')) return `the file is missing; write spinpool ${verb.usage}; ${see}`
  const choice = /Argument: ([^,]+), Given: (.+), Choices: (.+)$/s.exec(message)
  if (choice) return `--${choice[1]}: ${choice[2]?.replaceAll('"', "'")} is not possible; allowed: ${choice[3]?.replaceAll('"', '')}`
  return message.replaceAll(/\s*\n\s*/g, ' ')
}

function flagOf(word: string): string {
  return word.replace(/^-+(?:no-)?/, '').split('=')[0] as string
}

function dashed(flag: string): string {
  return flag.length === 1 ? `-${flag}` : `--${flag}`
}

/** The first --flag that the verb does not know, also in camelCase. */
function unknownFlag(argv: readonly string[], verb: Verb): string | undefined {
  const known = Object.keys(optionsOf(verb))
  return argv
    .filter((word) => word.startsWith('--') && word.length > 2)
    .map(flagOf)
    .find((name) => !known.includes(name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)))
}
