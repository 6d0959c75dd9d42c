"""What samples, rows and classes count, over several batches of one epoch and of an evaluation, and metrics of all samples."""

import torch
from torch.nn import functional as F
from torch.optim import SGD, AdamW

from support import Batch, Case, Draws, Net, Objective, perceptron

ROWS, CLASSES = 3, 4


def surprises(p, target, settings):
    """cross_entropy's sums for each sample, over its rows that count: what its mean has above and below the line."""
    target = target.view(len(p), -1)
    p = p.view(*target.shape, CLASSES)
    # Its classes lie in the second axis.
    losses = F.cross_entropy(p.transpose(1, 2), target, reduction='none', **settings)
    weight = settings.get('weight', torch.ones(CLASSES))
    counted = target != settings.get('ignore_index', -1)
    normalizers = torch.where(counted, weight[target.clamp(min=0)], torch.zeros(()))
    return losses.sum(1), normalizers.sum(1)


def agrees(p, target, settings, losses, normalizers):
    """That the quotient of the sums is PyTorch's own mean."""
    mean = F.cross_entropy(p.view(-1, CLASSES), target.view(-1), **settings)
    assert torch.allclose(losses.sum() / normalizers.sum(), mean, rtol=1e-14, atol=0)


def right(p, target):
    """Whether the largest logit of each row is its class's."""
    return (p.argmax(-1) == target).double()


def crossed(text, settings, rows, is_weighted, seed):
    """A classifier of rows, or of whole samples, whose eleven samples are three batches."""
    draws = Draws(seed)
    spec = f"""input: {[rows, 2] if rows > 1 else 2}
layers: [linear: 5, tanh, linear: {CLASSES}]
loss: {{ crossEntropy: {text} }}
metrics: [accuracy]
{'weight: true' if is_weighted else '# each sample counts as much'}
train: {{ batch: 4, optimizer: {{ sgd: {{ learningRate: 0.2, momentum: 0.9 }} }} }}
"""
    shape = (rows,) if rows > 1 else ()
    target = draws.below(CLASSES, 11, *shape)
    if 'ignore_index' in settings:
        target[draws.below(3, 11, *shape) == 0] = settings['ignore_index']
    y = {'target': target, **({'weight': draws.normal(11).abs()} if is_weighted else {})}
    if is_weighted:
        y['weight'][1] = 0
    x = draws.normal(11, *shape, 2)

    def loss(net, x, target, weight=None):
        p = perceptron(net, '', x, torch.tanh)
        losses, normalizers = surprises(p, target, settings)
        if weight is None:
            agrees(p, target, settings, losses, normalizers)
            return losses, normalizers
        return weight * losses, weight * normalizers

    def accuracy(net, x, target, weight=None):
        own = torch.ones(len(x)) if weight is None else weight
        p = perceptron(net, '', x, torch.tanh)
        counted = (target != settings.get('ignore_index', -1)).double()
        hits = (counted * right(p, target)).view(len(x), -1).sum(1)
        return own * hits, own * counted.view(len(x), -1).sum(1)

    net = Net(draws.perceptron('', 2, 5, CLASSES))
    case = Case(spec, net, Objective(loss, lambda tensors: SGD(tensors, lr=0.2, momentum=0.9)), {'all': Batch({'x': x}, y)})
    for part in range(3):
        case.batches[f'part {part}'] = case.batches['all'].samples(4 * part, 4 * part + 4)
    case.metrics = {'accuracy': accuracy}
    return over_batches(case)


def over_batches(case):
    """The gradient of a batch, all samples' loss, steps, and two epochs of fit on all parts in order."""
    parts = [name for name in case.batches if name != 'all']
    case.gradient(parts[0])
    case.loss('all')
    case.evaluate('all')
    case.steps(*parts)
    case.fit('all', parts, epochs=2, validation='all')
    return case


