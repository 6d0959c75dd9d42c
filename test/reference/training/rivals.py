"""Two objectives, each with an optimizer of its own: a generative adversarial network, and an actor and its critic."""

import torch
from torch.nn import functional as F
from torch.nn.utils import clip_grad_norm_
from torch.optim import SGD, Adam
from torch.optim.lr_scheduler import ExponentialLR

from support import Batch, Case, Draws, Net, Objective, derivative, perceptron


def starting(*prefixes):
    """Says whether a name is that of a parameter of these networks."""
    return lambda name: name.split('.')[0] in prefixes


def adversaries(train, critic, forger, penalty):
    """@param penalty of the critic's slope at real points, the gradient penalty R1."""
    spec = f"""inputs: {{ real: 2, noise: 3 }}
targets: {{}}
networks:
  G: {{ input: 3, layers: [linear: 5, tanh, linear: 2] }}
  D: {{ input: 2, layers: [linear: 5, leakyRelu: 0.2, linear: 1] }}
equations:
  - fake = G(noise)
  - a = D(real)
  - b = D(fake)
  - slope = derivative(a, real)
  - d = softplus(-a) + softplus(b) + {penalty} * dot(slope, slope)
  - g = softplus(-b)
output: fake
objectives:
  critic: {{ loss: d, trains: [D]{train['critic']} }}
  forger: {{ loss: g, trains: [G]{train['forger']} }}
train: {{ batch: 4, {train['both']} }}
"""
    draws = Draws(1)
    D = lambda net, h: perceptron(net, 'D', h, lambda x: F.leaky_relu(x, 0.2))[:, 0]
    G = lambda net, noise: perceptron(net, 'G', noise, torch.tanh)

    def criticise(net, real, noise):
        real = real.detach().requires_grad_()
        a, b = D(net, real), D(net, G(net, noise))
        slope = derivative(a, real)
        # The logits of what is real and of what isn't.
        is_real = torch.stack([torch.ones_like(a), torch.zeros_like(b)])
        told = F.binary_cross_entropy_with_logits(torch.stack([a, b]), is_real, reduction='none')
        return told.sum(0) + penalty * (slope * slope).sum(1)

    def forge(net, real, noise):
        return F.softplus(-D(net, G(net, noise)))

    objectives = {
        'critic': Objective(criticise, trains=starting('D'), **critic),
        'forger': Objective(forge, trains=starting('G'), **forger),
    }
    every = Batch({'real': draws.normal(8, 2) + 1, 'noise': draws.normal(8, 3)})
    batches = {'all': every, 'part 0': every.samples(0, 4), 'part 1': every.samples(4, 8)}
    parameters = {**draws.perceptron('G', 3, 5, 2), **draws.perceptron('D', 2, 5, 1)}
    case = Case(spec, Net(parameters), objectives, batches)
    case.predict('all', lambda net, real, noise: G(net, noise))
    return case


def alternating():
    adam = dict(optimizer=lambda tensors: Adam(tensors, lr=0.02, betas=(0.5, 0.99)))
    train = {'critic': '', 'forger': '', 'both': 'optimizer: { adam: { learningRate: 0.02, beta1: 0.5, beta2: 0.99 } }'}
    case = adversaries(train, adam, adam, 0.05)
    case.gradient('part 0', 'critic')
    case.gradient('part 0', 'forger')
    rounds = [(f'part {step % 2}', name) for step in range(10) for name in ('critic', 'forger')]
    case.steps(*rounds)
    # Each counts steps of its own.
    case.steps(*[('part 0', 'critic')] * 3, ('part 1', 'forger'))
    return case


def by_epochs():
    """The schedule has one factor for all rates."""
    train = {
        'critic': ', optimizer: { sgd: { learningRate: 0.1, momentum: 0.9 } }, clip: { norm: 0.3 }',
        'forger': '',
        'both': 'optimizer: { adam: 0.01 }, schedule: { exponential: 0.8 }',
    }
    critic = dict(
        optimizer=lambda tensors: SGD(tensors, lr=0.1, momentum=0.9),
        clip=lambda tensors: clip_grad_norm_(tensors, 0.3),
    )
    case = adversaries(train, critic, dict(optimizer=lambda tensors: Adam(tensors, lr=0.01)), 0.1)
    schedules = [ExponentialLR(optimizer, 0.8) for optimizer in case.optimizers.values()]
    steps = [lambda _, own=schedule: own.step() for schedule in schedules]
    case.fit('all', ['part 0', 'part 1'], epochs=5, schedules=steps)
    return case


