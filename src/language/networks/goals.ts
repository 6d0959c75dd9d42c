import { asciiName, isName } from '../../base/name.ts'
import type { Finding, Path } from '../text/source.ts'
import { suggestion } from '../words/vocabulary.ts'
import type { Word } from '../words/word.ts'
import type { EquationNetwork, ObjectiveSpec } from './schema.ts'

/** A loss of a network of equations, by the names that the spec has. */
export interface Goal {
  readonly loss: string
  readonly normalizer?: string | undefined
  /** Where the spec says so. */
  readonly path: Path
  /** Where there are several. */
  readonly objective?: GoalOfSeveral
}

export interface GoalOfSeveral {
  /** ASCII. */
  readonly name: string
  /** Networks and parameters. */
  readonly trains: readonly string[]
  /** In place of `train`'s. */
  readonly optimizer?: Word | undefined
  readonly clip?: Word | undefined
}

/** The losses of a network of equations, in order. */
export function goalsOf(spec: EquationNetwork): readonly Goal[] {
  if (!('objectives' in spec)) return [{ loss: spec.loss, normalizer: spec.normalizer, path: [] }]
  return Object.entries<ObjectiveSpec>(spec.objectives).map(([name, { loss, normalizer, ...rest }]) => ({
    ...{ loss, normalizer, path: ['objectives', name] },
    objective: { name: asciiName(name), ...rest },
  }))
}

/** Mistakes in the names of objectives, and in what they say that they train. */
export function* mistakesIn(spec: EquationNetwork): Iterable<Finding> {
  if (!('objectives' in spec)) return
  const names = new Map<string, string>()
  const trainable = [...Object.keys(spec.networks ?? {}), ...Object.keys(spec.parameters ?? {})]
  if (Object.keys(spec.objectives).length === 0)
    yield { code: 'missing-key', message: 'expected at least one entry', path: ['objectives'], part: 'value' }
  for (const [name, { trains }] of Object.entries<ObjectiveSpec>(spec.objectives)) {
    const path = ['objectives', name]
    const ascii = asciiName(name)
    const other = names.get(ascii)
    names.set(ascii, name)
    if (!isName(name)) yield { code: 'invalid-name', message: `'${name}' is no name`, path, part: 'key' }
    if (other !== undefined)
      yield { code: 'name-clash', message: `'${name}' and '${other}' are both ${ascii} in code`, path, part: 'key' }
    for (const [at, trained] of trains.entries()) {
      const place = { path: [...path, 'trains', at], part: 'value' } as const
      if (trains.indexOf(trained) < at) yield { code: 'name-clash', message: `'${trained}' is listed twice`, ...place }
      else if (!trainable.includes(trained)) {
        const message = `there is no network or parameter '${trained}'`
        yield { code: 'unknown-name', message, hint: suggestion(trained, trainable), ...place }
      }
    }
  }
}

/** Whether a parameter or buffer belongs to one of these networks, or is one of these parameters. @param name its public one. */
export function isAmong(names: readonly string[], name: string): boolean {
  return names.map(asciiName).some((own) => name === own || name.startsWith(`${own}.`))
}
