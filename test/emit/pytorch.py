"""Writes pytorch.json: what PyTorch's optimizers, clipping and schedules answer in float64. Run it with PyTorch 1.13 or later."""

import json
import math
import re
from pathlib import Path
from typing import NamedTuple

import torch
from torch import nn
from torch.nn.utils import clip_grad_norm_, clip_grad_value_
from torch.optim import SGD, Adadelta, Adagrad, Adam, AdamW, NAdam, RMSprop
from torch.optim.lr_scheduler import (
    CosineAnnealingLR, ExponentialLR, LinearLR, MultiStepLR, OneCycleLR, PolynomialLR,
    ReduceLROnPlateau, SequentialLR, StepLR,
)

torch.set_default_dtype(torch.float64)


class Lion(torch.optim.Optimizer):
    """Algorithm 2 of Chen et al., Symbolic Discovery of Optimization Algorithms, 2023."""

    def __init__(self, params, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, dict(lr=lr, betas=betas, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            beta1, beta2 = group['betas']
            for p in group['params']:
                m = self.state[p].setdefault('m', torch.zeros_like(p))
                update = (beta1 * m + (1 - beta1) * p.grad).sign()
                p -= group['lr'] * (update + group['weight_decay'] * p)
                m.mul_(beta2).add_(p.grad, alpha=1 - beta2)


def nadam(params, **settings):
    """Before PyTorch 2.0 NAdam without foreach took the square of this step's momentum into the next step's correction."""
    return NAdam(params, foreach=True, **settings)


class Weights(NamedTuple):
    """A decay of parameters of two axes and more alone."""

    value: float


OPTIMIZERS = [
    ('sgd: { learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: { weights: 0.02 } }', SGD,
     dict(lr=0.1, momentum=0.9, nesterov=True, weight_decay=Weights(0.02))),
    ('adam: { learningRate: 0.02, amsgrad: true, weightDecay: { weights: 0.1 } }', Adam,
     dict(lr=0.02, amsgrad=True, weight_decay=Weights(0.1))),
    ('adamw: {}', AdamW, dict()),
    ('adamw: { learningRate: 0.02, beta1: 0.8, beta2: 0.95, epsilon: 1e-4, weightDecay: 0.3 }', AdamW,
     dict(lr=0.02, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.3)),
    ('adamw: { learningRate: 0.02, amsgrad: true, weightDecay: { weights: 0.3 } }', AdamW,
     dict(lr=0.02, amsgrad=True, weight_decay=Weights(0.3))),
    ('nadam: {}', nadam, dict()),
    ('nadam: { learningRate: 0.02, beta1: 0.8, beta2: 0.95, epsilon: 1e-4, momentumDecay: 0.1, weightDecay: 0.1 }', nadam,
     dict(lr=0.02, betas=(0.8, 0.95), eps=1e-4, momentum_decay=0.1, weight_decay=0.1)),
    ('nadam: { learningRate: 0.02, weightDecay: { weights: 0.1 } }', nadam, dict(lr=0.02, weight_decay=Weights(0.1))),
    ('rmsprop: {}', RMSprop, dict()),
    ('rmsprop: { learningRate: 0.02, decay: 0.9, epsilon: 1e-4, weightDecay: 0.1 }', RMSprop,
     dict(lr=0.02, alpha=0.9, eps=1e-4, weight_decay=0.1)),
    ('rmsprop: { learningRate: 0.005, momentum: 0.8 }', RMSprop, dict(lr=0.005, momentum=0.8)),
    ('rmsprop: { learningRate: 0.005, centered: true }', RMSprop, dict(lr=0.005, centered=True)),
    ('rmsprop: { learningRate: 0.005, momentum: 0.8, centered: true, weightDecay: { weights: 0.1 } }', RMSprop,
     dict(lr=0.005, momentum=0.8, centered=True, weight_decay=Weights(0.1))),
    ('adagrad: {}', Adagrad, dict()),
    ('adagrad: { learningRate: 0.2, epsilon: 1e-3, weightDecay: 0.1 }', Adagrad, dict(lr=0.2, eps=1e-3, weight_decay=0.1)),
    ('adagrad: { learningRate: 0.2, weightDecay: { weights: 0.1 } }', Adagrad, dict(lr=0.2, weight_decay=Weights(0.1))),
    ('adadelta: {}', Adadelta, dict()),
    ('adadelta: { learningRate: 2, decay: 0.8, epsilon: 1e-4, weightDecay: 0.1 }', Adadelta,
     dict(lr=2, rho=0.8, eps=1e-4, weight_decay=0.1)),
    ('adadelta: { learningRate: 2, weightDecay: { weights: 0.1 } }', Adadelta, dict(lr=2, weight_decay=Weights(0.1))),
    ('lion: {}', Lion, dict()),
    ('lion: { learningRate: 0.01, beta1: 0.8, beta2: 0.95, weightDecay: 0.3 }', Lion,
     dict(lr=0.01, betas=(0.8, 0.95), weight_decay=0.3)),
    ('lion: { learningRate: 0.01, weightDecay: { weights: 0.3 } }', Lion, dict(lr=0.01, weight_decay=Weights(0.3))),
]

STEPS = 60
EPOCHS = 24


class Clip:
    """Clips gradients, and counts the steps in which that changed them."""

    def __init__(self, function, limit):
        self.function, self.limit, self.bound = function, limit, 0

    def __call__(self, parameters):
        parameters = list(parameters)
        before = [p.grad.clone() for p in parameters]
        self.function(parameters, self.limit)
        self.bound += any(not torch.equal(p.grad, old) for p, old in zip(parameters, before))


def perceptron():
    return nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))


