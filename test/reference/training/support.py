"""A network as functions of tensors, and a case: what PyTorch answers to calls of a trainer, in order."""

import re

import torch
from torch.nn import functional as F

from fit import fit, measured

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

SOURCE = f'PyTorch {re.match("[0-9.]+[0-9]", torch.__version__)[0]}, float64'


class Draws:
    """Random tensors of three decimals, so that a file shows its data as one would write them."""

    def __init__(self, seed):
        self.generator = torch.Generator().manual_seed(seed)

    def normal(self, *shape, scale=1.0):
        return (torch.randn(shape, generator=self.generator) * scale * 1000).round() / 1000

    def below(self, count, *shape):
        return torch.randint(count, shape, generator=self.generator)

    def linear(self, name, units, inputs, spread=1.0):
        """A linear layer's parameters."""
        return {
            f'{name}.weight': self.normal(units, inputs, scale=spread / inputs**0.5),
            f'{name}.bias': self.normal(units, scale=0.3 * spread),
        }

    def perceptron(self, name, *sizes, spread=1.0):
        """Parameters of linear layers, one after another."""
        result = {}
        for layer, (inputs, units) in enumerate(zip(sizes, sizes[1:])):
            result.update(self.linear(f'{name}.linear{layer}' if name else f'linear{layer}', units, inputs, spread))
        return result


def plain(value):
    """Tensors as flat lists; records in the order in which they were made."""
    if isinstance(value, torch.Tensor):
        return value.detach().flatten().tolist()
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    return value


def linear(net, name, h):
    return F.linear(h, net.parameters[f'{name}.weight'], net.parameters[f'{name}.bias'])


def perceptron(net, name, h, activation):
    """Linear layers with an activation between them, as many as there are parameters."""
    prefix = f'{name}.linear' if name else 'linear'
    count = sum(key.startswith(prefix) and key.endswith('.weight') for key in net.parameters)
    for layer in range(count):
        h = linear(net, f'{prefix}{layer}', h)
        if layer < count - 1:
            h = activation(h)
    return h


def derivative(u, x):
    """The derivative by each sample's x of its u. What doesn't depend on x, as relu's second derivative, has no graph."""
    if not u.requires_grad:
        return torch.zeros_like(x)
    (result,) = torch.autograd.grad(u.sum(), x, create_graph=True, allow_unused=True)
    return torch.zeros_like(x) if result is None else result


class Net:
    """Parameters by name, buffers by name, and the mode."""

    def __init__(self, parameters, buffers=None):
        self.parameters = {name: value.clone().requires_grad_() for name, value in parameters.items()}
        self.buffers = {name: value.clone() for name, value in (buffers or {}).items()}
        self.training = True

    def copy(self, training):
        """Itself in a mode, but for buffers: what is computed with it leaves them as they are."""
        other = Net({}, self.buffers)
        other.parameters, other.training = self.parameters, training
        return other


class Objective:
    """
    A loss and what is trained by it.
    @param loss gives each sample's loss, or a pair: each sample's loss and its normalizer.
    @param trains says of a parameter's name whether it is trained.
    @param optimizer makes one of a list of tensors.
    @param clip changes the gradients of a list of tensors.
    """

    def __init__(self, loss, optimizer, trains=lambda name: True, clip=lambda parameters: None):
        self.loss, self.optimizer, self.trains, self.clip = loss, optimizer, trains, clip


class Batch:
    """Tensors by the names of inputs and targets; a single one is flat numbers in the data."""

    def __init__(self, x, y=None):
        self.x, self.y = x, y or {}

    def data(self):
        flat = lambda record: plain(next(iter(record.values())) if len(record) == 1 else record)
        return {'x': flat(self.x), 'y': flat(self.y)}

    def tensors(self):
        return {**self.x, **self.y}

    def samples(self, start, end):
        return Batch(*({name: value[start:end] for name, value in part.items()} for part in (self.x, self.y)))

    def count(self):
        return len(next(iter(self.x.values())))


