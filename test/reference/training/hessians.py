"""The Hessian of the training loss times a direction: torch.autograd.functional.hvp."""

import torch
from torch.autograd.functional import hvp
from torch.nn import functional as F
from torch.optim import SGD

from support import Batch, Case, Draws, Net, Objective, derivative, linear, perceptron

TRAIN = """train: { batch: 5, optimizer: { sgd: 0.05 } }
emit: { hessianProduct: true }
"""


def sgd(tensors):
    return SGD(tensors, lr=0.05)


def product(case, draws, objective=None, leave_out=()):
    """Adds the product with a random direction to a case. @param leave_out names whose direction is 0, and isn't given."""
    net, trained = case.net, case.trained(objective)
    direction = {name: draws.normal(*value.shape) for name, value in trained.items() if name not in leave_out}

    def loss(*values):
        moved = net.copy(training=True)
        moved.parameters = {**net.parameters, **dict(zip(trained, values))}
        return case.loss_of(case.batches['one'], objective, moved)

    along = [direction.get(name, torch.zeros_like(value)) for name, value in trained.items()]
    _, result = hvp(loss, tuple(value.detach() for value in trained.values()), tuple(along))
    frozen = {name: torch.zeros_like(value) for name, value in net.parameters.items() if name not in trained}
    products = {**frozen, **dict(zip(trained, result))} if objective else dict(zip(trained, result))
    case.add('hessianProduct', batch='one', objective=objective, direction=direction, product=products)


def layered(spec, parameters, forward, loss, inputs, targets, draws, buffers=None):
    """A network of layers, asked before and after a step."""
    objective = Objective(lambda net, x, y: loss(forward(net, x), y), sgd)
    case = Case(spec + TRAIN, Net(parameters, buffers), objective, {'one': Batch({'x': inputs}, {'y': targets})})
    product(case, draws)
    case.steps('one')
    product(case, draws, leave_out=[next(iter(parameters))])
    return case


def squares(p, y):
    """Each sample's mean, which `mse` has the mean of."""
    return ((p - y) ** 2).flatten(1).mean(1)


def softmax():
    draws = Draws(1)
    parameters = {**draws.linear('linear0', 4, 3), **draws.linear('linear1', 3, 4)}
    return layered(
        'input: 3\nlayers: [linear: 4, gelu, linear: 3]\nloss: { crossEntropy: { labelSmoothing: 0.1 } }\n',
        parameters,
        lambda net, x: perceptron(net, '', x, F.gelu),
        lambda p, y: F.cross_entropy(p, y, label_smoothing=0.1, reduction='none'),
        draws.normal(5, 3), draws.below(3, 5), draws,
    )


def weights_of_classes():
    """The quotient of two sums, of which only the first depends on parameters."""
    draws = Draws(2)
    parameters = {**draws.linear('linear0', 4, 3), **draws.linear('linear1', 3, 4)}
    weight = torch.tensor([0.5, 2, 1.25])
    surprise = lambda p, y: F.cross_entropy(p, y, weight, ignore_index=-100, reduction='none')
    counts = lambda y: torch.where(y == -100, torch.zeros(()), weight[y.clamp(min=0)])
    return layered(
        'input: 3\nlayers: [linear: 4, silu, linear: 3]\n'
        'loss: { crossEntropy: { weights: [0.5, 2, 1.25], ignoreIndex: -100 } }\n',
        parameters,
        lambda net, x: perceptron(net, '', x, F.silu),
        lambda p, y: (surprise(p, y), counts(y)),
        draws.normal(5, 3), torch.tensor([1, -100, 0, 2, 1]), draws,
    )


def norms():
    """Through a batch's mean and variance every sample reaches every other."""
    draws = Draws(3)
    parameters = {
        **draws.linear('linear0', 4, 3),
        'batchNorm0.weight': 1 + draws.normal(4, scale=0.3), 'batchNorm0.bias': draws.normal(4, scale=0.3),
        'layerNorm0.weight': 1 + draws.normal(4, scale=0.3), 'layerNorm0.bias': draws.normal(4, scale=0.3),
        **draws.linear('linear1', 2, 4),
    }
    buffers = {'batchNorm0.running_mean': torch.zeros(4), 'batchNorm0.running_var': torch.ones(4)}

    def forward(net, x):
        p, b = net.parameters, net.buffers
        h = F.batch_norm(
            linear(net, 'linear0', x), b['batchNorm0.running_mean'], b['batchNorm0.running_var'],
            p['batchNorm0.weight'], p['batchNorm0.bias'], training=net.training,
        )
        h = F.layer_norm(torch.tanh(h), (4,), p['layerNorm0.weight'], p['layerNorm0.bias'])
        return linear(net, 'linear1', h)

    return layered(
        'input: 3\nlayers: [linear: 4, batchNorm, tanh, layerNorm, linear: 2]\nloss: mse\n',
        parameters, forward, squares, draws.normal(5, 3), draws.normal(5, 2), draws, buffers,
    )


