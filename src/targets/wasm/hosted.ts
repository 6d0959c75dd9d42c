import type { HostOp } from '../../graph/elementary/index.ts'
import { convert, sideBySide } from './expression.ts'
import { constant, isVector, numbersOf, type Kind } from './types.ts'
import { call, get, splatConstant, type Wat } from './wat.ts'

/** The operands of each host op. */
export const hostParameters = ['x', 'y'] as const

/**
 * Vectors for which the host need not be asked: unless `condition` holds, the result is 0 in all lanes. An angle of less than 1,024 is
 * reduced without the host.
 */
const conditions: Readonly<Record<HostOp, ((kind: Kind) => Wat) | undefined>> = {
  noise: undefined,
  reducedAngle: (kind) => ['v128.any_true', [`${kind}.ge`, [`${kind}.abs`, get('x')], large(kind)]],
}

function large(kind: Kind): Wat {
  return [`${kind}.splat`, constant(numbersOf(kind).scalar, 1024)]
}

/** The host's function of two doubles applied to numbers of another kind, a lane at a time. */
export function askHost(op: HostOp, kind: Kind): Wat {
  const { scalar, lanes } = numbersOf(kind)
  const ask = (operandOf: (name: string) => Wat): Wat => {
    const doubles = hostParameters.map((name) => convert(operandOf(name), scalar, 'f64'))
    return convert(call(op, doubles), 'f64', scalar)
  }
  if (!isVector(kind)) return ask(get)
  const answers = Array.from({ length: lanes }, (_, k) => ask((name) => [`${kind}.extract_lane`, String(k), get(name)]))
  const all = sideBySide(kind, answers)
  const condition = conditions[op]
  if (!condition) return all
  return ['if', ['result', 'v128'], condition(kind), ['then', all], ['else', splatConstant('i64x2', '0')]]
}