def normalised():
    return nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4), nn.PReLU(), nn.Linear(4, 1))


def train(make, settings, start, x, y, clip=lambda parameters: None, network=perceptron):
    """The parameters after some of the steps, on the first 4 samples and the other 2 in turn."""
    network = network()
    network.load_state_dict({name: torch.tensor(values) for name, values in start.items()})
    decay = settings.get('weight_decay')
    if isinstance(decay, Weights):
        groups = [
            dict(params=[p for p in network.parameters() if p.dim() >= 2], weight_decay=decay.value),
            dict(params=[p for p in network.parameters() if p.dim() < 2], weight_decay=0),
        ]
        optimizer = make(groups, **{name: value for name, value in settings.items() if name != 'weight_decay'})
    else:
        optimizer = make(network.parameters(), **settings)
    after = {}
    for step in range(1, STEPS + 1):
        batch = slice(0, 4) if step % 2 else slice(4, 6)
        optimizer.zero_grad()
        nn.functional.mse_loss(network(x[batch]), y[batch]).backward()
        clip(network.parameters())
        optimizer.step()
        if step in (1, 2, 10, STEPS):
            after[step] = [p.flatten().tolist() for p in network.parameters()]
    return after


def rates(make, epochs=EPOCHS):
    """The learning rate of each epoch, 0.1 at its base."""
    optimizer = SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    schedule = make(optimizer)
    result = []
    for epoch in range(epochs):
        result.append(optimizer.param_groups[0]['lr'])
        optimizer.step()
        if epoch < epochs - 1:
            schedule.step()
    return result


def plateau_rates(settings, metrics, warmup=None):
    """The learning rate of each epoch, 0.1 at its base, and after the last; metrics of the warmup's epochs aren't read."""
    optimizer = SGD([torch.zeros(1, requires_grad=True)], lr=0.1)
    schedule = ReduceLROnPlateau(optimizer, **settings)
    rising = [] if warmup is None else rates(lambda o: LinearLR(o, warmup[1], 1, warmup[0]), warmup[0])
    result = []
    for metric in metrics[len(rising):]:
        result.append(optimizer.param_groups[0]['lr'])
        schedule.step(metric)
    return [*rising, *result, optimizer.param_groups[0]['lr']]


def warmed(make, epochs, start):
    return lambda o: SequentialLR(
        o, [LinearLR(o, start_factor=start, end_factor=1, total_iters=epochs), make(o)], milestones=[epochs]
    )


# train.epochs is EPOCHS.
SCHEDULES = {
    '{ step: 5 }': lambda o: StepLR(o, 5),
    '{ milestones: [2, 7, 7, 20] }': lambda o: MultiStepLR(o, [2, 7, 7, 20]),
    '{ milestones: { epochs: [20, 3], factor: 0.7 } }': lambda o: MultiStepLR(o, [3, 20], 0.7),
    '{ exponential: 0.8 }': lambda o: ExponentialLR(o, 0.8),
    'cosine': lambda o: CosineAnnealingLR(o, EPOCHS),
    '{ cosine: { epochs: 7, minimum: 0.02 } }': lambda o: CosineAnnealingLR(o, 7, 0.02),
    '{ cosine: { minimum: 0.3 } }': lambda o: CosineAnnealingLR(o, EPOCHS, 0.3),
    'linear': lambda o: LinearLR(o, total_iters=EPOCHS),
    '{ linear: { epochs: 6, start: 0.5, end: 0.1 } }': lambda o: LinearLR(o, 0.5, 0.1, 6),
    'polynomial': lambda o: PolynomialLR(o, EPOCHS),
    '{ polynomial: { epochs: 9, power: 2.5 } }': lambda o: PolynomialLR(o, 9, 2.5),
    'oneCycle': lambda o: OneCycleLR(o, 0.1, total_steps=EPOCHS),
    '{ step: 5, warmup: { epochs: 4, start: 0.1 } }': warmed(lambda o: StepLR(o, 5), 4, 0.1),
    '{ cosine: {}, warmup: { epochs: 5, start: 0.25 } }': warmed(lambda o: CosineAnnealingLR(o, EPOCHS - 5), 5, 0.25),
}

