import { expected, numberFrom0 } from './expected.ts'
import type { FitOptions } from './interface.ts'
import { network } from './module.ts'
import { shown } from './shown.ts'
import { refuseUnknown } from './unknown.ts'

/**
 * The options of `fit` and `epochs`, whole. TypeError or RangeError: there is no such option, or one doesn't fit.
 * @param own a record that has the names of the options that `epochs` hasn't.
 */
export function wholeOptions(options: FitOptions = {}, own?: object) {
  refuseUnknown('options', options, { epochs: 1, shuffle: 1, validation: 1, ...own })
  const { epochs = network.epochs, shuffle = true, validation, onEpoch = () => true } = options
  if (typeof onEpoch !== 'function') expected('onEpoch: a function', shown(onEpoch), TypeError)
  numberFrom0('epochs', epochs)
  if (validation) refuseUnknown('validation', validation, { x: 1, y: 1 })
  return { epochs, shuffle, validation, onEpoch }
}
