"""Adds PyTorch's answers for layers to test/language/layers.json (python3-torch 1.13): python3 test/language/layers.py"""
import json, pathlib, torch
from torch import nn

torch.manual_seed(7)
torch.set_default_dtype(torch.float64)
here = pathlib.Path(__file__).parent
file = here / 'layers.json'
answers = json.loads(file.read_text())
batch = answers['batch']

class recurrent(nn.Module):
    """A recurrent layer of torch: its last output, or all."""

    def __init__(self, layer, sequences=False):
        super().__init__()
        self.layer, self.sequences = layer, sequences

    def forward(self, x):
        values, _ = self.layer(x)
        return values if self.sequences else values[:, -1]


def named_parameters(module):
    return [(name.removeprefix('layer.').removesuffix('_l0'), p) for name, p in module.named_parameters()]


# What a spec has, the sample's shape, the module.
cases = [
    ('conv1d: { channels: 3, kernel: 2 }', [2, 5], nn.Conv1d(2, 3, 2)),
    ('conv1d: { channels: 4, kernel: 3, stride: 2, padding: 2, dilation: 2, groups: 2 }', [2, 9],
     nn.Conv1d(2, 4, 3, stride=2, padding=2, dilation=2, groups=2)),
    ('conv1d: { channels: 2, kernel: 4, padding: same, dilation: 2, bias: false }', [3, 7],
     nn.Conv1d(3, 2, 4, padding='same', dilation=2, bias=False)),
    ('conv2d: { channels: 3, kernel: 1 }', [2, 3, 2], nn.Conv2d(2, 3, 1)),
    ('conv2d: { channels: 2, kernel: 1, stride: 2 }', [2, 4, 5], nn.Conv2d(2, 2, 1, stride=2)),
    ('conv2d: { channels: 2, kernel: 3, padding: 1 }', [1, 4, 3], nn.Conv2d(1, 2, 3, padding=1)),
    ('conv2d: { channels: 3, kernel: [3, 2], stride: [2, 1], padding: [0, 1], dilation: [1, 2] }', [2, 6, 5],
     nn.Conv2d(2, 3, (3, 2), stride=(2, 1), padding=(0, 1), dilation=(1, 2))),
    ('conv2d: { channels: 4, kernel: 3, stride: 2, padding: 1, groups: 4 }', [4, 5, 5],
     nn.Conv2d(4, 4, 3, stride=2, padding=1, groups=4)),
    ('conv2d: { channels: 2, kernel: [2, 3], padding: same }', [2, 4, 4], nn.Conv2d(2, 2, (2, 3), padding='same')),
    ('convTranspose2d: { channels: 2, kernel: 3 }', [2, 3, 2], nn.ConvTranspose2d(2, 2, 3)),
    ('convTranspose2d: { channels: 3, kernel: [2, 3], stride: 2, padding: 1, outputPadding: 1 }', [2, 3, 4],
     nn.ConvTranspose2d(2, 3, (2, 3), stride=2, padding=1, output_padding=1)),
    ('convTranspose2d: { channels: 4, kernel: 2, stride: 3, dilation: 2, groups: 2, bias: false }', [2, 2, 3],
     nn.ConvTranspose2d(2, 4, 2, stride=3, dilation=2, groups=2, bias=False)),
    ('convTranspose2d: { channels: 1, kernel: 2, stride: 2, outputPadding: [1, 0] }', [2, 3, 2],
     nn.ConvTranspose2d(2, 1, 2, stride=2, output_padding=(1, 0))),
    ('maxPool1d: 2', [2, 5], nn.MaxPool1d(2)),
    ('maxPool1d: { kernel: 3, stride: 1, padding: 1 }', [2, 4], nn.MaxPool1d(3, stride=1, padding=1)),
    ('maxPool2d: { kernel: [3, 2], stride: 2 }', [2, 6, 5], nn.MaxPool2d((3, 2), stride=2)),
    ('maxPool2d: { kernel: 2, padding: 1 }', [2, 3, 4], nn.MaxPool2d(2, padding=1)),
    ('averagePool1d: { kernel: 3, stride: 2, padding: 1 }', [2, 6], nn.AvgPool1d(3, stride=2, padding=1)),
    ('averagePool2d: { kernel: [2, 3], stride: [1, 3] }', [2, 4, 7], nn.AvgPool2d((2, 3), stride=(1, 3))),
    ('averagePool2d: { kernel: 2, padding: [1, 0] }', [1, 3, 4], nn.AvgPool2d(2, padding=(1, 0))),
    ('rnn: 3', [4, 2], recurrent(nn.RNN(2, 3, batch_first=True))),
    ('rnn: { units: 2, sequences: true }', [3, 1], recurrent(nn.RNN(1, 2, batch_first=True), True)),
    ('lstm: 3', [4, 2], recurrent(nn.LSTM(2, 3, batch_first=True))),
    ('lstm: { units: 2, sequences: true }', [5, 3], recurrent(nn.LSTM(3, 2, batch_first=True), True)),
    ('lstm: 1', [1, 1], recurrent(nn.LSTM(1, 1, batch_first=True))),
    ('gru: 3', [4, 2], recurrent(nn.GRU(2, 3, batch_first=True))),
    ('gru: { units: 2, sequences: true }', [3, 3], recurrent(nn.GRU(3, 2, batch_first=True), True)),
]

def tensor(values):
    return {'shape': list(values.shape), 'data': values.detach().flatten().tolist()}

new = []
for layer, sample, module in cases:
    # Some equal values, so that maxima tie.
    x = (torch.randn(batch, *sample) * 2).round() / 2 if 'Pool' in layer else torch.randn(batch, *sample)
    x.requires_grad_()
    value = module(x)
    adjoint = torch.randn(value.shape)
    value.backward(adjoint)
    new.append({
        'layer': layer, 'input': sample, 'output': list(value.shape[1:]),
        'parameters': {name: tensor(p) for name, p in named_parameters(module)},
        'x': x.detach().flatten().tolist(), 'value': value.detach().flatten().tolist(),
        'adjoint': adjoint.flatten().tolist(),
        'gradients': {name: p.grad.flatten().tolist() for name, p in named_parameters(module)},
        'inputGradient': x.grad.flatten().tolist(),
    })
words = {layer for layer, *_ in cases}
answers['layers'] = [one for one in answers['layers'] if one['layer'] not in words] + new
file.write_text(json.dumps(answers))
