# Small networks in PyTorch, in doubles: what spinpool's own networks must reproduce. Prints test/support/reference/torch.json:
#
#     python3 test/support/reference/torch-networks.py > test/support/reference/torch.json
#
# Weights are printed as spinpool has them, (n_in, n_out) row by row; torch.nn.Linear has (n_out, n_in). Numbers to begin with
# come from Python's own generator, whose numbers are the same in every version. (A script named torch.py would import itself.)
import json
import random

import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)

ACTIVATIONS = {
    'identity': nn.Identity,
    'sigmoid': nn.Sigmoid,
    'tanh': nn.Tanh,
    'relu': nn.ReLU,
    'leaky-relu': nn.LeakyReLU,
    'elu': nn.ELU,
    'gelu': nn.GELU,
    'silu': nn.SiLU,
    'softplus': nn.Softplus,
    'softmax': lambda: nn.Softmax(dim=1),
}

STEPS = 20
OPTIMIZERS = {
    'sgd': {'rate': 0.1, 'optimizer': 'sgd'},
    'momentum': {'rate': 0.05, 'optimizer': 'sgd', 'momentum': 0.9},
    'nesterov': {'rate': 0.05, 'optimizer': 'sgd', 'momentum': 0.9, 'nesterov': True},
    'sgd with l2': {'rate': 0.1, 'optimizer': 'sgd', 'l2': 0.02},
    'adam': {'rate': 0.02, 'optimizer': 'adam', 'beta1': 0.9, 'beta2': 0.999, 'epsilon': 1e-8},
    'adam with l2': {'rate': 0.02, 'optimizer': 'adam', 'beta1': 0.8, 'beta2': 0.99, 'epsilon': 1e-6, 'l2': 0.02},
    'adamw': {'rate': 0.02, 'optimizer': 'adamw', 'beta1': 0.9, 'beta2': 0.999, 'epsilon': 1e-8, 'weightDecay': 0.5},
}

NETWORKS = [
    # inputs, (neurons, activation) of each layer, cost, further: soft targets, weights of the rows, dropout
    (5, [(7, 'relu'), (4, 'tanh'), (3, 'softmax')], 'cross-entropy', ()),
    (4, [(6, 'gelu'), (5, 'silu'), (2, 'softmax')], 'cross-entropy', ('soft',)),
    (6, [(5, 'sigmoid'), (4, 'elu'), (1, 'sigmoid')], 'bce', ()),
    (3, [(6, 'leaky-relu'), (4, 'softplus'), (2, 'sigmoid')], 'bce', ('soft',)),
    (4, [(5, 'softmax'), (4, 'softmax'), (3, 'identity')], 'mse', ()),
    (3, [(4, 'identity'), (2, 'tanh')], 'mse', ()),
    (5, [(6, 'tanh'), (3, 'softmax')], 'mse', ()),
    (4, [(5, 'silu'), (2, 'sigmoid')], 'mse', ('weights',)),
    (6, [(3, 'softmax')], 'cross-entropy', ('weights',)),
    (4, [(8, 'relu'), (6, 'sigmoid'), (3, 'softmax')], 'cross-entropy', ('weights', 'dropout')),
]


def flat(tensor):
    return [float(x) for x in tensor.detach().contiguous().flatten()]


class Network(nn.Module):
    """Linear layers and activations in turn; the last activation is left to the cost where torch has both in one."""

    def __init__(self, inputs, layers, numbers, masks):
        super().__init__()
        sizes = [inputs] + [neurons for neurons, _ in layers]
        self.dense = nn.ModuleList(nn.Linear(n, m) for n, m in zip(sizes, sizes[1:]))
        self.activations = [ACTIVATIONS[name]() for _, name in layers]
        self.masks = masks
        with torch.no_grad():
            for dense, layer in zip(self.dense, numbers):
                dense.weight.copy_(torch.tensor(layer['weights']).reshape(dense.in_features, dense.out_features).T)
                dense.bias.copy_(torch.tensor(layer['biases']))

    def logits(self, x):
        last = len(self.dense) - 1
        for l, (dense, activation) in enumerate(zip(self.dense, self.activations)):
            z = dense(x)
            if l == last:
                return z
            x = activation(z)
            if self.masks:
                x = x * self.masks[l]

    def numbers(self, of=lambda parameter: parameter):
        return [{'weights': flat(of(dense.weight).T), 'biases': flat(of(dense.bias))} for dense in self.dense]


def cost_of(network, x, y, cost, weights):
    """Mean over the rows of weight times cost."""
    z = network.logits(x)
    if cost == 'mse':
        rows = nn.MSELoss(reduction='none')(network.activations[-1](z), y).mean(dim=1)
    elif cost == 'bce':
        rows = nn.BCEWithLogitsLoss(reduction='none')(z, y).mean(dim=1)
    else:
        rows = nn.CrossEntropyLoss(reduction='none')(z, y)
    return (rows if weights is None else rows * weights).mean()


