import { stateName } from '../../base/name.ts'
import { FindingError } from '../text/source.ts'
import { decayOf } from '../words/optimizers.ts'
import type { Assignment, BuilderSetting, NetworkBody, NetworkBuilder, ObjectiveBody, Parameter } from './builder.ts'
import { goalsOf, isAmong, type Goal } from './goals.ts'
import type { CheckedSpec, Settings } from './schema.ts'
import { keptBy, resolveUpdating, type Updating } from './training.ts'

/** One of several losses, with all that it trains and how. */
export interface Objective extends ObjectiveBody {
  /** With the weight decay that its optimizer has for them. */
  readonly trained: readonly Parameter[]
  /** The buffers of the networks that it trains, and the values that its steps leave there. */
  readonly writes: readonly Assignment[]
  readonly updating: Updating
}

/** The goals of a spec that has several; else none. */
function severalGoals(spec: CheckedSpec): readonly Goal[] {
  return 'objectives' in spec ? goalsOf(spec) : []
}

/** What the optimizers of a spec keep for each parameter, by the names that files have. */
export function keptIn(spec: CheckedSpec): Pick<BuilderSetting, 'states' | 'scalars' | 'decay'> {
  const own = keptBy(spec.train.optimizer)
  const several = severalGoals(spec).map(({ objective }) => {
    const { name, optimizer = spec.train.optimizer } = objective!
    const { states, scalars } = keptBy(optimizer)
    const named = (list: readonly string[]) => list.map((state) => stateName(state, name))
    return { states: named(states), scalars: named(scalars) }
  })
  if (several.length === 0) return own
  return {
    states: several.flatMap(({ states }) => states),
    scalars: several.flatMap(({ scalars }) => scalars),
    decay: own.decay,
  }
}

/**
 * How gradients become updates: for each objective, or for the only loss.
 * @param spec as far as it is known.
 * @throws FindingError when an optimizer's settings exclude each other.
 */
export function updatingsIn(spec: CheckedSpec | undefined, { train }: Settings): readonly [Updating, ...Updating[]] {
  const [first, ...others] = (spec ? severalGoals(spec) : []).map(({ objective, path }) => {
    const { optimizer = train.optimizer, clip = train.clip } = objective!
    return resolveUpdating(optimizer, clip, objective!.optimizer ? path : ['train'])
  })
  return [first ?? resolveUpdating(train.optimizer, train.clip, ['train']), ...others]
}

/**
 * The objectives of a network that has several; else none.
 * @throws FindingError where one has nothing to train, or the rates of others can't go with a first one of 0.
 */
export function resolveObjectives(
  spec: CheckedSpec,
  { objectives = [] }: NetworkBody,
  { parameters, buffers, writes }: NetworkBuilder,
  updatings: readonly Updating[],
): readonly Objective[] {
  const resolved = severalGoals(spec).map((goal, k): Objective => {
    const { trains, optimizer = spec.train.optimizer } = goal.objective!
    const mine = <T extends { readonly name: string }>({ name }: T) => isAmong(trains, name)
    const { decay } = keptBy(optimizer)
    const states = new Set(buffers.filter(mine).map(({ node }) => node))
    const trained = parameters.filter((one) => mine(one) && !one.frozen)
    const place = [...goal.path, 'trains']
    if (trained.length === 0)
      throw refusal(place, 'nothing of it can be trained: it is frozen, has no parameters, or nothing calls it')
    return {
      ...objectives[k]!,
      trained: trained.map((one) => ({ ...one, weightDecay: decayOf(one.shape, decay) })),
      writes: writes.list.filter(({ target }) => states.has(target)),
      updating: updatings[k]!,
    }
  })
  const [first, ...others] = resolved
  if (first?.updating.learningRate === 0 && others.some(({ updating }) => updating.learningRate > 0))
    throw refusal(
      [...severalGoals(spec)[0]!.path],
      'has a learning rate of 0, which those of the others are multiples of',
    )
  return resolved
}

function refusal(path: readonly (string | number)[], message: string): FindingError {
  return new FindingError({ code: 'out-of-range', path, part: 'value', message })
}