def actor_and_critic(is_shared):
    """The advantage is a target, reckoned from what came and what the critic said; a shared body is trained by both objectives."""
    body = '  body: { input: 3, layers: [linear: 4, tanh] }\n' if is_shared else ''
    inner = '4, layers: [' if is_shared else '3, layers: [linear: 4, tanh, '
    trains = ['body, actor', 'body, critic'] if is_shared else ['actor', 'critic']
    spec = f"""inputs: {{ state: 3 }}
targets: {{ action: scalar, advantage: scalar, return: scalar }}
networks:
{body}  actor: {{ input: {inner}linear: 2] }}
  critic: {{ input: {inner}linear: 1] }}
equations:
  - h = {'body(state)' if is_shared else 'state'}
  - logits = actor(h)
  - value = critic(h)
  - entropy = -sum(softmax(logits) .* logSoftmax(logits))
  - policy = advantage * crossEntropy(logits, action) - 0.01 * entropy
  - error = (return - value)^2
output: [logits, value]
objectives:
  act: {{ loss: policy, trains: [{trains[0]}], clip: {{ norm: 0.5 }} }}
  judge: {{ loss: error, trains: [{trains[1]}], optimizer: {{ sgd: {{ learningRate: 0.02, momentum: 0.9 }} }} }}
train: {{ batch: 6, optimizer: {{ adam: 0.01 }} }}
"""
    draws = Draws(2)
    hidden = lambda net, state: torch.tanh(perceptron(net, 'body', state, torch.tanh)) if is_shared else state
    logits_of = lambda net, state: perceptron(net, 'actor', hidden(net, state), torch.tanh)
    value_of = lambda net, state: perceptron(net, 'critic', hidden(net, state), torch.tanh)[:, 0]

    def policy(net, state, action, advantage, **_):
        logits = logits_of(net, state)
        chosen = torch.distributions.Categorical(logits=logits)
        return -advantage * chosen.log_prob(action) - 0.01 * chosen.entropy()

    def error(net, state, **targets):
        return (targets['return'] - value_of(net, state)) ** 2

    sizes = (4,) if is_shared else (3, 4)
    parameters = {
        **(draws.perceptron('body', 3, 4) if is_shared else {}),
        **draws.perceptron('actor', *sizes, 2), **draws.perceptron('critic', *sizes, 1),
    }
    net = Net(parameters)
    batches = {}
    for name in ('one', 'other'):
        state, came = draws.normal(6, 3), draws.normal(6)
        advantage = (came - value_of(net, state)).detach()
        batches[name] = Batch({'state': state}, {'action': draws.below(2, 6), 'advantage': advantage, 'return': came})
    own = [starting('body', 'actor'), starting('body', 'critic')]
    objectives = {
        'act': Objective(policy, lambda tensors: Adam(tensors, lr=0.01), own[0], lambda tensors: clip_grad_norm_(tensors, 0.5)),
        'judge': Objective(error, lambda tensors: SGD(tensors, lr=0.02, momentum=0.9), own[1]),
    }
    case = Case(spec, net, objectives, batches)
    case.predict('one', lambda net, state, **_: {'logits': logits_of(net, state), 'value': value_of(net, state)})
    case.gradient('one', 'act')
    case.gradient('one', 'judge')
    case.steps(*[(batch, name) for batch in ['one', 'other'] * 5 for name in ('act', 'judge')])
    case.loss('other', 'act')
    case.loss('other', 'judge')
    return case


def cases():
    return {
        'a forger and a critic': alternating(),
        'a forger and a critic by epochs': by_epochs(),
        'an actor and a critic': actor_and_critic(False),
        'an actor and a critic on one body': actor_and_critic(True),
    }
