"""PyTorch behind the line protocol of protocol.ts, which says what the messages are. One thread, eager mode."""

import base64
import json
import sys
import time

import numpy
import torch
from torch.nn import functional


class LastState(torch.nn.LSTM):
    """[batch, time, features] to [batch, units]."""

    def forward(self, x):
        return super().forward(x)[1][0][-1]


class SelfAttention(torch.nn.MultiheadAttention):
    def forward(self, x):
        return super().forward(x, x, x, need_weights=False)[0]


class Residual(torch.nn.Sequential):
    def forward(self, x):
        return super().forward(x) + x


# From a sample's shape and the layer to its module.
WORDS = {
    "relu": lambda shape, layer: torch.nn.ReLU(),
    "tanh": lambda shape, layer: torch.nn.Tanh(),
    "linear": lambda shape, layer: torch.nn.Linear(shape[-1], layer["argument"]),
    "flatten": lambda shape, layer: torch.nn.Flatten(),
    "conv2d": lambda shape, layer: torch.nn.Conv2d(shape[0], layer["settings"]["channels"], layer["settings"]["kernel"]),
    "maxPool2d": lambda shape, layer: torch.nn.MaxPool2d(layer["argument"]),
    "layerNorm": lambda shape, layer: torch.nn.LayerNorm(shape[-1]),
    "attention": lambda shape, layer: SelfAttention(shape[-1], layer["argument"], batch_first=True),
    "lstm": lambda shape, layer: LastState(shape[-1], layer["argument"], batch_first=True),
    "residual": lambda shape, layer: Residual(*modules_of(shape, layer["layers"])),
}


class Unsupported(Exception):
    """The problem names a layer or loss that the tables above lack."""


def modules_of(shape, layers):
    """The layers' modules in order; one sample of zeros runs through them to tell the shapes between."""
    h, modules = torch.zeros(1, *shape), []
    for layer in layers:
        if layer["word"] not in WORDS:
            raise Unsupported(f"can't do {layer['word']}")
        module = WORDS[layer["word"]](h.shape[1:], layer)
        modules.append(module)
        h = module(h)
    return modules


def build(network):
    model = torch.nn.Sequential(*modules_of(network["input"], network["layers"]))
    with torch.no_grad():
        for tensor, start in zip(model.parameters(), network["parameters"], strict=True):
            if list(tensor.shape) != start["shape"]:
                raise ValueError(f"{start['name']} is {start['shape']}, and {list(tensor.shape)} in PyTorch")
            tensor.copy_(torch.from_numpy(start["values"]).reshape(start["shape"]))
    return model


def mse(networks, x, y):
    return functional.mse_loss(networks["network"](x), y)


def cross_entropy(networks, x, y):
    # Class numbers are as many as the prediction has rows.
    return functional.cross_entropy(networks["network"](x).flatten(0, -2), y.flatten())


def burgers(networks, x, t, y):
    """Each sample's u follows from its own x and t alone: the gradient of the sum has all samples' derivatives."""
    x.requires_grad_()
    t.requires_grad_()
    u = networks["net"](torch.stack([x, t], -1)).squeeze(-1)
    ut, ux = torch.autograd.grad(u.sum(), (t, x), create_graph=True)
    (uxx,) = torch.autograd.grad(ux.sum(), x, create_graph=True)
    residual = ut + u * ux - 0.1 * uxx
    return ((u - y).square() + residual.square()).mean()


def negative_elbo(networks, x, noise):
    mean, log_variance = networks["encoder"](x).chunk(2, -1)
    code = mean + (log_variance / 2).exp() * noise
    reconstruction = (networks["decoder"](code) - x).square().sum()
    divergence = (mean.square() + log_variance.exp() - 1 - log_variance).sum()
    return (reconstruction + divergence) / (2 * len(x))


# From networks and a batch by name to its mean loss.
LOSSES = {"mse": mse, "crossEntropy": cross_entropy, "burgers": burgers, "negativeElbo": negative_elbo}


def prepare(problem):
    """Returns step(index) -> loss before the update, or the sum of squares of a prediction."""
    if problem["loss"] not in LOSSES:
        raise Unsupported(f"can't do {problem['loss']}")
    loss_of, size, classes = LOSSES[problem["loss"]], problem["batch"], problem["loss"] == "crossEntropy"
    networks = torch.nn.ModuleDict({name: build(network) for name, network in problem["networks"].items()})
    optimizer = torch.optim.SGD(networks.parameters(), lr=problem["learningRate"], momentum=problem["momentum"])
    batches = [
        {
            name: batch[name].astype(numpy.int64 if classes and name == "y" else numpy.float32).reshape(size, *shape)
            for name, shape in problem["shapes"].items()
        }
        for batch in problem["batches"]
    ]
    drawn = {name: (size, *shape) for name, shape in problem["drawn"].items()}

    def step(index):
        batch = {name: torch.from_numpy(values) for name, values in batches[index].items()}
        noise = {name: torch.randn(shape) for name, shape in drawn.items()}
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(networks, **batch, **noise)
        loss.backward()
        optimizer.step()
        return loss.item()

    @torch.inference_mode()
    def predict(index):
        outputs = networks["network"](torch.from_numpy(batches[index]["x"]))
        return sum(output * output for output in outputs.flatten().tolist())

    return predict if problem["task"] == "predict" else step


class Runner:
    """The Python twin of runner.ts."""

    def __init__(self, step, batches):
        self.step, self.batches, self.next, self.chunk = step, batches, 0, 1

    def run(self, steps):
        loss = 0.0
        for _ in range(steps):
            loss = self.step(self.next)
            self.next = (self.next + 1) % self.batches
        return loss

    def steps(self, count):
        start = time.perf_counter()
        loss = self.run(count)
        return {"steps": count, "microseconds": (time.perf_counter() - start) * 1e6, "loss": loss}

    def burst(self, milliseconds):
        steps, start, elapsed = 0, time.perf_counter(), 0.0
        while elapsed < milliseconds:
            loss = self.run(self.chunk)
            steps += self.chunk
            elapsed = (time.perf_counter() - start) * 1000
        self.chunk = max(1, int(steps / elapsed))
        return {"steps": steps, "microseconds": elapsed * 1000, "loss": loss}


def revive(value):
    """What protocol.ts makes of an array, back."""
    return numpy.frombuffer(base64.b64decode(value["float32"]), "<f4").copy() if "float32" in value else value


def require_openblas():
    """Debian's PyTorch takes any BLAS; the reference one is tens of times slower than what PyTorch is known for."""
    torch.ones(8, 8) @ torch.ones(8, 8)
    with open("/proc/self/maps") as maps:
        if "openblas" not in maps.read():
            raise RuntimeError("PyTorch has no OpenBLAS here: install libopenblas0-pthread")


def main():
    torch.set_num_threads(1)
    runner = None
    for line in sys.stdin:
        message = json.loads(line, object_hook=revive)
        try:
            if "prepare" in message:
                require_openblas()
                problem = message["prepare"]
                runner = Runner(prepare(problem), len(problem["batches"]))
                answer = {"losses": [runner.run(1) for _ in range(message["check"])]}
            elif "steps" in message:
                answer = runner.steps(message["steps"])
            else:
                answer = runner.burst(message["burst"])
        except Unsupported as reason:
            answer = {"unsupported": str(reason)}
        except Exception as error:
            answer = {"error": repr(error)}
        print(json.dumps(answer), flush=True)


main()
