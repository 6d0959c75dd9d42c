import fc from 'fast-check'

/*
 * Small networks with long sums: over inputs, over a batch's samples and positions, over the places of an index. What they are made of
 * is the other networks' to vary.
 */

interface Body {
  readonly input: unknown
  readonly layers: readonly unknown[]
  /** The most samples, if the sums are long by them. */
  readonly batch?: number
}

const bodies: Readonly<Record<string, (terms: number) => Body>> = {
  inputs: (terms) => ({ input: terms, layers: [{ linear: 3 }, 'tanh', { linear: 2 }] }),
  normed: (terms) => ({ input: terms, layers: ['layerNorm', { linear: 2 }] }),
  samples: (terms) => ({ input: 3, layers: [{ linear: 4 }, 'tanh', 'batchNorm', { linear: 2 }], batch: terms }),
  images: (terms) => {
    const width = Math.ceil(Math.sqrt(terms))
    return {
      input: [1, width + 2, width],
      layers: [{ conv2d: { channels: 2, kernel: 3 } }, 'batchNorm', 'sigmoid', 'globalAveragePool', { linear: 2 }],
    }
  },
  indices: (terms) => {
    const length = 4 + (terms % 12)
    const layers = [{ embedding: 2 }, { rnn: 2 }, { linear: 2 }]
    return { input: { shape: [length], index: 3 }, layers, batch: Math.ceil(terms / length) }
  },
  windows: (terms) => ({
    input: [1, 20, 20 + (terms % 4)],
    layers: ['prelu', { averagePool2d: { kernel: 17, stride: 1 } }, 'flatten', { linear: 2 }],
  }),
}

export const longNetworks = fc
  .record({
    body: fc.constantFrom(...Object.values(bodies)),
    terms: fc.integer({ min: 257, max: 700 }),
    loss: fc.constantFrom('mse', 'crossEntropy'),
  })
  .map(({ body, terms, loss }) => {
    const { batch, ...network } = body(terms)
    return { body: { ...network, loss }, batch }
  })
