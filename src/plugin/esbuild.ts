import { join } from 'node:path'
import type { Plugin, PluginBuild } from 'esbuild'
import { createUnplugin } from 'unplugin'
import { SpecError } from '../base/errors.ts'
import { withAddresses } from './addresses.ts'
import { load, Refusal } from './load.ts'
import { messagesOf, type Message } from './mistakes.ts'
import { checkOptions, type Options } from './options.ts'
import { importedSpec, programSpec } from './specs.ts'

export type { Options }

/** The plugin for esbuild. TypeError: there is no such option. */
const tapeless: (options?: Options) => Plugin = createUnplugin<Options | undefined, false>((options = {}) => {
  checkOptions(options)
  return { name: 'tapeless', esbuild: { setup: (build) => setUp(build, options) } }
}).esbuild
export default tapeless

/** The namespace of files of kernels. */
const kernels = 'tapeless-kernels'

function setUp({ onLoad, onResolve, initialOptions }: PluginBuild, options: Options): void {
  /** The files of kernels, each as if it lay below its spec. */
  const binaries = new Map<string, Uint8Array>()
  const isModule = initialOptions.format === 'esm'

  onLoad({ filter: new RegExp(`${importedSpec.source}|${programSpec.source}`) }, async ({ path, suffix }) => {
    if (suffix) return undefined
    const watchFiles: string[] = []
    const warnings: (Message | { readonly text: string })[] = []
    try {
      const bundled = await load(path, options, {
        onRead: (file) => watchFiles.push(file),
        warn: (warning) =>
          warnings.push(...(typeof warning === 'string' ? [{ text: warning }] : messagesOf(warning, 'warning'))),
        errorOf: (error) => error,
      })
      const imports: string[] = []
      const code = withAddresses(bundled, (file, content) => {
        const name = `address${imports.length}`
        const place = join(path, file)
        binaries.set(place, content)
        imports.push(`import ${name} from ${JSON.stringify(`${kernels}:${place}`)}\n`)
        // Elsewhere than in a module nothing says where the bundle is.
        return isModule ? `new URL(${name}, import.meta.url).href` : name
      })
      return { contents: imports.join('') + code, loader: 'js', watchFiles, warnings }
    } catch (error) {
      if (error instanceof Refusal) return { errors: [{ text: error.message }], watchFiles }
      if (!(error instanceof SpecError)) throw error
      return { errors: messagesOf(error, 'error'), warnings: messagesOf(error, 'warning'), watchFiles }
    }
  })

  onResolve({ filter: new RegExp(`^${kernels}:`) }, ({ path }) => ({
    path: path.slice(kernels.length + 1),
    namespace: kernels,
  }))
  onLoad({ filter: /./, namespace: kernels }, ({ path }) => ({ contents: binaries.get(path)!, loader: 'file' }))
}