CLIPS = [
    ('clip: { norm: 0.3 }, optimizer: { sgd: { learningRate: 0.1, momentum: 0.5, weightDecay: 0.1 } }',
     Clip(clip_grad_norm_, 0.3), SGD, dict(lr=0.1, momentum=0.5, weight_decay=0.1)),
    ('clip: { norm: 1e3 }, optimizer: { sgd: 0.1 }', Clip(clip_grad_norm_, 1e3), SGD, dict(lr=0.1)),
    ('clip: { norm: { limit: 0.2 } }, optimizer: { adamw: { learningRate: 0.02, weightDecay: { weights: 0.1 } } }',
     Clip(clip_grad_norm_, 0.2), AdamW, dict(lr=0.02, weight_decay=Weights(0.1))),
    ('clip: { value: 0.1 }, optimizer: { sgd: { learningRate: 0.1, momentum: 0.5, weightDecay: 0.1 } }',
     Clip(clip_grad_value_, 0.1), SGD, dict(lr=0.1, momentum=0.5, weight_decay=0.1)),
    ('clip: { value: 1e3 }, optimizer: { sgd: 0.1 }', Clip(clip_grad_value_, 1e3), SGD, dict(lr=0.1)),
    ('clip: { value: 0.05 }, optimizer: { adamw: { learningRate: 0.02, weightDecay: { weights: 0.1 } } }',
     Clip(clip_grad_value_, 0.05), AdamW, dict(lr=0.02, weight_decay=Weights(0.1))),
]

GROUPS = [
    ('sgd: { learningRate: 0.05, weightDecay: { weights: 0.5 } }', SGD, dict(lr=0.05, weight_decay=Weights(0.5))),
    ('adamw: { learningRate: 0.02, weightDecay: { weights: 0.5 } }', AdamW, dict(lr=0.02, weight_decay=Weights(0.5))),
]

# Falls, stays within and beyond the threshold of 1e-4, rises, is no number, falls below 0.
METRICS = [
    5, 4, 4, 3.9999, 3.9998, 3.9995, 3.9, 4, 5, 3.95, math.nan, 3.899, 3, 3, 3, 3, 2.9999, 2.99985, 2.9997, 3, 3, 1, 0, 0,
    1e-9, 0, -1, -1, -1.00005, -0.9999, -1.001, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -2, -2,
]
PLATEAUS = [
    ('plateau', dict(), None),
    ('{ plateau: 2 }', dict(patience=2), None),
    ('{ plateau: 0 }', dict(patience=0), None),
    ('{ plateau: { patience: 1, factor: 0.5, threshold: 0.1, minimum: 0.004 } }',
     dict(patience=1, factor=0.5, threshold=0.1, min_lr=0.004), None),
    ('{ plateau: { patience: 1, factor: 0.7, threshold: 0 } }', dict(patience=1, factor=0.7, threshold=0), None),
    ('{ plateau: { patience: 1, factor: 0.5 }, warmup: { epochs: 4, start: 0.1 } }', dict(patience=1, factor=0.5), (4, 0.1)),
]

generator = torch.Generator().manual_seed(0)
draw = lambda *shape: torch.randn(shape, generator=generator)
start = {'0.weight': draw(4, 3), '0.bias': draw(4), '2.weight': draw(1, 4), '2.bias': draw(1)}
start = {name: values.tolist() for name, values in start.items()}
x, y = draw(6, 3), draw(6, 1)
normalised_start = {name: draw(*values.shape).tolist() for name, values in normalised().state_dict().items()}


def clipped(clip, make, settings):
    parameters = train(make, settings, start, x, y, clip)
    return {'bound': clip.bound, 'parameters': parameters}


answers = {
    'source': f'PyTorch {re.match("[0-9.]+[0-9]", torch.__version__)[0]}, float64',
    'optimizers': {
        'start': [torch.tensor(values).flatten().tolist() for values in start.values()],
        'x': x.flatten().tolist(),
        'y': y.flatten().tolist(),
        'rows': {text: train(make, settings, start, x, y) for text, make, settings in OPTIMIZERS},
    },
    'clips': {text: clipped(*row) for text, *row in CLIPS},
    'groups': {
        'start': [torch.tensor(values).flatten().tolist() for values in normalised_start.values()],
        'rows': {
            text: train(make, settings, normalised_start, x, y, network=normalised) for text, make, settings in GROUPS
        },
    },
    'plateaus': {
        # null for what is no number.
        'metrics': [None if math.isnan(metric) else metric for metric in METRICS],
        'rows': {text: plateau_rates(settings, METRICS, warmup) for text, settings, warmup in PLATEAUS},
    },
    'schedules': {
        'epochs': EPOCHS,
        'rows': {
            **{text: rates(make) for text, make in SCHEDULES.items()},
            **{f'{{ oneCycle: {n} }}': rates(lambda o: OneCycleLR(o, 0.1, total_steps=n), n) for n in (1, 2, 3, 4, 7, 10)},
        },
    },
}
Path(__file__).with_suffix('.json').write_text(json.dumps(answers) + '\n')
