import { describe, expect, test } from 'vitest'
import { announce, layerOf } from '../../src/describe/announce.ts'
import type { Names } from '../../src/describe/names.ts'
import { concat, input, parameter, sum } from '../../src/graph/build.ts'
import { toText } from '../../src/graph/equations/text.ts'
import { Interner, type Node } from '../../src/graph/node.ts'
import { argument } from '../../src/graph/scan.ts'
import type { Kernel, Purpose } from '../../src/loops/notation/kernel.ts'

const graph = new Interner()
const x = input(graph, 'x', ['batch', 3])
const Ω = parameter(graph, 'Ω', [3])
const [joined, slope, moved, total] = [concat([x, x], 1), sum(x, [0]), concat([Ω, Ω], 0), sum(x, [0, 1])]
const odd = concat([x, x, x], 1)
const carry = argument(graph, 'loop', 'h', ['batch', 3])

/** f0 = [x; x] of the layer `join`; ∂ℓ/∂Ω = Σ x, of which equations show one sample's; what `memory` becomes; the sum of the losses. */
const symbols = new Map<Node, string>([
  [x, 'x'],
  [joined, 'f0'],
  [Ω, 'Ω'],
  [carry, 'h'],
  [odd, 'a + b[0]'],
])
const compute = (...nodes: readonly Node[]): Purpose => ({ kind: 'compute', nodes })
const reader = { purpose: compute(joined) } as Kernel
const names: Names = {
  symbols,
  naming: { symbols, adjoints: new Map([[slope, '∂ℓ/∂Ω']]), forward: new Set([x, joined, odd, moved, total]) },
  primals: new Map([[slope, Ω]]),
  parameters: new Set([Ω]),
  layerOf: new Map([
    [joined, 'join'],
    [Ω, 'linear0'],
  ]),
  lossSums: new Map([[total, 'loss_sum']]),
  assigned: new Map([[moved, { purpose: 'commit', symbol: 'memory' }]]),
  results: new Map<Purpose, { main: Node; shown: readonly Node[] }>(),
}
const announced = (purpose: Purpose) => {
  const nodes = purpose.kind === 'compute' ? purpose.nodes : purpose.kind === 'pack' ? [joined] : []
  const results = new Map(
    [purpose, reader.purpose].map((each) => [
      each,
      { main: nodes.at(-1)!, shown: each === purpose ? nodes : [joined] },
    ]),
  )
  const kernel = { purpose } as Kernel
  const { name, equations } = announce(kernel, { ...names, results })
  return [name, equations.map(toText).join('; '), layerOf(kernel, names)]
}

describe('a kernel is announced by what it is for', () => {
  test.each<[purpose: Purpose, name: string, equations: string, layer: string | undefined]>([
    [compute(joined), 'forward_f0', 'f0 = [x; x]', 'join'],
    [compute(odd), 'forward_a_b_0', 'a + b[0] = [x; x; x]', undefined],
    [compute(slope), 'gradient_Omega', '∂ℓ/∂Ω = x', 'linear0'],
    [compute(moved), 'commit_memory', 'memory ← [Ω; Ω]', undefined],
    [compute(total), 'loss_sum', 'sum over the samples of sum(x)', undefined],
    [{ kind: 'part', node: joined, first: 129, last: 256 }, 'forward_f0_parts', 'parts 129 to 256 of f0', 'join'],
    [{ kind: 'clear', node: slope, what: 'sums' }, 'clear_gradient_Omega', '∂ℓ/∂Ω ← 0', 'linear0'],
    [
      { kind: 'clear', node: slope, what: 'losses' },
      'clear_losses_of_gradient_Omega',
      '0, for what rounding takes from gradient_Omega',
      'linear0',
    ],
    [
      { kind: 'pack', reader },
      'pack_for_forward_f0',
      'an operand of forward_f0, in the order in which that reads it',
      'join',
    ],
    [{ kind: 'carry', carry, value: joined }, 'carry_h', 'h ← f0', 'join'],
    [{ kind: 'carry', carry, value: slope }, 'carry_h', 'h ← ∂ℓ/∂Ω', 'linear0'],
  ])('case %#: $1', (purpose, ...expected) => {
    expect(announced(purpose)).toEqual(expected)
  })
})
