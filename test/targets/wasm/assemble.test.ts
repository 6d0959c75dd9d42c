import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, describe, expect, test } from 'vitest'
import { Fault } from '../../../src/base/fault.ts'
import { assemble } from '../../../src/targets/wasm/assemble.ts'
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
    ['no syntax', '(module\n  (func $f (foo)))', '2:12: error: unrecognized instruction\n  (func $f (foo)))'],
    ['types that do not fit', '(module (func (drop (i32.add (f32.const 1) (i32.const 1)))))', 'f32 != i32'],
    ['a memory that is not there', '(module (func (drop (i32.load (i32.const 0)))))', 'no memory'],
    ['more than SIMD', '(module (func (result funcref) (ref.null func)))', 'reference-types'],
    ['relaxed SIMD', wat.replace('f32x4.mul', 'f32x4.relaxed_min'), 'relaxed_min'],
  ])('refuses %s as a fault of tapeless', async (_, text, message) => {
    const assembled = assemble(text)
    await expect(assembled).rejects.toThrow(Fault)
    await expect(assembled).rejects.toThrow(message)
  })
})

describe('a process of its own', () => {
  /** Runs a program beside which lies the assembler; binaryen is there if node_modules are. */
  async function runProgram(program: string, hasPackages: boolean): Promise<Result> {
    const folder = await folderWith({ 'main.mjs': `import { assemble } from './assemble.mjs'\n${program}` })
    if (hasPackages) await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    await build({
      entryPoints: [join(root, 'src/targets/wasm/assemble.ts')],
      outfile: join(folder, 'assemble.mjs'),
      ...{ bundle: true, format: 'esm', external: ['binaryen'], logLevel: 'error' },
    })
    return run(folder, process.execPath, 'main.mjs')
  }

  test('is told what to install where binaryen is missing', async () => {
    const program = `
      const { error } = console
      for (let i = 0; i < 2; i++) await assemble('(module)').catch(({ name, message }) => console.log(name + ': ' + message))
      console.log(console.error === error)
    `
    const said =
      'MissingPackageError: the WebAssembly target needs the package binaryen: npm install --save-dev binaryen'
    expect(await runProgram(program, false)).toEqual({ status: 0, stderr: '', stdout: `${said}\n${said}\ntrue\n` })
  })

  test('sees nothing of what binaryen prints, but its own errors', async () => {
    const program = `
      const { error } = console
      const assembled = assemble('(module (func (drop (i32.add (f32.const 1) (i32.const 1)))))')
      console.error('own')
      const refused = await assembled.then(() => false, ({ message }) => message.includes('f32 != i32'))
      console.log(refused, console.error === error)
    `
    expect(await runProgram(program, true)).toEqual({ status: 0, stderr: 'own\n', stdout: 'true true\n' })
  })
})
