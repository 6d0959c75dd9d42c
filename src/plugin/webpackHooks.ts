import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { UnpluginOptions } from 'unplugin'
import { renderDiagnostics } from '../base/render.ts'
import { hashedName, withAddresses } from './addresses.ts'
import { load } from './load.ts'
import { renderedError } from './mistakes.ts'
import type { Options } from './options.ts'
import { importedSpec, programSpec } from './specs.ts'

/** The end of the id of what is made of a spec: no loader for YAML or JSON takes it for its own. */
const end = '.tapeless.js'

/** What webpack and Rspack, whose loaders are alike, are told. */
export function webpackHooks(options: Options): Pick<UnpluginOptions, 'resolveId' | 'load'> {
  return {
    // A spec that is imported by an alias is loaded as the file that it is.
    resolveId: {
      filter: { id: new RegExp(`^(?:\\.{1,2}|)[\\\\/].*${importedSpec.source}`) },
      handler(source, importer) {
        const spec = resolve(importer === undefined ? '.' : dirname(importer), source)
        return existsSync(spec) ? spec + end : null
      },
    },
    load: {
      filter: { id: [importedSpec, programSpec, /\.tapeless\.js$/] },
      async handler(id) {
        const spec = id.endsWith(end) ? id.slice(0, -end.length) : id
        const bundled = await load(spec, options, {
          onRead: (file) => this.addWatchFile(file),
          warn: (warning) => this.warn(typeof warning === 'string' ? warning : renderDiagnostics(warning)),
          errorOf: renderedError,
        })
        const native = this.getNativeBuildContext!() as {
          readonly loaderContext: { emitFile(name: string, content: Buffer): void }
        }
        return withAddresses(bundled, (file, content) => {
          const name = hashedName(file, content)
          native.loaderContext.emitFile(name, Buffer.from(content))
          return `__webpack_public_path__ + ${JSON.stringify(name)}`
        })
      },
    },
  }
}
