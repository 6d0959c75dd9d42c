import { readFile } from 'node:fs/promises'
import { extname } from 'node:path'
import { createUnplugin } from 'unplugin'
import type { HotUpdateOptions, Plugin, PluginOption, ResolvedConfig, ViteDevServer } from 'vite'
import { hashedName, withAddresses } from './addresses.ts'
import { checkOptions, type Options } from './options.ts'
import { emittedAddress, findSpec, idOf, loaded, loadIn, resolved, specIn, type Context } from './rollupHooks.ts'

export type { Options }

/** The plugin for Vite. TypeError: there is no such option. */
const tapeless: (options?: Options) => Plugin = createUnplugin<Options | undefined, false>((options = {}) => {
  checkOptions(options)
  return { name: 'tapeless', enforce: 'pre', vite: { ...hooksOf(options), config: () => forWorkers(options) } }
}).vite
export default tapeless

/** Vite builds workers with plugins of their own. */
function forWorkers(options: Options) {
  const plugins = (): PluginOption[] => [{ name: 'tapeless', enforce: 'pre', ...hooksOf(options) }]
  return { worker: { plugins } }
}

/** What modules import that follow their specs while a page runs. */
const liveRuntime = '\0tapeless:live.js'

/** Where Vite's server has the files of kernels, below its base. */
const served = '@tapeless/'

function hooksOf(options: Options): Partial<Plugin> {
  let config: ResolvedConfig
  /** A server's, where there is one. */
  let watcher: ViteDevServer['watcher'] | undefined
  /** The files of kernels by the names under which they are served. */
  const binaries = new Map<string, Uint8Array>()
  /** The files that each spec was read from. */
  const reads = new Map<string, Set<string>>()

  const servedAddress = (file: string, content: Uint8Array): string => {
    const name = hashedName(file, content)
    binaries.set(name, content)
    return `new URL(${JSON.stringify(`${config.base}${served}${name}`)}, import.meta.url).href`
  }

  /** Loads what an id is made of, and notes what it is read from: a server is told of changes by `hotUpdate`. */
  const loadNoting = (context: Context, id: string) => {
    const files = new Set<string>()
    reads.set(specIn(id), files)
    const onRead = (file: string) => {
      files.add(file)
      if (watcher) watcher.add(file)
      else context.addWatchFile(file)
    }
    return loadIn(context, id, options, onRead)
  }

  return {
    configResolved(resolvedConfig) {
      config = resolvedConfig
    },

    configureServer({ middlewares, ...server }) {
      watcher = server.watcher
      middlewares.use(`${config.base}${served}`, (request, response, next) => {
        const binary = binaries.get(request.url!.replace(/^\/|\?.*$/g, ''))
        if (!binary) return next()
        response.setHeader('Content-Type', 'application/wasm')
        response.end(binary)
      })
    },

    resolveId: {
      filter: { id: resolved },
      async handler(source, importer) {
        if (source.startsWith('\0')) return source
        const spec = await findSpec(this, source, importer)
        if (spec === undefined) return null
        const { command, server } = config
        const isLive = command === 'serve' && server.hmr !== false && this.environment.config.consumer === 'client'
        return { id: idOf(spec, isLive ? 'live' : 'module'), moduleSideEffects: false }
      },
    },

    load: {
      filter: { id: loaded },
      async handler(id) {
        if (id === liveRuntime) return readFile(new URL(`./live${extname(import.meta.url)}`, import.meta.url), 'utf8')
        const spec = specIn(id)
        const bundled = await loadNoting(this, id)
        if (id === idOf(spec, 'live')) return liveModule(spec, bundled.names)
        return withAddresses(bundled, config.command === 'serve' ? servedAddress : emittedAddress(this))
      },
    },

    hotUpdate({ file, modules, timestamp }: HotUpdateOptions) {
      const { moduleGraph } = this.environment
      const concerned = [...reads].filter(([, files]) => files.has(file)).map(([spec]) => spec)
      const own = concerned.flatMap((spec) => {
        const live = moduleGraph.getModuleById(idOf(spec, 'live'))
        const found = [moduleGraph.getModuleById(idOf(spec)), live].filter((module) => module !== undefined)
        if (!live?.isSelfAccepting) return found
        for (const module of found) moduleGraph.invalidateModule(module, new Set(), timestamp, true)
        return [...found, ...[...live.importers].filter(({ isSelfAccepting }) => isSelfAccepting)]
      })
      return own.length > 0 ? [...new Set([...modules, ...own])] : undefined
    },
  }
}

/** What a page imports in place of a spec's module while it is served: the same exports, which follow the spec's changes. */
function liveModule(spec: string, names: readonly string[]): string {
  return [
    `import * as latest from ${JSON.stringify(idOf(spec))}`,
    `import { follow } from ${JSON.stringify(liveRuntime)}`,
    `export let ${names.join(', ')}`,
    `follow(latest, (exports) => ({ ${names.join(', ')} } = exports), import.meta.hot?.data)`,
    'import.meta.hot?.accept()',
  ].join('\n')
}
