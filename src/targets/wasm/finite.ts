import type { Numbers } from './types.ts'
import { end, exportName, get, i32, lines, memory, parameter, set, type Item } from './wat.ts'

/** The export that says whether no number from byte 0 to below byte `end` is NaN or infinite. It looks at whole vectors. */
export function printAreFinite({ vector }: Numbers): Item[] {
  const numbers = memory('v128.load', { offset: 0, address: get('at') })
  const turn = [
    set('numbers', numbers),
    set('found', ['v128.or', get('found'), [`${vector}.sub`, get('numbers'), get('numbers')]]),
    set('at', ['i32.add', get('at'), i32(16)]),
    ['br_if', '$next', ['i32.lt_u', get('at'), get('end')]],
  ]
  const code = [
    ['local', '$at', 'i32'],
    ['local', '$numbers', 'v128'],
    ['local', '$found', 'v128'],
    ['loop', '$next', ...lines(turn)],
    ['i32.eqz', ['v128.any_true', get('found')]],
  ]
  return [
    { comment: 'x - x is 0, with no bit set, unless x is NaN or infinite' },
    { line: ['func', exportName('areFinite'), parameter('end', 'i32'), ['result', 'i32'], ...lines(code), end] },
  ]
}
