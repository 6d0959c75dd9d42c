"""Writes batchNorm.json: PyTorch's answers to batch normalisation of images in float64. Run it with PyTorch 1.13 or later."""

import json
import re
from pathlib import Path

import torch
from torch import nn

torch.set_default_dtype(torch.float64)
generator = torch.Generator().manual_seed(0)
draw = lambda *shape: torch.randn(shape, generator=generator)

NAMES = ['batchNorm0.weight', 'batchNorm0.bias', 'linear0.weight', 'linear0.bias']
BUFFERS = ['batchNorm0.running_mean', 'batchNorm0.running_var']
# A whole batch, another, and a single sample, whose positions have a variance all the same.
BATCHES = [slice(0, 4), slice(4, 8), slice(8, 9)]


def values(names, tensors):
    return {name: tensor.flatten().tolist() for name, tensor in zip(names, tensors)}


norm = nn.BatchNorm2d(3, eps=0.01, momentum=0.3)
network = nn.Sequential(norm, nn.Flatten(), nn.Linear(12, 2))
buffers = [norm.running_mean, norm.running_var]
with torch.no_grad():
    for tensor in [*network.parameters(), norm.running_mean]:
        tensor.copy_(draw(*tensor.shape))
    norm.running_var.copy_(draw(3).exp())
x, y = draw(9, 3, 2, 2) * torch.tensor([1.0, 3.0, 0.2]).reshape(3, 1, 1) + 5, draw(9, 2)

answers = {
    'source': f'PyTorch {re.match("[0-9.]+[0-9]", torch.__version__)[0]}, float64',
    'parameters': values(NAMES, network.parameters()),
    'buffers': values(BUFFERS, buffers),
    'x': x.flatten().tolist(),
    'y': y.flatten().tolist(),
    'evaluation': network.eval()(x).flatten().tolist(),
    'steps': [],
}
optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
network.train()
for batch in BATCHES:
    optimizer.zero_grad()
    loss = nn.functional.mse_loss(network(x[batch]), y[batch])
    loss.backward()
    gradients = values(NAMES, [p.grad for p in network.parameters()])
    optimizer.step()
    answers['steps'].append({
        'samples': [batch.start, batch.stop],
        'loss': loss.item(),
        'gradients': gradients,
        'parameters': values(NAMES, network.parameters()),
        'buffers': values(BUFFERS, buffers),
    })
answers['trained'] = network.eval()(x).flatten().tolist()
Path(__file__).with_suffix('.json').write_text(json.dumps(answers) + '\n')
