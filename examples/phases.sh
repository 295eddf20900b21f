#!/usr/bin/env bash
# Phases from configurations, after Carrasquilla and Melko, Nature Physics 13, 431 (2017): networks of 100 sigmoid neurons are
# shown Ising configurations below and above T_c, one ensemble for each size. Where they are undecided, for L → ∞, is T_c.
#   bash examples/phases.sh [folder]        some minutes on two cores; SPINPOOL names the command, default npx spinpool
set -euo pipefail
read -ra spinpool <<<"${SPINPOOL:-npx spinpool}"
out=${1:-results/phases}
sizes=(10 20 30 40)
mkdir -p "$out"

# What networks learn from, and what they are asked about: the second run is closer to T_c and shares nothing with the first.
all=$(IFS=,; echo "${sizes[*]}")
"${spinpool[@]}" run --size "$all" --temperatures 1.0:3.5:0.1 --copies 40 --sweeps 1e4 --thermalization 2000 --measure-every 10 --snapshots 2000 \
  --tempering --seed 1 --out "$out/train.h5" >/dev/null
"${spinpool[@]}" run --size "$all" --temperatures 2.1:2.5:0.02 --copies 48 --sweeps 1e4 --thermalization 2000 --measure-every 10 --snapshots 1200 \
  --tempering --seed 2 --out "$out/near.h5" >/dev/null

predictions=()
for L in "${sizes[@]}"; do
  "${spinpool[@]}" dataset phases "$out/train.h5" --size "$L" --out "$out/train-$L.h5" >/dev/null
  "${spinpool[@]}" dataset phases "$out/near.h5" --size "$L" --out "$out/near-$L.h5" >/dev/null
  # Whole copies are held out; each network sees others, drawn with replacement. The table ends with the accuracy on those held out.
  "${spinpool[@]}" train "$out/train-$L.h5" --layers 100 --activation sigmoid --l2 1e-4 --augment --bootstrap \
    --epochs 15 --batch 128 --schedule cosine --learning-rate 0.002 --seeds 8 --seed 1 --out "$out/net-$L.h5"
  "${spinpool[@]}" predict "$out/net-$L.h5" "$out/near-$L.h5" --out "$out/output-$L.h5" >/dev/null
  predictions+=("$out/output-$L.h5")
done
"${spinpool[@]}" plot "${predictions[@]}" --out "$out/output.svg"
"${spinpool[@]}" plot "${predictions[@]}" --figure scaling --out "$out/scaling.svg"
"${spinpool[@]}" plot "$out/net-20.h5" --figure weights --out "$out/weights.svg"
"${spinpool[@]}" crossing "${predictions[@]}"
