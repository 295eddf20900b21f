import type { IsingTypes } from './ising/types.ts'
import type { O6Types } from './o6/types.ts'

// Names of each model in the types of the library, so that an editor checks and completes them. Nothing of this is there at run
// time: registry.ts has the models themselves, and a `string` in place of a model's name leaves everything open.

/**
 * The models that the compiler knows, by name. Code that adds a model declares its names here:
 *
 * ```ts
 * declare module 'spinpool' {
 *   interface Models {
 *     potts: { update: 'heat-bath'; parameters: { q: number }; along: never; reflection: never; quantities: { energy: 'sampled' } }
 *   }
 * }
 * ```
 */
export interface Models {
  readonly ising: IsingTypes
  readonly o6: O6Types
}

/** Name of a model that the compiler knows. */
export type ModelName = Extract<keyof Models, string>

/** What an entry of `Models` says. */
export interface ModelTypes {
  /** Names of the updates. */
  readonly update: string
  /** Every parameter of H, a number. */
  readonly parameters: object
  /** Parameters along which replicas may be exchanged; `never` if there are none. */
  readonly along: string
  /** Reflections that clusters may be built of; `never` for a model without over-relaxation and clusters. */
  readonly reflection: string
  /** Every quantity at each temperature, and its kind. */
  readonly quantities: object
}

/**
 * How a quantity is known: `sampled` is measured and can be kept sample by sample, `measured` is measured, `array` is measured and has
 * more dimensions than the temperature, `derived` is computed from means, `check` is a ratio whose value is known exactly.
 */
export type QuantityKind = 'sampled' | 'measured' | 'array' | 'derived' | 'check'

/** What `Models` says of a model; of any other name, that everything is possible. */
export type TypesOf<M extends string> = M extends ModelName
  ? Models[M]
  : ModelTypes & { readonly parameters: Readonly<Record<string, number>>; readonly quantities: Readonly<Record<string, QuantityKind>> }

/** Names of the quantities of a kind; of any of several models. */
export type QuantityOfKind<M extends string, Kind extends QuantityKind> = M extends unknown
  ? {
      [Name in keyof TypesOf<M>['quantities']]: TypesOf<M>['quantities'][Name] extends Kind ? Name : never
    }[keyof TypesOf<M>['quantities']] &
      string
  : never

/** Updates of a model. */
export type UpdateName<M extends string = ModelName> = TypesOf<M>['update']

/** Parameters of a model along which replicas may be exchanged. */
export type AlongName<M extends string = ModelName> = TypesOf<M>['along']

/** Reflections that clusters of a model may be built of. */
export type ReflectionName<M extends string = ModelName> = TypesOf<M>['reflection']

/** Names of a model's parameters. */
export type ParameterName<M extends string = ModelName> = M extends unknown ? Extract<keyof TypesOf<M>['parameters'], string> : never

/** All parameters of a model, each a `Value`. */
export type ParametersOf<M extends string = ModelName, Value = number> = M extends unknown
  ? { readonly [Name in keyof TypesOf<M>['parameters']]: Value }
  : never

/** Everything that is known of a model at each temperature. */
export type QuantityName<M extends string = ModelName> = string extends M ? string : QuantityOfKind<M, QuantityKind>

/** Quantities that are measured. */
export type MeasuredName<M extends string = ModelName> = string extends M ? string : QuantityOfKind<M, 'sampled' | 'measured' | 'array'>

/** Quantities that can be kept sample by sample. */
export type SampledName<M extends string = ModelName> = string extends M ? string : QuantityOfKind<M, 'sampled'>

/** What is one number at each temperature: a quantity, or an element of an array such as `cdw_structure_factor[0,1]`. */
export type ColumnName<M extends string = ModelName> = string extends M
  ? string
  : Exclude<QuantityOfKind<M, QuantityKind>, QuantityOfKind<M, 'array'>> | `${QuantityOfKind<M, 'array'>}[${number},${number}]`

/** All quantities of a model, each a `Value`. */
export type QuantitiesOf<M extends string, Value> = M extends unknown ? { readonly [Name in keyof TypesOf<M>['quantities']]: Value } : never
