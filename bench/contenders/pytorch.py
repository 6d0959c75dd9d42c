"""PyTorch behind the line protocol of child.ts, which says what the messages are. One thread, eager mode."""

import json
import sys
import time

import numpy
import torch

WORDS = {"relu": torch.nn.ReLU, "tanh": torch.nn.Tanh}
LOSSES = {"mse": torch.nn.MSELoss, "crossEntropy": torch.nn.CrossEntropyLoss}


class Unsupported(Exception):
    """The problem names a layer or loss that the tables above lack."""


def build(problem):
    features, modules = problem["input"], []
    for layer in problem["layers"]:
        word = layer["word"]
        if word == "linear":
            modules.append(torch.nn.Linear(features, layer["argument"]))
            features = layer["argument"]
        elif word in WORDS:
            modules.append(WORDS[word]())
        else:
            raise Unsupported(f"no {word}")
    model = torch.nn.Sequential(*modules)
    with torch.no_grad():
        for tensor, start in zip(model.parameters(), problem["parameters"]):
            tensor.copy_(torch.tensor(start["values"]).reshape(start["shape"]))
    return model


def prepare(problem):
    """Returns step(index) -> loss before the update."""
    if problem["loss"] not in LOSSES:
        raise Unsupported(f"no {problem['loss']}")
    model, loss_of = build(problem), LOSSES[problem["loss"]]()
    optimizer = torch.optim.SGD(model.parameters(), lr=problem["learningRate"], momentum=problem["momentum"])
    size = problem["batch"]
    batches = []
    for batch in problem["batches"]:
        x = numpy.array(batch["x"], numpy.float32).reshape(size, problem["input"])
        if problem["loss"] == "crossEntropy":
            y = numpy.array(batch["y"], numpy.int64)
        else:
            y = numpy.array(batch["y"], numpy.float32).reshape(size, problem["output"])
        batches.append((x, y))

    def step(index):
        x, y = map(torch.from_numpy, batches[index])
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(model(x), y)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


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
        message = json.loads(line)
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
