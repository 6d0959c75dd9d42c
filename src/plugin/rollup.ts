import type { Plugin } from 'rollup'
import { createUnplugin } from 'unplugin'
import { withAddresses } from './addresses.ts'
import { checkOptions, type Options } from './options.ts'
import { emittedAddress, findSpec, idOf, loaded, loadIn, resolved } from './rollupHooks.ts'

export type { Options }

/** The plugin for Rollup. TypeError: there is no such option. */
const tapeless: (options?: Options) => Plugin = createUnplugin<Options | undefined, false>((options = {}) => {
  checkOptions(options)
  return { name: 'tapeless', rollup: hooksOf(options) }
}).rollup
export default tapeless

function hooksOf(options: Options): Partial<Plugin> {
  return {
    resolveId: {
      // Before plugins that would have found the file.
      order: 'pre',
      filter: { id: resolved },
      async handler(source, importer) {
        const spec = await findSpec(this, source, importer)
        return spec === undefined ? null : { id: idOf(spec), moduleSideEffects: false }
      },
    },
    load: {
      filter: { id: loaded },
      async handler(id) {
        return withAddresses(await loadIn(this, id, options), emittedAddress(this))
      },
    },
  }
}
