import type { RspackPluginInstance } from '@rspack/core'
import { createUnplugin } from 'unplugin'
import { checkOptions, type Options } from './options.ts'
import { webpackHooks } from './webpackHooks.ts'

export type { Options }

/** The plugin for Rspack. TypeError: there is no such option. */
const tapeless: (options?: Options) => RspackPluginInstance = createUnplugin<Options | undefined, false>(
  (options = {}) => {
    checkOptions(options)
    return { name: 'tapeless', enforce: 'pre', ...webpackHooks(options) }
  },
).rspack
export default tapeless
