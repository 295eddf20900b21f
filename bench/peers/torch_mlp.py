"""The peer of neural-training.ts and neural-inference.ts: a network of one hidden layer in PyTorch, written as its tutorials do.

torch_mlp.py train FOLDER EPOCHS    trains twice from the same weights, with Adam as it is by default and with foreach=True.
    The first epoch takes the examples in the given order, the others in a random one. Prints for each
    {"costs": [of each epoch], "seconds": [of each epoch]}.
torch_mlp.py predict FOLDER CALLS   probabilities of all examples in one call, to outputs.f32.
    Prints {"seconds": [of each call]}.

FOLDER holds what writeTask of mlp.ts wrote. Data lie in memory before any clock starts. One thread.
"""

import json
import os
import sys
from time import perf_counter

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np
import torch
from torch import nn

torch.set_num_threads(1)
mode, folder, times = sys.argv[1], sys.argv[2], int(sys.argv[3])


def read(name, dtype):
    return np.fromfile(os.path.join(folder, name), dtype)


with open(os.path.join(folder, "task.json")) as file:
    task = json.load(file)
count, inputs, hidden, outputs, batch = (task[key] for key in ("count", "inputs", "hidden", "outputs", "batch"))
x = torch.from_numpy(read("x.i8", np.int8).astype(np.float32).reshape(-1, inputs))


def network():
    activation = {"sigmoid": nn.Sigmoid, "relu": nn.ReLU}[task["activation"]]()
    model = nn.Sequential(nn.Linear(inputs, hidden), activation, nn.Linear(hidden, outputs))
    numbers = torch.from_numpy(read("weights.f32", np.float32))
    with torch.no_grad():
        for layer in (model[0], model[2]):
            n_out, n_in = layer.weight.shape
            weights, biases, numbers = numbers.split((n_in * n_out, n_out, len(numbers) - (n_in + 1) * n_out))
            layer.weight.copy_(weights.reshape(n_in, n_out).T)
            layer.bias.copy_(biases)
    return model


def train(foreach):
    y = torch.from_numpy(read("y.i32", np.int32).astype(np.int64))
    given = torch.from_numpy(read("order.i32", np.int32).astype(np.int64))
    model = network()
    cost = nn.CrossEntropyLoss()
    options = {"foreach": True} if foreach else {}
    betas = (task["beta1"], task["beta2"])
    optimizer = torch.optim.Adam(model.parameters(), lr=task["learningRate"], betas=betas, eps=task["epsilon"], **options)
    costs, seconds = [], []
    for epoch in range(times):
        start = perf_counter()
        order = given if epoch == 0 else torch.randperm(count)
        total = 0.0
        for rows in order.split(batch):
            optimizer.zero_grad()
            loss = cost(model(x[rows]), y[rows])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        seconds.append(perf_counter() - start)
        costs.append(total / count)
    return {"costs": costs, "seconds": seconds}


def predict():
    model = nn.Sequential(network(), nn.Softmax(dim=1))
    seconds = []
    with torch.inference_mode():
        for _ in range(times):
            start = perf_counter()
            y = model(x)
            seconds.append(perf_counter() - start)
    y.numpy().tofile(os.path.join(folder, "outputs.f32"))
    return {"seconds": seconds}


torch.manual_seed(1)
print(json.dumps({"plain": train(False), "foreach": train(True)} if mode == "train" else predict()))
