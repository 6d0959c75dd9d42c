"""Early stopping: the epoch in which it ends, and the best epoch's parameters and running statistics."""

import torch
from torch.nn import functional as F
from torch.optim import SGD
from torch.optim.lr_scheduler import ReduceLROnPlateau

from support import Batch, Case, Draws, Net, Objective, linear


def stopped(settings, seed, epochs=40, is_validated=True, plateau=None):
    """@param settings patience and minimumImprovement, or patience alone."""
    patience, improvement = settings
    schedule = '' if plateau is None else f'\n  schedule: {{ plateau: {{ patience: {plateau}, factor: 0.5 }} }}'
    spec = f"""input: 1
layers: [linear: 3, batchNorm, tanh, linear: 1]
loss: mse
train:
  batch: 4
  epochs: {epochs}
  optimizer: {{ sgd: {{ learningRate: 0.15, momentum: 0.9 }} }}{schedule}
  patience: {patience}
  minimumImprovement: {improvement}
"""
    draws = Draws(seed)
    ones = {'batchNorm0.weight': torch.ones(3), 'batchNorm0.bias': torch.zeros(3)}
    parameters = {**draws.linear('linear0', 3, 1), **ones, **draws.linear('linear1', 1, 3)}
    buffers = {'batchNorm0.running_mean': torch.zeros(3), 'batchNorm0.running_var': torch.ones(3)}

    def loss(net, x, y):
        h = F.batch_norm(
            linear(net, 'linear0', x), net.buffers['batchNorm0.running_mean'], net.buffers['batchNorm0.running_var'],
            net.parameters['batchNorm0.weight'], net.parameters['batchNorm0.bias'], training=net.training,
        )
        return ((linear(net, 'linear1', torch.tanh(h)) - y) ** 2).mean(1)

    every = Batch({'x': draws.normal(8, 1)}, {'y': draws.normal(8, 1)})
    batches = {
        'all': every, 'part 0': every.samples(0, 4), 'part 1': every.samples(4, 8),
        'validation': Batch({'x': draws.normal(6, 1)}, {'y': draws.normal(6, 1)}),
    }
    case = Case(spec, Net(parameters, buffers), Objective(loss, lambda tensors: SGD(tensors, lr=0.15, momentum=0.9)), batches)
    schedules = [] if plateau is None else [ReduceLROnPlateau(case.optimizers[None], patience=plateau, factor=0.5).step]
    case.fit(
        'all', ['part 0', 'part 1'], epochs=epochs, validation='validation' if is_validated else None,
        schedules=schedules, patience=patience, minimum_improvement=improvement,
    )
    # Moments and rate are those of the last epoch.
    case.steps('part 0')
    return case


def cases():
    return {
        'by the validation': stopped((4, 0), 1),
        'by improvements of more than 0.05': stopped((4, 0.05), 24),
        'by the loss': stopped((3, 0), 3, is_validated=False),
        'ended by its epochs': stopped((10, 0), 4, epochs=7),
        'beside a plateau': stopped((5, 0), 23, plateau=1),
    }
