"""Training by epochs as PyTorch's users write it: batches in order, validation, schedules, early stopping."""

import math

import torch


class Mean:
    """
    A metric over several batches.
    @param metric gives each sample's sum and what it counts; or a pair: what it gives for a batch, and what that comes to for all.
    """

    def __init__(self, metric):
        self.metric, self.result = metric if isinstance(metric, tuple) else (metric, quotient)
        self.taken = []

    def take(self, net, batch):
        with torch.no_grad():
            self.taken.append(self.metric(net, **batch.tensors()))


def quotient(pairs):
    sums, counts = (sum(part.sum() for part in parts) for parts in zip(*pairs))
    return (sums / counts).item()


def results(metrics):
    return {name: metric.result(metric.taken) for name, metric in metrics.items()}


def measured(case, net, batch):
    """All metrics of a batch."""
    metrics = {name: Mean(metric) for name, metric in case.metrics.items()}
    for metric in metrics.values():
        metric.take(net, batch)
    return results(metrics)


class Best:
    """
    The parameters and buffers of the best epoch, and for how many epochs none was better.
    A loss that is nearly as good as it must be would be a matter of rounding, so that there must be none.
    """

    def __init__(self, net, patience, minimum_improvement):
        self.net, self.patience, self.minimum_improvement = net, patience, minimum_improvement
        self.loss, self.waited, self.kept = math.inf, 0, None

    def take(self, loss):
        bound = self.loss - self.minimum_improvement
        assert abs(loss - bound) > 1e-5
        self.waited += 1
        if loss < bound:
            self.loss, self.waited = loss, 0
            self.kept = [{name: value.detach().clone() for name, value in part.items()} for part in self.parts()]
        return self.waited >= self.patience

    def parts(self):
        return self.net.parameters, self.net.buffers

    def restore(self):
        for part, kept in zip(self.parts(), self.kept):
            for name, value in kept.items():
                part[name].data.copy_(value)


def fit(case, parts, epochs, validation=None, schedules=(), patience=None, minimum_improvement=0.0):
    """
    What `fit` of a module reports: each epoch's losses, rate and metrics. A batch's metrics are those before its step.
    @param schedules steps of the optimizers' schedules, each given the validation's loss.
    """
    objectives, batches = list(case.objectives), [case.batches[name] for name in parts]
    validated = case.batches.get(validation)
    best = Best(case.net, patience, minimum_improvement) if patience else None
    reports = []
    for epoch in range(epochs):
        metrics = {name: Mean(metric) for name, metric in case.metrics.items()}
        sums = {name: [] for name in objectives}
        for batch in batches:
            for metric in metrics.values():
                metric.take(case.net.copy(training=True), batch)
            for name in objectives:
                sums[name].append(case.update(batch, name))
        losses = {name: sum(one for one, _ in taken) / sum(one for _, one in taken) for name, taken in sums.items()}
        first = objectives[0]
        report = {'loss': losses[first], 'learningRate': case.optimizers[first].param_groups[0]['lr']}
        if len(objectives) > 1:
            report['losses'] = losses
        if metrics:
            report['metrics'] = results(metrics)
        if validated:
            net = case.net.copy(training=False)
            report['validationLoss'] = case.loss_of(validated, first, net).item()
            if metrics:
                report['validationMetrics'] = measured(case, net, validated)
        reports.append(report)
        for step in schedules:
            step(report.get('validationLoss', report['loss']))
        if best and best.take(report.get('validationLoss', report['loss'])):
            if epoch < epochs - 1:
                report['stopped'] = True
            break
    if best:
        best.restore()
    return {'epochs': epochs, **({'validation': validation} if validation else {}), 'reports': reports}
