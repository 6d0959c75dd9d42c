"""Networks as functions u(x, t) whose losses hold u, u_x, u_xx, u_t, and u_xxx: torch.autograd.grad with create_graph."""

import torch
from torch.nn import functional as F
from torch.optim import SGD

from support import Batch, Case, Draws, Net, Objective, derivative, linear


def celu(x, alpha):
    """By its formula: PyTorch's derivative has 1/alpha in single precision, 2e-8 off, whatever the tensor's."""
    return torch.where(x > 0, x, alpha * torch.expm1(x / alpha))


def hard_sigmoid(x):
    """By its formula: PyTorch's derivative is 1/6 in single precision, and has no derivative itself."""
    return torch.where(x <= -3, torch.zeros_like(x), torch.where(x >= 3, torch.ones_like(x), (x + 3) / 6))


# Two hidden layers compose what one has, and take three times as long to compile.
DEEP = {'leakyRelu: 0.07', 'tanh', 'softplus: 1.7'}

# Word, function, where it bends, and how far weights are spread: so far that both sides of each bend are met.
ACTIVATIONS = [
    ('relu', F.relu, [0], 1),
    ('leakyRelu: 0.07', lambda x: F.leaky_relu(x, 0.07), [0], 1),
    ('elu: 1.3', lambda x: F.elu(x, 1.3), [0], 1),
    ('celu: 1.3', lambda x: celu(x, 1.3), [0], 1),
    ('selu', F.selu, [0], 1),
    ('gelu', F.gelu, [], 1),
    ('geluTanh', lambda x: F.gelu(x, approximate='tanh'), [], 1),
    ('silu', F.silu, [], 1),
    ('tanh', torch.tanh, [], 1),
    ('sigmoid', torch.sigmoid, [], 2),
    ('logSigmoid', F.logsigmoid, [], 1),
    ('softplus: 1.7', lambda x: F.softplus(x, 1.7), [], 1),
    ('softsign', F.softsign, [0], 1),
    ('mish', F.mish, [], 1),
    ('hardSwish', F.hardswish, [-3, 3], 2),
    ('hardSigmoid', hard_sigmoid, [-3, 3], 3),
    ('relu6', F.relu6, [0, 6], 3),
    ('tanhShrink', F.tanhshrink, [], 2),
    ('sin', torch.sin, [], 1),
    ('cos', torch.cos, [], 1),
    ('exp', torch.exp, [], 0.5),
    ('identity', lambda x: x, [], 1),
    ('softmax', lambda x: F.softmax(x, -1), [], 2),
    ('logSoftmax', lambda x: F.log_softmax(x, -1), [], 1),
    ('prelu: 0.3', None, [0], 1),
]

SPEC = """inputs: {{ x: scalar, t: scalar }}
targets: {{ y: scalar }}
networks:
  u: {{ input: 2, layers: [{0}linear: 1] }}
equations:
  - v = u(concat(x, t))
  - vx = derivative(v, x)
  - vxx = derivative(vx, x)
  - vxxx = derivative(vxx, x)
  - vt = derivative(v, t)
  - burgers = vt + v * vx - 0.1 * vxx
  - dispersion = vt + 6 * v * vx + vxxx
  - l = (v - y)^2 + burgers^2
  - k = (v - y)^2 + 0.01 * dispersion^2
output: [v, vx, vxx, vxxx]
objectives:
  second: {{ loss: l, trains: [u] }}
  third: {{ loss: k, trains: [u] }}
train: {{ batch: 6, optimizer: {{ sgd: {{ learningRate: 0.002, momentum: 0.9 }} }} }}
"""


class OnKink(Exception):
    """A derivative there would say nothing."""


class Activation:
    """A function that won't be asked on its kinks, and remembers between which of them it was asked."""

    def __init__(self, function, kinks, layers):
        self.function, self.kinks, self.layers, self.met = function, kinks, layers, set()

    def __call__(self, net, layer, x):
        for kink in self.kinks:
            if (x - kink).abs().min() < 1e-3:
                raise OnKink
        self.met.update((x.detach().flatten() > torch.tensor(self.kinks)[:, None]).sum(0).tolist() if self.kinks else [0])
        return self.function(x) if self.function else F.prelu(x, net.parameters[f'u.prelu{layer}.weight'])


def derivatives(net, activation, x, t):
    """u and its derivatives by x, three of them, and by t."""
    x, t = x.detach().requires_grad_(), t.detach().requires_grad_()
    h = torch.stack([x, t], -1)
    for layer in range(activation.layers):
        h = activation(net, layer, linear(net, f'u.linear{layer}', h))
    v = linear(net, f'u.linear{activation.layers}', h)[:, 0]
    vx = derivative(v, x)
    vxx = derivative(vx, x)
    return v, vx, vxx, derivative(vxx, x), derivative(v, t)


def case_of(word, function, kinks, spread, seed):
    draws = Draws(seed)
    layers = 2 if word in DEEP else 1
    parameters = draws.perceptron('u', 2, *[3] * layers, 1, spread=spread)
    if word.startswith('prelu'):
        parameters |= {'u.prelu0.weight': torch.tensor([0.3])}
    activation = Activation(function, kinks, layers)

    def second(net, x, t, y):
        v, vx, vxx, _, vt = derivatives(net, activation, x, t)
        return (v - y) ** 2 + (vt + v * vx - 0.1 * vxx) ** 2

    def third(net, x, t, y):
        v, vx, _, vxxx, vt = derivatives(net, activation, x, t)
        return (v - y) ** 2 + 0.01 * (vt + 6 * v * vx + vxxx) ** 2

    optimizer = lambda tensors: SGD(tensors, lr=0.002, momentum=0.9)
    batch = Batch({'x': draws.normal(6), 't': draws.normal(6)}, {'y': draws.normal(6)})
    objectives = {'second': Objective(second, optimizer), 'third': Objective(third, optimizer)}
    case = Case(SPEC.format(f'linear: 3, {word}, ' * layers), Net(parameters), objectives, {'one': batch})
    case.predict('one', lambda net, x, t, y: dict(zip(['v', 'vx', 'vxx', 'vxxx'], derivatives(net, activation, x, t))))
    case.gradient('one', 'second')
    case.gradient('one', 'third')
    case.steps(*[('one', 'second'), ('one', 'third')] * 2)
    if len(activation.met) <= len(kinks):
        raise OnKink
    return case


def first_case(*row):
    """The first seed with which no argument is near a kink, and some lie between any two."""
    for seed in range(1000):
        try:
            return case_of(*row, seed)
        except OnKink:
            pass
    raise Exception(f'{row[0]} is always on a kink')


def cases():
    return {row[0]: first_case(*row) for row in ACTIVATIONS}
