import { fileURLToPath } from 'node:url'
import { compileFunction } from 'node:vm'
import { build, transform } from 'esbuild'
import { compile, type CompileOptions } from '../../src/compile.ts'
import { loadNetwork } from '../../src/language/networks/network.ts'
import { readSpecText } from '../../src/language/text/read.ts'
import type { Emitted } from '../../src/emit/emitted.ts'

export type { Emitted, Trainer, Vector } from '../../src/emit/emitted.ts'

/** Compiles a spec, and imports its module. */
export async function emitted(spec: string, options?: CompileOptions): Promise<Emitted> {
  const network = await loadNetwork(readSpecText({ file: 'test.net.yaml', text: spec }))
  return importText((await compile(network, 'test.net.yaml', options)).text)
}

/** Imports a module from its TypeScript text. */
export async function importText(text: string): Promise<Emitted> {
  const { code } = await transform(text, { loader: 'ts', format: 'esm' })
  return (await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)) as Emitted
}

/** A module from its TypeScript text, as `importText` gives it, but free to be collected: what is imported stays for ever. */
export async function instantiate(text: string): Promise<Emitted> {
  const { code } = await transform(text, { loader: 'ts', format: 'cjs' })
  const module = { exports: {} }
  compileFunction(code, ['module'])(module)
  return module.exports as Emitted
}

/**
 * What a bundler makes of a program that imports from modules.
 * @param modules TypeScript texts by the names that they are imported by. What else is imported lies below the repository.
 */
export async function bundle(
  modules: Readonly<Record<string, string>>,
  program: string,
  format: 'esm' | 'iife' = 'esm',
): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: fileURLToPath(new URL('../..', import.meta.url)), loader: 'ts' },
    bundle: true,
    write: false,
    format,
    minifySyntax: true,
    plugins: [
      {
        name: 'modules',
        setup(plugins) {
          plugins.onResolve({ filter: /.*/ }, ({ path }) =>
            Object.hasOwn(modules, path) ? { path, namespace: 'modules' } : undefined,
          )
          plugins.onLoad({ filter: /.*/, namespace: 'modules' }, ({ path }) => ({
            contents: modules[path]!,
            loader: 'ts',
          }))
        },
      },
    ],
  })
  return outputFiles[0]!.text
}
