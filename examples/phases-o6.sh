#!/usr/bin/env bash
# Superconducting or normal: networks that see the six-component model in different ways.
#
# A warning first: a network with one hidden layer that sees raw components finds where the order parameter of this finite lattice
# becomes small. That is a crossover, above the Kosterlitz-Thouless transition at T = 0.345 and moving with the size; no network
# here proves where the transition is. The helicity modulus does (kt_ratio = 1): the labels are made by it.
#   bash examples/phases-o6.sh [folder]     a few minutes on two cores; SPINPOOL names the command, default npx spinpool
set -euo pipefail
read -ra spinpool <<<"${SPINPOOL:-npx spinpool}"
out=${1:-results/phases-o6}
mkdir -p "$out"

"${spinpool[@]}" run --model o6 --size 16 --temperatures 0.25:0.48:0.01 --copies 20 --sweeps 6000 --thermalization 600 --measure-every 2 \
  --snapshots 800 --tempering --seed 1 --out "$out/o6.h5" >/dev/null
for encoding in components squares angles vorticity; do
  echo "== $encoding"
  "${spinpool[@]}" dataset phases "$out/o6.h5" --label kt_ratio --boundary 1 --encoding "$encoding" --out "$out/$encoding.h5" --quiet
  "${spinpool[@]}" train "$out/$encoding.h5" --layers 64 --activation relu --l2 1e-4 --augment --epochs 20 --batch 128 \
    --schedule cosine --patience 8 --seeds 2 --seed 1 --out "$out/net-$encoding.h5" --quiet
  "${spinpool[@]}" predict "$out/net-$encoding.h5" "$out/$encoding.h5" --out "$out/output-$encoding.h5" | tail -3
done
"${spinpool[@]}" plot "$out/output-components.h5" --out "$out/output.svg"
