import type { Definition } from './definition.ts'
import type { Engine } from './engine.ts'
import type { Physics } from './physics.ts'

export type * from './definition.ts'
export type * from './engine.ts'
export type { Parameters } from './parameters.ts'

/**
 * A model in three parts: what it is (definition.ts), how it is sampled (engine.ts), and what a physicist knows of it (physics.ts). A
 * new one is a folder like src/model/ising, a kernel file, and a line in registry.ts.
 */
export interface Model extends Definition, Engine {
  readonly physics: Physics
}
