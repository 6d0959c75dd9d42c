"""Jacobians in outputs and losses: torch.autograd.functional.jacobian of each sample."""

import torch
from torch.autograd.functional import jacobian
from torch.nn import functional as F
from torch.optim import SGD, Adam

from support import Batch, Case, Draws, Net, Objective, perceptron


def jacobians(function, x):
    """The Jacobian of a function of one sample, at each sample."""
    return torch.stack([jacobian(function, row, create_graph=True) for row in x])


def trace(matrices):
    return torch.diagonal(matrices, dim1=-2, dim2=-1).sum(-1)


def of_an_input():
    """A field, its divergence and how far its Jacobian is from symmetric."""
    spec = """inputs: { x: 3 }
targets: { y: 3 }
networks:
  f: { input: 3, layers: [linear: 4, tanh, linear: 3] }
equations:
  - v = f(x)
  - J = jacobian(v, x)
  - divergence = trace(J)
  - A = J - transpose(J)
  - l = sum((v - y)^2) + 0.3 * divergence^2 + 0.1 * sum(A .* A)
output: [J, divergence]
loss: l
train: { batch: 4, optimizer: { sgd: { learningRate: 0.02, momentum: 0.9 } } }
"""
    draws = Draws(1)
    field = lambda net, x: perceptron(net, 'f', x, torch.tanh)

    def predicted(net, x, y):
        J = jacobians(lambda row: field(net, row), x)
        return {'J': J, 'divergence': trace(J)}

    def loss(net, x, y):
        J = predicted(net, x, y)['J']
        A = J - J.transpose(1, 2)
        return ((field(net, x) - y) ** 2).sum(-1) + 0.3 * trace(J) ** 2 + 0.1 * (A * A).sum((1, 2))

    batch = Batch({'x': draws.normal(4, 3)}, {'y': draws.normal(4, 3)})
    optimizer = lambda tensors: SGD(tensors, lr=0.02, momentum=0.9)
    case = Case(spec, Net(draws.perceptron('f', 3, 4, 3)), Objective(loss, optimizer), {'one': batch})
    return case, predicted


def of_a_gradient():
    """The Hessian by the input as the Jacobian of a gradient; its trace is the Laplacian."""
    spec = """inputs: { x: 3 }
targets: { y: scalar }
networks:
  f: { input: 3, layers: [linear: 4, softplus, linear: 1] }
equations:
  - v = f(x)
  - g = derivative(v, x)
  - H = jacobian(g, x)
  - laplacian = trace(H)
  - l = (laplacian - y)^2 + 0.1 * dot(diagonal(H), H * x)
output: [H, laplacian]
loss: l
train: { batch: 4, optimizer: { adam: 0.01 } }
"""
    draws = Draws(2)

    def predicted(net, x, y):
        value = lambda row: perceptron(net, 'f', row, F.softplus)[0]
        H = jacobians(lambda row: jacobian(value, row, create_graph=True), x)
        return {'H': H, 'laplacian': trace(H)}

    def loss(net, x, y):
        H, laplacian = predicted(net, x, y).values()
        Hx = torch.einsum('sij,sj->si', H, x)
        return (laplacian - y) ** 2 + 0.1 * (torch.diagonal(H, dim1=1, dim2=2) * Hx).sum(-1)

    batch = Batch({'x': draws.normal(4, 3)}, {'y': draws.normal(4)})
    net = Net(draws.perceptron('f', 3, 4, 1, spread=2))
    case = Case(spec, net, Objective(loss, lambda tensors: Adam(tensors, lr=0.01)), {'one': batch})
    return case, predicted


def of_a_name():
    """By a code in the middle, as it reaches the output through softmax: the metric that a decoder has."""
    spec = """inputs: { x: 3 }
targets: { y: 4 }
networks:
  encoder: { input: 3, layers: [linear: 3, silu, linear: 2] }
  decoder: { input: 2, layers: [linear: 3, sin, linear: 4, softmax] }
equations:
  - z = encoder(x)
  - p = decoder(z)
  - J = jacobian(p, z)
  - M = transpose(J) * J
  - O = outer(z, slice(p, 1, 4))
  - l = sum((p - y)^2) + 0.5 * trace(M) + 0.1 * sum(O .* O)
output: [J, M]
loss: l
train: { batch: 4, optimizer: { sgd: 0.1 } }
"""
    draws = Draws(3)
    encoder = lambda net, x: perceptron(net, 'encoder', x, F.silu)
    decoder = lambda net, z: F.softmax(perceptron(net, 'decoder', z, torch.sin), -1)

    def predicted(net, x, y):
        J = jacobians(lambda row: decoder(net, row), encoder(net, x))
        return {'J': J, 'M': J.transpose(1, 2) @ J}

    def loss(net, x, y):
        z = encoder(net, x)
        p = decoder(net, z)
        J = jacobians(lambda row: decoder(net, row), z)
        O = torch.einsum('si,sj->sij', z, p[:, 1:4])
        return ((p - y) ** 2).sum(-1) + 0.5 * (J * J).sum((1, 2)) + 0.1 * (O * O).sum((1, 2))

    parameters = {**draws.perceptron('encoder', 3, 3, 2), **draws.perceptron('decoder', 2, 3, 4, spread=1.5)}
    batch = Batch({'x': draws.normal(4, 3)}, {'y': F.softmax(draws.normal(4, 4), -1).mul(1000).round() / 1000})
    case = Case(spec, Net(parameters), Objective(loss, lambda tensors: SGD(tensors, lr=0.1)), {'one': batch})
    return case, predicted


def cases():
    result = {}
    for make in (of_an_input, of_a_gradient, of_a_name):
        case, predicted = make()
        case.predict('one', predicted)
        case.gradient('one')
        case.steps(*['one'] * 3)
        result[make.__name__.replace('_', ' ')] = case
    return result
