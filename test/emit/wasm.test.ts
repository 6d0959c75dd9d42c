import { createContext, runInContext } from 'node:vm'
import { transform } from 'esbuild'
import { Project } from 'ts-morph'
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { emitModule, type EmittedModule } from '../../src/emit/emit.ts'
import { measure } from '../../src/host/measure.ts'
import { noise } from '../../src/runtime/noise.ts'
import { bundle, importText, instantiate, type Emitted } from '../support/emitted.ts'
import { engine, engineWith } from '../support/webAssembly.ts'
import { regression } from './regression.ts'
import { wasmRegression } from './wasmRegression.ts'

const x = Array.from({ length: 20 }, (_, i) => Math.sin(7 * i))
const y = Array.from({ length: 10 }, (_, i) => x[2 * i]! - x[2 * i + 1]! + Math.cos(i))

let inline: EmittedModule
let file: EmittedModule
/** What a caller does with the file. */
let wasm: object
beforeAll(async () => {
  inline = await emitModule(wasmRegression('inline'))
  file = await emitModule(wasmRegression('file'))
  wasm = new engine.Module(file.binary!)
})
afterEach(() => vi.unstubAllGlobals())

/** What training does, to the last bit. */
function train({ createTrainer, createModel }: Emitted, options?: object): unknown[] {
  const trainer = createTrainer({ seed: 3, ...options })
  const losses = trainer.fit(x, y, { epochs: 5 }).map(({ loss }) => loss)
  const gradient = trainer.gradient(x.slice(0, 6), y.slice(0, 3))
  const model = createModel(options)
  model.load(trainer.save())
  return [losses, gradient, trainer.gradients, trainer.parameters, trainer.loss(x, y), model.predict(x)]
}

