import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { Fault } from '../../../src/base/fault.ts'
import { assemble } from '../../../src/targets/wasm/assemble.ts'
import { MissingPackageError } from '../../../src/targets/wasm/optimize.ts'
import { folderWith, removeFolders, root, run, type Result } from '../../package/installed.ts'
import { engine } from '../../support/webAssembly.ts'

afterAll(removeFolders)

/** Twice the same product, which an optimiser sees. */
const wat = `(module
  (import "tapeless" "memory" (memory 1))
  (func (export "square") (param $a i32)
    (v128.store (local.get $a)
      (f32x4.mul
        (f32x4.add (v128.load (local.get $a)) (v128.const f32x4 1 1 1 1))
        (f32x4.add (v128.load (local.get $a)) (v128.const f32x4 1 1 1 1))))))`

describe('assemble', () => {
  test('gives a binary that the engine takes, the same each time', async () => {
    const binary = await assemble(wat)
    expect(engine.validate(binary)).toBe(true)
    expect(await assemble(wat)).toEqual(binary)
  })

  test('optimises on request alone', async () => {
    const plain = await assemble(wat)
    const optimized = await assemble(wat, { optimize: true })
    expect(optimized.length).toBeLessThan(plain.length)
    expect(engine.validate(optimized)).toBe(true)
    expect(await assemble(wat)).toEqual(plain)
  })

  test.each([
    [
      'no syntax',
      '(module\n  (func $f (foo)))',
      'kernels.wat:2:13: error: unexpected token "foo"',
      '\n  (func $f (foo)))\n',
    ],
    [
      'types that do not fit',
      '(module\n  (func\n    (drop (i32.add (f32.const 1) (i32.const 1)))))',
      'kernels.wat:3:12: error: type mismatch in i32.add, expected [i32, i32] but got [f32, i32]',
      '\n    (drop (i32.add (f32.const 1) (i32.const 1)))))\n',
    ],
    [
      'a memory that is not there',
      '(module (func (drop (i32.load (i32.const 0)))))',
      '1:22',
      'memory variable out of range',
    ],
    ['a name that is not there', '(module (func (call $f)))', '1:21', 'undefined function variable "$f"'],
    ['more than SIMD', '(module (func (result funcref) (ref.null func)))', '1:23', 'value type not allowed: funcref'],
    ['two results', '(module (func (result i32 i32) (i32.const 1) (i32.const 2)))', '1:10', 'multiple result values'],
    ['relaxed SIMD', wat.replace('f32x4.mul', 'f32x4.relaxed_min'), '5:8', 'opcode not allowed: f32x4.relaxed_min'],
  ])('refuses %s as a fault of tapeless, with its place and line', async (_, text, place, message) => {
    const assembled = assemble(text)
    await expect(assembled).rejects.toThrow(Fault)
    await expect(assembled).rejects.toThrow(place)
    await expect(assembled).rejects.toThrow(message)
  })

  test.each([
    ['a memory that is filled', '(memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 8)))'],
    ['a global that changes', '(global (export "g") (mut i32) (i32.const 0))'],
    ['bytes with a sign', '(func (result i32) (i32.extend8_s (i32.const 255)))'],
  ])('takes what every engine with SIMD has: %s', async (_, text) => {
    expect(engine.validate(await assemble(`(module ${text})`))).toBe(true)
  })

  test('goes on after a text at which the toolkit itself fails, which is no fault in the text', async () => {
    const depth = 1000
    const deep = `(module (func ${'(block '.repeat(depth)}${')'.repeat(depth)}))`
    for (let time = 0; time < 2; time++) {
      const failure: unknown = await assemble(deep).catch((error: unknown) => error)
      expect(String(failure)).toBe('RuntimeError: memory access out of bounds')
      expect(engine.validate(await assemble(wat))).toBe(true)
    }
  })

  test('names every mistake', async () => {
    await expect(assemble('(module (func (call $f))\n(func (call $g)))')).rejects.toThrow(/\$f[^]+2:13: error[^]+\$g/)
  })
})

describe('binaryen that does not load', () => {
  afterEach(() => void vi.doUnmock('binaryen'))

  /** What one is told who asks for optimised code where loading fails so. */
  async function failureAfter(failure: Error): Promise<unknown> {
    vi.doMock('binaryen', () => ({
      get default() {
        throw failure
      },
    }))
    return assemble(wat, { optimize: true }).catch((error: unknown) => error)
  }

  test.each(['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'])('is asked for where it is missing: %s', async (code) => {
    const cause = Object.assign(new Error('not found'), { code })
    const failure = await failureAfter(cause)
    expect(failure).toBeInstanceOf(MissingPackageError)
    expect(failure).toMatchObject({ name: 'MissingPackageError', cause })
    expect(String(failure)).toMatch('npm install --save-dev binaryen')
  })

  test.each([
    ['an error with another code', Object.assign(new Error('broken'), { code: 'MODULE_NOT_FOUND_IN_CACHE' })],
    ['an error without one', new SyntaxError('broken')],
  ])('is no missing package after %s', async (_, cause) => {
    expect(await failureAfter(cause)).toBe(cause)
  })
})

describe('a process without binaryen', () => {
  /** Runs a program beside which lies the assembler, in a folder with no package but wabt. */
  async function runProgram(program: string): Promise<Result> {
    const folder = await folderWith({ 'main.mjs': `import { assemble } from './assemble.mjs'\n${program}` })
    await mkdir(join(folder, 'node_modules'))
    await symlink(join(root, 'node_modules/wabt'), join(folder, 'node_modules/wabt'))
    await build({
      entryPoints: [join(root, 'src/targets/wasm/assemble.ts')],
      outfile: join(folder, 'assemble.mjs'),
      ...{ bundle: true, format: 'esm', external: ['binaryen', 'wabt'], logLevel: 'error' },
    })
    return run(folder, process.execPath, 'main.mjs')
  }

  test('assembles, and is told what to install to optimise', async () => {
    const program = `
      console.log(WebAssembly.validate(await assemble('(module)')))
      for (let i = 0; i < 2; i++)
        await assemble('(module)', { optimize: true }).catch(({ name, message }) => console.log(name + ': ' + message))
    `
    const said =
      'MissingPackageError: to optimise WebAssembly needs the package binaryen: npm install --save-dev binaryen'
    expect(await runProgram(program)).toEqual({ status: 0, stderr: '', stdout: `true\n${said}\n${said}\n` })
  })
})
