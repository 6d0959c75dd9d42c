"""A variational autoencoder whose noise is an input, so that both draw the same."""

import torch
from torch.nn import functional as F
from torch.optim import Adam

from support import Batch, Case, Draws, Net, Objective, perceptron

SPEC = """inputs: { x: 5, noise: 2 }
targets: {}
networks:
  encoder: { input: 5, layers: [linear: 4, silu, linear: 4] }
  decoder: { input: 2, layers: [linear: 4, silu, linear: 5] }
equations:
  - q = encoder(x)
  - m = slice(q, 0, 2)
  - v = slice(q, 2, 4)
  - z = m + exp(v / 2) .* noise
  - logits = decoder(z)
  - reconstruction = sum(softplus(logits) - x .* logits)
  - divergence = sum(m .* m + exp(v) - 1 - v) / 2
  - l = reconstruction + divergence
output: [logits, m]
loss: l
metrics: { divergence: divergence }
train: { batch: 4, optimizer: { adam: 0.02 } }
"""


def parts(net, x, noise):
    q = perceptron(net, 'encoder', x, F.silu)
    m, v = q[:, :2], q[:, 2:]
    logits = perceptron(net, 'decoder', m + torch.exp(v / 2) * noise, F.silu)
    reconstruction = F.binary_cross_entropy_with_logits(logits, x, reduction='none').sum(1)
    return logits, m, reconstruction, (m * m + torch.exp(v) - 1 - v).sum(1) / 2


def loss(net, x, noise):
    _, _, reconstruction, divergence = parts(net, x, noise)
    return reconstruction + divergence


def cases():
    draws = Draws(1)
    parameters = {**draws.perceptron('encoder', 5, 4, 4), **draws.perceptron('decoder', 2, 4, 5)}
    batches = {
        name: Batch({'x': draws.below(2, 4, 5).double(), 'noise': draws.normal(4, 2)}) for name in ('one', 'other')
    }
    # What a module that draws noise has in evaluation: the noise's mean.
    batches['still'] = Batch({'x': batches['one'].x['x'], 'noise': torch.zeros(4, 2)})
    case = Case(SPEC, Net(parameters), Objective(loss, lambda tensors: Adam(tensors, lr=0.02)), batches)
    case.metrics = {'divergence': lambda net, x, noise: (parts(net, x, noise)[3], torch.ones(len(x)))}
    case.predict('one', lambda net, x, noise: dict(zip(['logits', 'm'], parts(net, x, noise))))
    case.gradient('one')
    case.evaluate('still')
    case.steps(*['one', 'other'] * 5)
    case.gradient('other')
    return {'noise as an input': case}
