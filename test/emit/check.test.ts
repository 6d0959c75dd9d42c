import { describe, expect, it } from 'vitest'
import { check } from '../../src/emit/check.ts'

const vector = 'export type Vector = Float64Array'
const none: ReadonlyMap<string, string> = new Map()
const kernel = (statement: string) => `// a\nfunction kernel(arena: Vector, n: number): void {\n${statement}\n}`

describe('a kernel whose like has passed', () => {
  it('is checked again where more than numbers differ', () => {
    check(vector, [kernel('arena[n + 1] = 2.5e-3 * n')], none)
    expect(() => check(vector, [kernel('arena[n + 40] = 3 * n')], none)).not.toThrow()
    expect(() => check(vector, [kernel("arena[n + 40] = '3' * n")], none)).toThrow('type check')
    expect(() => check(vector, [kernel('arena[n + 40] = 3 * m')], none)).toThrow('The module names m.')
  })

  it('is checked again where what it names is not declared here, or is declared by the module', () => {
    const half = new Map([['half', 'declare function half(x: number): number']])
    const halving = kernel('arena[1] = half(n)')
    check(vector, [halving], half)
    expect(() => check(vector, [halving], none)).toThrow('The module names half.')

    const own = kernel('arena[1] = own')
    check(`${vector}\nconst own = 1`, [own], none)
    expect(() => check(`${vector}\nconst own = 'text'`, [own], none)).toThrow('type check')
  })

  it('is declared for those that call it', () => {
    check(vector, [kernel('arena[1] = 1')], none)
    const call = (more: string) => `${vector}\nexport function run(arena: Vector): void { kernel(arena, 1${more}) }`
    expect(() => check(call(''), [kernel('arena[1] = 2')], none)).not.toThrow()
    expect(() => check(call(', 2'), [kernel('arena[1] = 2')], none)).toThrow('type check')
  })
})