describe('a module with kernels in WebAssembly', () => {
  test('trains as the one in TypeScript does, to the last bit', async () => {
    const expected = train(await importText((await emitModule(regression)).text))
    expect(train(await importText(inline.text))).toEqual(expected)
    expect(train(await importText(file.text), { wasm })).toEqual(expected)
  })

  test('computes in the memory that its views show', async () => {
    const { createTrainer } = await importText(inline.text)
    const trainer = createTrainer()
    const weight = trainer.parameters['linear0.weight']!
    expect(weight.buffer.byteLength).toBe(65536)
    weight.set([2, 3])
    trainer.parameters['linear0.bias']![0] = 5
    const outputs = trainer.predict([1, 10])
    expect(outputs).toEqual(Float64Array.of(37.25))
    expect(outputs.buffer.byteLength).toBe(8)
    expect(trainer.gradient([1, 10], [36.25])).toBe(1)
    expect(trainer.gradients['linear0.weight']).toEqual(Float64Array.of(2, 20))
    expect(trainer.gradients['linear0.weight']!.buffer).toBe(weight.buffer)
  })

  test('gives each model an arena of its own, of one compilation', async () => {
    const compilations = vi.fn()
    vi.stubGlobal(
      'WebAssembly',
      engineWith({
        Module: class extends engine.Module {
          constructor(bytes: Uint8Array) {
            super(bytes)
            compilations()
          }
        },
      }),
    )
    const { createModel, createTrainer } = await instantiate(inline.text)
    expect(compilations).not.toHaveBeenCalled()
    const [one, other] = [createModel(), createTrainer()]
    one.parameters['linear0.weight']!.fill(1)
    expect(other.parameters['linear0.weight']).not.toEqual(one.parameters['linear0.weight'])
    expect(compilations).toHaveBeenCalledTimes(1)
  })

  test('makes thousands of models in few memories, and lets go of them', async () => {
    const { createTrainer, createModel } = await importText(inline.text)
    const trainers = Array.from({ length: 20_000 }, (_, seed) => createTrainer({ seed }))
    const losses = trainers.map((trainer) => trainer.step(x.slice(0, 6), y.slice(0, 3)))
    for (const seed of [0, 1, 77, 10_000, 19_999]) {
      const alone = createTrainer({ seed })
      expect(losses[seed]).toBe(alone.step(x.slice(0, 6), y.slice(0, 3)))
      expect(trainers[seed]!.parameters).toEqual(alone.parameters)
    }
    const memories = new Set(trainers.map(({ parameters }) => parameters['linear0.bias']!.buffer))
    expect(memories.size).toBeLessThan(20)
    for (let seed = 0; seed < 20_000; seed++) createModel({ seed })
  })

  test('says where memory ends, and has room again where some was let go', async () => {
    let left = 2
    class Memory extends engine.Memory {
      constructor(pages: { initial: number; maximum: number }) {
        if (left < pages.initial) throw new RangeError('could not allocate memory')
        left -= pages.initial
        super(pages)
      }
    }
    vi.stubGlobal('WebAssembly', engineWith({ Memory }))
    const { createModel } = await instantiate(inline.text)
    const models: unknown[] = []
    expect(() => {
      for (;;) models.push(createModel())
    }).toThrow('regression: no memory for another model: let go of models, and of their arrays')
    expect(models.length).toBe(2 * 512)
    left = 1
    createModel()
  })

  test('does nothing on import, and tree-shakes to inference', async () => {
    for (const { text } of [inline, file]) expect(await bundle({ module: text }, "import 'module'")).toBe('')
    const inference = await bundle(
      { module: inline.text },
      "import { createModel } from 'module'\nconsole.log(createModel().predict([1]))",
    )
    expect(inference).toContain('function compiledOnce(')
    for (const training of ['optimizer', 'permutation', 'trainerIn']) expect(inference).not.toContain(training)
  })

  test('has kernels that call functions of the runtime', async () => {
    const text = `(module
      (import "tapeless" "memory" (memory 1))
      (import "tapeless" "noise" (func $noise (param f64 f64) (result f64)))
      (func (export "predict") (param $n i32)
        (f64.store (i32.const 96) (call $noise (f64.const 12345) (f64.const 6789)))))`
    const module = await emitModule(wasmRegression('inline', { text, imports: ['noise'] }))
    expect((await importText(module.text)).createModel().predict([0, 0])).toEqual(Float64Array.of(noise(12345, 6789)))
  })

  test('reads like notes, its sections as comments', () => {
    expect(inline.text).toContain('// Its kernels are WebAssembly with SIMD, ')
    expect(inline.text).toContain('// linear0: 2 -> 1\n//     f0 = beta0 + Omega0 x\n')
    expect(inline.text).toContain('  kernelsIn(arena).gradient(arena.byteOffset, n)\n')
    expect(inline.text).not.toContain('function givenModule(')
    expect(file.text).toContain('bytes of regression.wasm')
    expect(file.text).not.toMatch(/atob|function compiledOnce/)
    expect(inline.beside['.wat']).toMatch(
      /^;; @generated by tapeless 0\.1\.0 from examples\/regression\.net\.yaml: edit that, not this\. sha256:[0-9a-f]{16}\n/,
    )
    expect(inline.beside['.wat']).toContain(';; f0 = beta0 + Omega0 x')
  })

  test('is measured with its binary, which is in the text or beside it', async () => {
    expect([inline.beside['.wasm'], file.beside['.wasm']]).toEqual([undefined, file.binary])
    const [within, beside] = [await measure(inline), await measure(file)]
    expect(beside.wasmGzipped).toBeGreaterThan(within.wasmGzipped!)
    expect(within.minified).toBeGreaterThan(beside.minified + inline.binary!.length)
    // Some 800 of them check what callers give, and say what is wrong with it.
    expect(within.gzipped).toBeLessThan(5450)
  })

  test('is the same each time', async () => {
    expect(await emitModule(wasmRegression('file'))).toEqual(file)
  })

  test('takes less or the same code when it is optimised, and computes the same', async () => {
    const optimized = await emitModule(wasmRegression('inline'), { optimize: true })
    expect(optimized.binary!.length).toBeLessThanOrEqual(inline.binary!.length)
    expect(train(await importText(optimized.text))).toEqual(train(await importText(inline.text)))
  })

  test("type-checks in a caller's project, with or without types of WebAssembly", () => {
    for (const lib of [['lib.es2022.d.ts'], ['lib.es2022.d.ts', 'lib.dom.d.ts']]) {
      const project = new Project({
        useInMemoryFileSystem: true,
        compilerOptions: {
          ...{ strict: true, exactOptionalPropertyTypes: true, erasableSyntaxOnly: true, types: [], lib },
          ...{ allowImportingTsExtensions: true, noEmit: true },
        },
      })
      project.createSourceFile('inline.ts', inline.text.replace('// @ts-nocheck', '//'))
      project.createSourceFile('file.ts', file.text.replace('// @ts-nocheck', '//'))
      project.createSourceFile(
        'main.ts',
        `
        import { createTrainer } from './inline.ts'
        import { createModel } from './file.ts'
        createTrainer().save()
        declare const wasm: ${lib.length > 1 ? 'WebAssembly.Module' : 'object'}
        createModel({ wasm, seed: 3 })
        // @ts-expect-error -- no module
        createModel({ seed: 3 })
        // @ts-expect-error -- no options
        createModel()
        `,
      )
      expect(project.formatDiagnosticsWithColorAndContext(project.getPreEmitDiagnostics())).toBe('')
    }
  })
})

