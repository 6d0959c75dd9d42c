import type { WebpackPluginInstance } from 'webpack'
import { createUnplugin } from 'unplugin'
import { checkOptions, type Options } from './options.ts'
import { webpackHooks } from './webpackHooks.ts'

export type { Options }

/** The plugin for webpack. TypeError: there is no such option. */
const tapeless: (options?: Options) => WebpackPluginInstance = createUnplugin<Options | undefined, false>(
  (options = {}) => {
    checkOptions(options)
    return { name: 'tapeless', enforce: 'pre', ...webpackHooks(options) }
  },
).webpack
export default tapeless
