"""What isn't trained: frozen layers, and what an objective doesn't name."""

import torch
from torch.nn import functional as F
from torch.nn.utils import clip_grad_norm_
from torch.optim import SGD, Adam, AdamW

from support import Batch, Case, Draws, Net, Objective, linear, perceptron


def layers():
    """Neither decay nor clipping counts what is frozen. Statistics of a frozen batchNorm follow its batches, as in PyTorch."""
    spec = """input: 3
layers:
  - { linear: 4, frozen: true }
  - { batchNorm: {}, frozen: true }
  - tanh
  - { linear: 4, as: body }
  - { residual: [linear: 4, silu], frozen: true }
  - linear: 2
loss: mse
train:
  batch: 5
  optimizer: { adamw: { learningRate: 0.02, weightDecay: 0.3 } }
  clip: { norm: 0.2 }
"""
    draws = Draws(1)
    norm = {'batchNorm0.weight': 1 + draws.normal(4, scale=0.3), 'batchNorm0.bias': draws.normal(4, scale=0.3)}
    parameters = {
        **draws.linear('linear0', 4, 3), **norm, **draws.linear('body', 4, 4),
        **draws.linear('residual0.linear0', 4, 4), **draws.linear('linear2', 2, 4),
    }
    buffers = {'batchNorm0.running_mean': draws.normal(4, scale=0.3), 'batchNorm0.running_var': 1 + draws.normal(4).abs()}

    def forward(net, x):
        h = F.batch_norm(
            linear(net, 'linear0', x), net.buffers['batchNorm0.running_mean'], net.buffers['batchNorm0.running_var'],
            net.parameters['batchNorm0.weight'], net.parameters['batchNorm0.bias'], training=net.training,
        )
        h = linear(net, 'body', torch.tanh(h))
        return linear(net, 'linear2', h + F.silu(linear(net, 'residual0.linear0', h)))

    objective = Objective(
        lambda net, x, y: ((forward(net, x) - y) ** 2).mean(1),
        lambda tensors: AdamW(tensors, lr=0.02, weight_decay=0.3),
        lambda name: name.split('.')[0] in ('body', 'linear2'),
        lambda tensors: clip_grad_norm_(tensors, 0.2),
    )
    batch = Batch({'x': draws.normal(5, 3)}, {'y': draws.normal(5, 2)})
    case = Case(spec, Net(parameters, buffers), objective, {'one': batch})
    case.predict('one', lambda net, x, y: forward(net, x))
    case.gradient('one')
    case.steps(*['one'] * 5)
    case.loss('one')
    return case


def objectives():
    """A frozen layer of a network that is trained, a network and a parameter that one objective trains and one that both do."""
    spec = """inputs: { x: 3 }
targets: { y: 2 }
networks:
  f: { input: 3, layers: [{ linear: 4, frozen: true }, tanh, linear: 2] }
  g: { input: 2, layers: [linear: 3, sin, linear: 2] }
parameters: { a: scalar, b: 2 }
equations:
  - p = g(f(x)) * a + b
  - l = sum((p - y)^2)
  - k = sum(abs(p - y)) + a^2
output: p
objectives:
  first: { loss: l, trains: [f, b] }
  second: { loss: k, trains: [g, b], optimizer: { sgd: { learningRate: 0.01, momentum: 0.8, weightDecay: { weights: 0.2 } } } }
train: { batch: 5, optimizer: { adam: { learningRate: 0.01, weightDecay: 0.1 } } }
"""
    draws = Draws(2)
    parameters = {
        **draws.perceptron('f', 3, 4, 2), **draws.perceptron('g', 2, 3, 2), 'a': torch.tensor(0.7), 'b': draws.normal(2),
    }

    def p(net, x):
        value = perceptron(net, 'g', perceptron(net, 'f', x, torch.tanh), torch.sin)
        return value * net.parameters['a'] + net.parameters['b']

    def decaying(tensors):
        """Weights alone decay."""
        groups = [dict(params=[one for one in tensors if (one.dim() > 1) == is_weight]) for is_weight in (True, False)]
        groups[0]['weight_decay'] = 0.2
        return SGD(groups, lr=0.01, momentum=0.8)

    own = {
        'first': Objective(
            lambda net, x, y: ((p(net, x) - y) ** 2).sum(1),
            lambda tensors: Adam(tensors, lr=0.01, weight_decay=0.1),
            lambda name: name in ('f.linear1.weight', 'f.linear1.bias', 'b'),
        ),
        'second': Objective(
            lambda net, x, y: (p(net, x) - y).abs().sum(1) + net.parameters['a'] ** 2,
            decaying,
            lambda name: name.startswith('g.') or name == 'b',
        ),
    }
    batch = Batch({'x': draws.normal(5, 3)}, {'y': draws.normal(5, 2)})
    case = Case(spec, Net(parameters), own, {'one': batch})
    case.gradient('one', 'first')
    case.gradient('one', 'second')
    case.steps(*[('one', 'first'), ('one', 'second')] * 4, ('one', 'second'), ('one', 'first'))
    return case


def cases():
    return {'layers': layers(), 'objectives': objectives()}
