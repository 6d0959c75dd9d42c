import type { Maker, Site, Value, Written } from './draft.ts'
import { slopeOf } from './equationMakers.ts'
import type { LayeredFunction } from './layeredFunctions.ts'

/*
 * Right sides of equations with networks and with noise.
 */

const call = ({ name, output }: LayeredFunction, x: string): Written => ({ text: `${name}(${x})`, shape: output })

/** A call on another value than this, where there is one. */
function otherCall(network: LayeredFunction, x: Value, site: Site): Written {
  const y = site.argument(network)
  return call(network, y.text === x.text && network.index === undefined ? `tanh(${y.text})` : y.text)
}

export const networkMakers: Readonly<Record<string, Maker>> = {
  call: (site) => {
    const { network, x } = site.call()
    return call(network, x.text)
  },
  difference: (site) => {
    const { network, x } = site.call()
    const other = otherCall(network, x, site)
    return { text: `${call(network, x.text).text} - 0.5 * ${other.text}`, shape: network.output }
  },
  /** Of its own value, where that fits. */
  again: (site) => {
    const { network, x } = site.call()
    const once = call(network, x.text)
    const fits = network.index === undefined && String(network.output) === String(network.input)
    return fits ? call(network, once.text) : { text: `tanh(${once.text})`, shape: once.shape }
  },
  /** By what the network is given, or by something that this is made of. */
  slope: (site) => {
    const { network, x } = site.call()
    const argument = x.index === undefined && site.rarely(3) ? site.named(x) : x
    const value = call(network, argument.text)
    const u = site.rarely(2) ? site.named(value) : value
    const by = site.variables(value.text).at(-1 - site.choose(2)) ?? site.variables(value.text).at(-1)
    return by ? slopeOf(u, by, site) : u
  },
}

const operand = (site: Site): Value => {
  const x = site.value()!
  return site.rarely(4) ? site.parameter(x.shape) : x
}

/**
 * Noise beside what it is drawn for: alone it is a constant in evaluation, and of constants alone single precision may round a reduction
 * at another place.
 */
const noise =
  (word: string): Maker =>
  (site) => {
    const { text, shape } = operand(site)
    const drawn = `${word}(${text})`
    const written = [`${text} + 0.5 * ${drawn}`, `${text} .* ${drawn}`, `tanh(${text} - ${drawn})`]
    return { text: site.pick(written), shape }
  }

export const noiseMakers: Readonly<Record<string, Maker>> = {
  normal: noise('normal'),
  uniform: noise('uniform'),
  dropout: (site) => {
    const { text, shape } = operand(site)
    return { text: `dropout(${text}, ${site.pick([0.5, 0.2, 0.5, 0.2, 0.5, 0.2, 0, 1])})`, shape }
  },
}