def masked():
    """A mean over what a mask leaves of each sample: the normalizer of equations."""
    spec = """inputs: { x: 3, mask: 4 }
targets: { y: 4 }
networks:
  f: { input: 3, layers: [linear: 4, silu, linear: 4] }
equations:
  - p = f(x)
  - d = p - y
  - count = sum(mask)
  - l = sum(mask .* d .* d)
  - far = max(abs(d))
output: p
loss: l
normalizer: count
metrics: { far: far }
train: { batch: 4, optimizer: { adamw: { learningRate: 0.01, weightDecay: 0.1 } } }
"""
    draws = Draws(7)
    mask = draws.below(2, 11, 4).double()
    mask[2] = 0

    def loss(net, x, mask, y):
        d = perceptron(net, 'f', x, F.silu) - y
        return (mask * d * d).sum(1), mask.sum(1)

    def far(net, x, mask, y):
        return (perceptron(net, 'f', x, F.silu) - y).abs().amax(1), torch.ones(len(x))

    every = Batch({'x': draws.normal(11, 3), 'mask': mask}, {'y': draws.normal(11, 4)})
    batches = {'all': every, **{f'part {part}': every.samples(4 * part, 4 * part + 4) for part in range(3)}}
    optimizer = lambda tensors: AdamW(tensors, lr=0.01, weight_decay=0.1)
    case = Case(spec, Net(draws.perceptron('f', 3, 4, 4)), Objective(loss, optimizer), batches)
    case.metrics = {'far': far}
    return over_batches(case)


def regression(is_weighted):
    """Losses as metrics, and r2, which is of all elements together and not weighted."""
    spec = f"""input: 3
layers: [linear: 4, tanh, linear: 2]
loss: mse
metrics: [r2, mae, {{ huber: 0.5 }}]
{'weight: true' if is_weighted else '# each sample counts as much'}
train: {{ batch: 4, optimizer: {{ sgd: {{ learningRate: 0.05, momentum: 0.9, nesterov: true }} }} }}
"""
    draws = Draws(8)
    output = lambda net, x: perceptron(net, '', x, torch.tanh)

    def mean_of(function):
        def weighed(net, x, target, weight=None):
            own = torch.ones(len(x)) if weight is None else weight
            return own * function(output(net, x), target, reduction='none').mean(1), own

        return weighed

    def r2(pairs):
        p, y = (torch.cat(part) for part in zip(*pairs))
        return (1 - ((p - y) ** 2).sum() / ((y - y.mean()) ** 2).sum()).item()

    y = {'target': draws.normal(11, 2) + 1, **({'weight': draws.normal(11).abs()} if is_weighted else {})}
    every = Batch({'x': draws.normal(11, 3)}, y)
    batches = {'all': every, **{f'part {part}': every.samples(4 * part, 4 * part + 4) for part in range(3)}}
    optimizer = lambda tensors: SGD(tensors, lr=0.05, momentum=0.9, nesterov=True)
    case = Case(spec, Net(draws.perceptron('', 3, 4, 2)), Objective(mean_of(F.mse_loss), optimizer), batches)
    pairs = lambda net, x, target, weight=None: (output(net, x), target)
    huber = lambda p, y, reduction: F.huber_loss(p, y, delta=0.5, reduction=reduction)
    case.metrics = {'r2': (pairs, r2), 'mae': mean_of(F.l1_loss), 'huber': mean_of(huber)}
    return over_batches(case)


def cases():
    weight = torch.tensor([0.5, 2, 0, 1.25])
    words = 'weights: [0.5, 2, 0, 1.25]'
    return {
        'weights of classes': crossed(f'{{ {words} }}', dict(weight=weight), 1, False, 1),
        'an ignored class': crossed('{ ignoreIndex: -100 }', dict(ignore_index=-100), ROWS, False, 2),
        'one of the classes ignored': crossed('{ ignoreIndex: 2 }', dict(ignore_index=2), 1, False, 3),
        'all of it, smoothed': crossed(
            f'{{ {words}, ignoreIndex: -100, labelSmoothing: 0.2 }}',
            dict(weight=weight, ignore_index=-100, label_smoothing=0.2), ROWS, False, 4,
        ),
        'samples weighed': crossed('{}', {}, 1, True, 5),
        'all of it, samples weighed': crossed(
            f'{{ {words}, ignoreIndex: -100 }}', dict(weight=weight, ignore_index=-100), ROWS, True, 6,
        ),
        'a masked mean': masked(),
        'a regression': regression(False),
        'a regression, samples weighed': regression(True),
    }
