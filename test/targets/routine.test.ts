import { describe, expect, test } from 'vitest'
import type { Buffer, Kernel } from '../../src/loops/notation/kernel.ts'
import type { Routine, Statement, Value, Variable } from '../../src/loops/routine/statement.ts'
import { printBody as printTypescript } from '../../src/targets/typescript/routine.ts'
import { assemble } from '../../src/targets/wasm/assemble.ts'
import { Functions } from '../../src/targets/wasm/functions.ts'
import { printModule } from '../../src/targets/wasm/module.ts'
import { printBody as printWasm } from '../../src/targets/wasm/routine.ts'
import { numbers } from '../../src/targets/wasm/types.ts'
import { lines, printWat } from '../../src/targets/wasm/wat.ts'

const buffer: Buffer = { name: 'x', role: 'activation', batched: true, size: 12 }
const one: Value = { id: 0, depth: 0, lanes: 1, kind: 'literal', value: 1 }

function store(value: Value, ...terms: readonly (readonly [Variable, number])[]): Statement {
  return { kind: 'store', address: { base: buffer, offset: 0, terms }, value }
}

function loopOver(variable: Variable, ...body: readonly Statement[]): Statement {
  return { kind: 'for', variable, from: 0, below: 3, step: 1, body }
}

function wasmText(...body: readonly Statement[]): string {
  const code = printWasm({ body, buffers: [buffer], bases: [0] }, numbers.f32, new Functions().apply)
  return printWat(['func', ...lines(code)])
}

const typescriptText = (...body: readonly Statement[]) => printTypescript({ body, buffers: [buffer] }, [0])

describe("a variable of depth 0 is the caller's, whatever loops are called", () => {
  const callers: Variable = { label: 'time', depth: 0 }
  const time: Variable = { label: 'time', depth: 1 }
  const loop = loopOver(time, store(one, [time, 1], [callers, 4]))

  test('in TypeScript', () => {
    const [head, statement] = typescriptText(loop).split('\n')
    expect(head).toBe('for (let time0 = 0; time0 < 3; time0++) {')
    expect(statement).toBe('arena[time0 + 4 * time] = 1')
  })

  test('in WebAssembly', () => {
    const text = wasmText(loop)
    expect(text.match(/\(local \$.*\)/g)).toEqual(['(local $time0 i32)'])
    expect(text).toContain(
      '(i32.add (i32.add (local.get $arena) (local.get $time0)) (i32.mul (local.get $time) (i32.const 4)))',
    )
  })

  const moduleOf = (body: readonly Statement[]) => {
    const routine: Routine = { body, starts: [0], buffers: [buffer], uniforms: ['time'], choice: '' }
    const call = { routine, bases: [0], kernel: {} as Kernel }
    const program = { name: 'run', parameters: [], actions: [{ times: 3, reverse: false, body: [call] }] }
    return printModule([program], () => ({ name: 'kernel', equations: [] }), 'f32').wat
  }

  test('as an argument it counts bytes', async () => {
    const wat = moduleOf([loop])
    expect(wat).toContain('(func $kernel (param $arena i32) (param $time i32)')
    expect((await assemble(wat)).length).toBeGreaterThan(0)
  })
})

test.each([
  ['TypeScript', typescriptText],
  ['WebAssembly', wasmText],
])('%s uses no variable that no loop has declared', (_, print) => {
  expect(() => print(store(one, [{ label: 'i', depth: 1 }, 1]))).toThrow('i is used before it is declared')
})
