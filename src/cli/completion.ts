import yargs from 'yargs'
import { EXIT } from '../errors.ts'
import type { Verb } from './verb.ts'

/** `spinpool completion`: what a shell needs to complete verbs and flags. */
export const completionVerb: Verb = {
  usage: 'completion',
  describe: 'Print the completion script of the shell',
  options: {},
  examples: [['spinpool completion >> ~/.bashrc', 'complete verbs and flags in every new bash']],
  act: () => {
    yargs().scriptName('spinpool').showCompletionScript()
    return EXIT.done
  },
}
