import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What an editor knows of the programs of somebody who has installed the built package. */
export interface Editor {
  readonly checker: ts.TypeChecker
  readonly program: ts.Program
  /** Messages of the compiler for each line, from 0, of a program. */
  errors(name: string): ReadonlyMap<number, string>
  /** What is offered where the cursor is. */
  completions(name: string): readonly string[]
}

/**
 * Opens programs in a folder of its own with the package in node_modules, strict and nodenext.
 *
 * @param programs text by name; `§` in a program is where the cursor is, and is taken out
 */
export function openEditor(folder: string, programs: Readonly<Record<string, string>>): Editor {
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules', 'spinpool'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  const path = (name: string): string => join(folder, `${name}.ts`)
  const texts = new Map(Object.entries(programs).map(([name, text]) => [path(name), text.replace('§', '')]))
  const { sys } = ts
  const service = ts.createLanguageService({
    getCompilationSettings: () => ({
      strict: true,
      noEmit: true,
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
      types: [],
    }),
    getScriptFileNames: () => [...texts.keys()],
    getScriptVersion: () => '1',
    getScriptSnapshot: (file) => {
      const text = texts.get(file) ?? sys.readFile(file)
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
    },
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (file) => texts.has(file) || sys.fileExists(file),
    readFile: (file) => texts.get(file) ?? sys.readFile(file),
    directoryExists: sys.directoryExists,
    getDirectories: sys.getDirectories,
    readDirectory: sys.readDirectory,
    ...(sys.realpath ? { realpath: sys.realpath } : {}),
  })
  const program = service.getProgram() as ts.Program
  return {
    program,
    checker: program.getTypeChecker(),
    errors: (name) => {
      const found = [...service.getSyntacticDiagnostics(path(name)), ...service.getSemanticDiagnostics(path(name))]
      const lineOf = ({ file, start = 0 }: ts.Diagnostic): number => file?.getLineAndCharacterOfPosition(start).line ?? 0
      const lines = new Map<number, string>()
      for (const one of found) {
        const text = ts.flattenDiagnosticMessageText(one.messageText, '\n')
        lines.set(lineOf(one), [lines.get(lineOf(one)) ?? [], text].flat().join('\n'))
      }
      return lines
    },
    completions: (name) => {
      const at = (programs[name] as string).indexOf('§')
      return service.getCompletionsAtPosition(path(name), at, undefined)?.entries.map((entry) => entry.name) ?? []
    },
  }
}