def optimizer_of(network, rate, optimizer, momentum=0, nesterov=False, beta1=0.9, beta2=0.999, epsilon=1e-8, l2=0, weightDecay=0):
    decay = weightDecay if optimizer == 'adamw' else l2
    groups = [
        {'params': [dense.weight for dense in network.dense], 'weight_decay': decay},
        {'params': [dense.bias for dense in network.dense], 'weight_decay': 0},
    ]
    if optimizer == 'sgd':
        return torch.optim.SGD(groups, lr=rate, momentum=momentum, nesterov=nesterov)
    kind = torch.optim.Adam if optimizer == 'adam' else torch.optim.AdamW
    return kind(groups, lr=rate, betas=(beta1, beta2), eps=epsilon)


def run(index, inputs, layers, cost, further):
    draw = random.Random(index + 1)
    rows = 7
    outputs = layers[-1][0]
    sizes = [inputs] + [neurons for neurons, _ in layers]
    uniform = lambda count, low, high: [draw.uniform(low, high) for _ in range(count)]

    x = uniform(rows * inputs, -1.5, 1.5)
    if cost == 'mse':
        y = uniform(rows * outputs, -1, 1)
    elif cost == 'bce':
        y = uniform(rows * outputs, 0, 1) if 'soft' in further else [float(draw.randrange(2)) for _ in range(rows * outputs)]
    else:
        y = []
        for _ in range(rows):
            row = uniform(outputs, 0, 1) if 'soft' in further else [0.0] * outputs
            if 'soft' not in further:
                row[draw.randrange(outputs)] = 1.0
            y += [value / sum(row) for value in row]
    initial = [
        {'weights': uniform(n * m, -1, 1), 'biases': uniform(m, -0.5, 0.5)} for n, m in zip(sizes, sizes[1:])
    ]
    weights = uniform(rows, 0.2, 2) if 'weights' in further else None
    masks = [[draw.choice([0.0, 2.0]) for _ in range(rows * n)] for n in sizes[1:-1]] if 'dropout' in further else None

    X = torch.tensor(x).reshape(rows, inputs)
    Y = torch.tensor(y).reshape(rows, outputs)
    W = None if weights is None else torch.tensor(weights)
    M = None if masks is None else [torch.tensor(mask).reshape(rows, -1) for mask in masks]

    network = Network(inputs, layers, initial, M)
    value = cost_of(network, X, Y, cost, W)
    value.backward()
    result = {
        'name': f"{'-'.join(map(str, sizes))} {', '.join(name for _, name in layers)}; {cost}" + ''.join(f', {word}' for word in further),
        'architecture': {'inputs': inputs, 'layers': [{'neurons': n, 'activation': name} for n, name in layers]},
        'cost': cost,
        'rows': rows,
        'x': x,
        'targets': y,
        **({} if weights is None else {'weights': weights}),
        **({} if masks is None else {'masks': masks}),
        'initial': initial,
        'logits': flat(network.logits(X)),
        'value': float(value),
        'gradients': network.numbers(lambda parameter: parameter.grad),
        'trained': {},
    }
    for name, settings in OPTIMIZERS.items():
        network = Network(inputs, layers, initial, M)
        optimizer = optimizer_of(network, **settings)
        for _ in range(STEPS):
            optimizer.zero_grad()
            cost_of(network, X, Y, cost, W).backward()
            optimizer.step()
        result['trained'][name] = {'layers': network.numbers(), 'value': float(cost_of(network, X, Y, cost, W))}
    return result


def schedules():
    """Learning rates of 10 epochs from 0.1 on, without warm-up."""
    kinds = {
        'step:3:0.5': lambda o: torch.optim.lr_scheduler.StepLR(o, 3, 0.5),
        'exponential:0.9': lambda o: torch.optim.lr_scheduler.ExponentialLR(o, 0.9),
        'cosine': lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, 10),
    }
    rates = {}
    for name, kind in kinds.items():
        optimizer = torch.optim.SGD([nn.Parameter(torch.zeros(1))], lr=0.1)
        schedule = kind(optimizer)
        rates[name] = []
        for _ in range(10):
            rates[name].append(optimizer.param_groups[0]['lr'])
            optimizer.step()
            schedule.step()
    return rates


results = [run(index, *network) for index, network in enumerate(NETWORKS)]
print('{')
print(f' "torch": {json.dumps(torch.__version__)},')
print(f' "steps": {STEPS},')
print(f' "optimizers": {json.dumps(OPTIMIZERS)},')
print(f' "schedules": {json.dumps(schedules())},')
print(' "networks": [')
print(',\n'.join(f'  {json.dumps(result)}' for result in results))
print(' ]')
print('}')
