"""Writes torch-network-*.safetensors and torch-network.json beside this file: networks as PyTorch and its safetensors
write them, and what PyTorch makes of some inputs with them. Needs torch, safetensors, numpy.

    python3 torch-network.py
"""

import json
from pathlib import Path

import torch
from safetensors.torch import save_file

here = Path(__file__).parent
torch.manual_seed(5)

# name, type of the numbers, prefix of the names, biases
cases = [
    ("float32", torch.float32, "", True),
    ("float64", torch.float64, "layers.", True),
    ("float16", torch.float16, "net.", True),
    ("bfloat16", torch.bfloat16, "model.net.", False),
]
inputs = torch.randn(6, 5)
networks = []
for name, dtype, prefix, bias in cases:
    network = torch.nn.Sequential(torch.nn.Linear(5, 7, bias), torch.nn.ReLU(), torch.nn.Linear(7, 3, bias)).to(dtype)
    file = f"torch-network-{name}.safetensors"
    save_file({prefix + key: value.contiguous() for key, value in network.state_dict().items()}, here / file)
    # The numbers of the file are exact in float64, whatever their type.
    with torch.no_grad():
        outputs = network.to(torch.float64)(inputs.to(torch.float64))
    networks.append({"file": file, "outputs": outputs.tolist()})

about = {"torch": torch.__version__, "network": "Linear(5, 7), ReLU, Linear(7, 3)"}
(here / "torch-network.json").write_text(json.dumps({"about": about, "inputs": inputs.tolist(), "networks": networks}, indent=1) + "\n")