describe('the file beside it', () => {
  test.each([
    ['nothing', undefined, TypeError, 'expected wasm: regression.wasm as a WebAssembly.Module, got undefined'],
    ['its bytes', new Uint8Array(8), TypeError, 'got an Uint8Array'],
    ['a promise of it', Promise.resolve(), TypeError, 'got a Promise: write await wasm'],
  ])('is refused when it is %s', async (_, given, error, message) => {
    const { createModel, createTrainer } = await importText(file.text)
    for (const create of [createModel, createTrainer]) {
      expect(() => create(given && { wasm: given })).toThrow(error)
      expect(() => create({ wasm: given })).toThrow(message)
    }
  })

  test('is refused when it belongs to another network or version', async () => {
    const { createModel } = await importText(file.text)
    const other = await emitModule({ ...wasmRegression('file'), name: 'other' })
    const [own] = /regression [0-9a-f]{16}/.exec(file.text)!
    const refused = (bytes: Uint8Array) => () => createModel({ wasm: new engine.Module(bytes) })
    expect(refused(other.binary!)).toThrow(RangeError)
    expect(refused(other.binary!)).toThrow(`expected wasm: ${own}, the file generated with this one, got other `)
    const older = wasmRegression('file').beside!.text.replaceAll('0.9', '0.8')
    expect(refused((await emitModule(wasmRegression('file', { text: older }))).binary!)).toThrow('got regression ')
    expect(refused(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))).toThrow('got another')
  })

  test('is taken from another realm', async () => {
    const { createModel } = await importText(file.text)
    const foreign = runInContext('new WebAssembly.Module(bytes)', createContext({ bytes: file.binary })) as object
    expect(createModel({ wasm: foreign }).predict([0, 0])).toHaveLength(1)
  })
})

describe('an engine that cannot run it', () => {
  const lacking =
    'regression needs WebAssembly with SIMD, which this engine lacks: use tapeless generate --target typescript'

  test('is told so without WebAssembly', async () => {
    const [own, beside] = [await instantiate(inline.text), await instantiate(file.text)]
    vi.stubGlobal('WebAssembly', undefined)
    expect(() => own.createTrainer()).toThrow(lacking)
    expect(() => beside.createModel({ wasm })).toThrow(lacking)
  })

  test('is told so without SIMD', async () => {
    const { createModel } = await instantiate(inline.text)
    vi.stubGlobal('WebAssembly', engineWith({ validate: () => false }))
    expect(() => createModel()).toThrow(lacking)
  })

  test('is told of the file where it may not compile bytes', async () => {
    const { code } = await transform(inline.text, { loader: 'ts', format: 'cjs' })
    const context = createContext(
      { module: { exports: {} }, atob },
      { codeGeneration: { strings: false, wasm: false } },
    )
    const { createModel } = runInContext(`${code};module.exports`, context) as Emitted
    expect(() => createModel()).toThrow(
      "'wasm-unsafe-eval', or generate with emit: { wasm: file } or --target typescript",
    )
  })
})