class Case:
    """Calls of a trainer, and their answers. An objective of no name is the only one."""

    def __init__(self, spec, net, objectives, batches):
        self.spec, self.net, self.batches = spec, net, batches
        self.objectives = objectives if isinstance(objectives, dict) else {None: objectives}
        self.start = plain({'parameters': net.parameters, **({'buffers': net.buffers} if net.buffers else {})})
        self.optimizers = {
            name: objective.optimizer([net.parameters[one] for one in net.parameters if objective.trains(one)])
            for name, objective in self.objectives.items()
        }
        self.calls, self.metrics = [], {}

    def data(self):
        batches = {name: batch.data() for name, batch in self.batches.items()}
        return {'spec': self.spec, **self.start, 'batches': batches, 'calls': self.calls}

    def add(self, call, **values):
        self.calls.append({'call': call, **{name: plain(value) for name, value in values.items() if value is not None}})

    def sums(self, batch, objective=None, net=None):
        """The sums of a batch's losses and of its normalizers, in training mode."""
        result = self.objectives[objective].loss(net or self.net.copy(training=True), **batch.tensors())
        losses, normalizers = result if isinstance(result, tuple) else (result, torch.ones(batch.count()))
        return losses.sum(), normalizers.sum()

    def loss_of(self, batch, objective=None, net=None):
        losses, normalizers = self.sums(batch, objective, net)
        return losses / normalizers

    def trained(self, objective=None):
        return {name: value for name, value in self.net.parameters.items() if self.objectives[objective].trains(name)}

    def gradient(self, batch, objective=None):
        parameters = self.trained(objective)
        loss = self.loss_of(self.batches[batch], objective)
        gradients = torch.autograd.grad(loss, list(parameters.values()), allow_unused=True)
        gradients = [torch.zeros_like(p) if g is None else g for p, g in zip(parameters.values(), gradients)]
        self.add('gradient', batch=batch, objective=objective, loss=loss.item(), gradients=dict(zip(parameters, gradients)))

    def update(self, batch, objective=None):
        """A step, and the sums of losses and normalizers before it."""
        parameters = list(self.trained(objective).values())
        losses, normalizers = self.sums(batch, objective, self.net)
        gradients = torch.autograd.grad(losses / normalizers, parameters, allow_unused=True)
        for parameter, gradient in zip(parameters, gradients):
            parameter.grad = torch.zeros_like(parameter) if gradient is None else gradient
        self.objectives[objective].clip(parameters)
        self.optimizers[objective].step()
        return losses.item(), normalizers.item()

    def steps(self, *pairs):
        """@param pairs batches, or batches and objectives."""
        taken = []
        for batch, *objective in (pair if isinstance(pair, tuple) else (pair,) for pair in pairs):
            losses, normalizers = self.update(self.batches[batch], *objective)
            taken.append({'batch': batch, **({'objective': objective[0]} if objective else {}), 'loss': losses / normalizers})
        self.add('steps', steps=taken, **self.tensors())

    def tensors(self):
        return {'parameters': self.net.parameters, 'buffers': self.net.buffers or None}

    def loss(self, batch, objective=None):
        loss = self.loss_of(self.batches[batch], objective, self.net.copy(training=False))
        self.add('loss', batch=batch, objective=objective, loss=loss.item())

    def evaluate(self, batch, objective=None):
        net, one = self.net.copy(training=False), self.batches[batch]
        loss = self.loss_of(one, objective, net).item()
        self.add('evaluate', batch=batch, objective=objective, values={'loss': loss, **measured(self, net, one)})

    def predict(self, batch, function):
        """@param function gives a tensor, or tensors by name, in evaluation mode."""
        one = self.batches[batch]
        self.add('predict', batch=batch, prediction=function(self.net.copy(training=False), **one.tensors()))

    def fit(self, batch, parts, **settings):
        """@param batch all samples; `parts` are the same, in the order of training."""
        self.add('fit', batch=batch, **fit(self, parts, **settings), **self.tensors())
