#!/usr/bin/env node
import yargs, { type Argv } from 'yargs'
import { packageVersion } from '../archive/provenance.ts'
import { EXIT, messageOf, SpinpoolError, UsageError } from '../errors.ts'
import { didYouMean } from '../job/suggestion.ts'
import { infoVerb } from './info.ts'
import { runVerb } from './run.ts'
import { statusVerb } from './status.ts'
import { summaryVerb } from './summary.ts'
import { Terminal } from './terminal.ts'
import { commonOptions, openTerminal, type Verb } from './verb.ts'

// The command line: the only place that prints or exits.

const verbs: readonly Verb[] = [runVerb, statusVerb, summaryVerb, infoVerb]
const verbNames = [...verbs.map(nameOf), 'completion']

function nameOf(verb: Verb): string {
  return verb.usage.split(' ')[0] as string
}

/** One line for what yargs found wrong. */
function explain(message: string, argv: readonly string[]): string {
  const verb = verbs.find((candidate) => nameOf(candidate) === argv[0])
  const unknown = /^Unknown (?:argument|command)s?: ([^,]+)/.exec(message)?.[1]
  if (unknown === undefined) return message.replaceAll('\n', ' ')
  if (!verb) return `there is no verb '${unknown}'${didYouMean(unknown, verbNames)}; allowed: ${verbNames.join(', ')}`
  const flags = Object.keys({ ...verb.options, ...commonOptions })
  const written = argv.find((word) => word.replace(/^-+(?:no-)?/, '').split('=')[0] === unknown)
  if (!written?.startsWith('-')) return `'${unknown}' is one argument too many; see spinpool ${nameOf(verb)} --help`
  const dashes = unknown.length === 1 ? '-' : '--'
  return `${dashes}${unknown}: unknown flag${didYouMean(unknown, flags).replace(/'(.+)'/, "'--$1'")}; see spinpool ${nameOf(verb)} --help`
}

async function main(argv: readonly string[]): Promise<number> {
  let code: number = EXIT.done
  const parser = yargs([...argv])
    .scriptName('spinpool')
    .usage('$0 <verb>\n\nMonte Carlo of lattice spin models on every core of a machine, archived in HDF5.')
    .version(packageVersion())
    .help()
    .alias('h', 'help')
    .exitProcess(false)
    .parserConfiguration({ 'duplicate-arguments-array': true })
    .strict()
    .demandCommand(1, 'which verb?')
    .wrap(Math.min(110, process.stdout.columns ?? 100))
    .completion('completion', 'Print the shell completion; add it with: spinpool completion >> ~/.bashrc')
    .fail((message: string | null, error: Error | undefined) => {
      throw error ?? new UsageError(explain(message ?? 'wrong usage', argv))
    })
  for (const verb of verbs) {
    parser.command(
      verb.usage,
      verb.describe,
      (builder: Argv) => {
        for (const [command, what] of verb.examples) builder.example(command, what)
        return builder.options({ ...verb.options, ...commonOptions })
      },
      async (flags) => {
        code = await verb.act(flags, openTerminal(flags))
      },
    )
  }
  await parser.parseAsync()
  return code
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // The reader went away (| head): what it wanted it has.
  if (error.code !== 'EPIPE') throw error
})
process.stderr.on('error', () => {})

const argv = process.argv.slice(2)
try {
  process.exitCode = await main(argv)
} catch (error) {
  const known = error instanceof SpinpoolError
  const terminal = new Terminal({})
  terminal.error(messageOf(error))
  if (argv.some((word, i) => word === '--log-level=debug' || (word === '--log-level' && argv[i + 1] === 'debug'))) {
    terminal.error(error instanceof Error ? (error.stack ?? '') : '')
  }
  process.exitCode = known ? error.exitCode : EXIT.machine
}