def convolution():
    draws = Draws(4)
    parameters = {
        'conv2d0.weight': draws.normal(2, 1, 2, 2), 'conv2d0.bias': draws.normal(2), **draws.linear('linear0', 1, 8),
    }

    def forward(net, x):
        h = F.conv2d(x, net.parameters['conv2d0.weight'], net.parameters['conv2d0.bias'])
        return linear(net, 'linear0', F.max_pool2d(F.softplus(h), 2).flatten(1))

    return layered(
        'input: [1, 5, 5]\nlayers: [{ conv2d: { channels: 2, kernel: 2 } }, softplus, maxPool2d: 2, flatten, linear: 1]\n'
        'loss: mse\n',
        parameters, forward, squares, draws.normal(5, 1, 5, 5), draws.normal(5, 1), draws,
    )


def recurrence():
    draws = Draws(5)
    parameters = {
        'gru0.weight_ih': draws.normal(9, 2, scale=0.6), 'gru0.weight_hh': draws.normal(9, 3, scale=0.6),
        'gru0.bias_ih': draws.normal(9, scale=0.6), 'gru0.bias_hh': draws.normal(9, scale=0.6),
    }

    def forward(net, x):
        weights = [net.parameters[name] for name in parameters]
        sequence, _ = torch.gru(x, torch.zeros(1, len(x), 3), weights, True, 1, 0.0, False, False, True)
        return linear(net, 'linear0', sequence[:, -1])

    return layered(
        'input: [3, 2]\nlayers: [gru: 3, linear: 1]\nloss: { huber: 0.5 }\n',
        {**parameters, **draws.linear('linear0', 1, 3)}, forward,
        lambda p, y: F.huber_loss(p, y, delta=0.5, reduction='none').mean(1),
        draws.normal(5, 3, 2), draws.normal(5, 1), draws,
    )


def objectives():
    """A loss that holds a derivative, and another one, each by what it trains."""
    spec = """inputs: { x: scalar, t: scalar }
targets: {}
networks:
  u: { input: 2, layers: [linear: 4, tanh, linear: 1] }
  w: { input: 1, layers: [linear: 3, sin, linear: 1] }
equations:
  - v = u(concat(x, t))
  - s = w(x)
  - residual = derivative(v, t) - s * derivative(v, x)
  - l = residual^2
  - k = residual^2 + (s - 1)^2
output: v
objectives:
  inner: { loss: l, trains: [u] }
  outer: { loss: k, trains: [u, w] }
"""
    draws = Draws(6)

    def parts(net, x, t):
        x, t = x.detach().requires_grad_(), t.detach().requires_grad_()
        v = perceptron(net, 'u', torch.stack([x, t], -1), torch.tanh)[:, 0]
        s = perceptron(net, 'w', x[:, None], torch.sin)[:, 0]
        return derivative(v, t) - s * derivative(v, x), s

    def inner(net, x, t):
        residual, _ = parts(net, x, t)
        return residual**2

    def outer(net, x, t):
        residual, s = parts(net, x, t)
        return residual**2 + (s - 1) ** 2

    case = Case(
        spec + TRAIN,
        Net({**draws.perceptron('u', 2, 4, 1), **draws.perceptron('w', 1, 3, 1)}),
        {'inner': Objective(inner, sgd, lambda name: name.startswith('u.')), 'outer': Objective(outer, sgd)},
        {'one': Batch({'x': draws.normal(5), 't': draws.normal(5)})},
    )
    product(case, draws, 'inner')
    product(case, draws, 'outer')
    case.steps(('one', 'inner'), ('one', 'outer'))
    product(case, draws, 'outer')
    return case


def cases():
    makers = (softmax, weights_of_classes, norms, convolution, recurrence, objectives)
    return {make.__name__.replace('_', ' '): make() for make in makers}
