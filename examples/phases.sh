#!/usr/bin/env bash
# Phases from configurations, after Carrasquilla and Melko, Nature Physics 13, 431 (2017): networks of 100 sigmoid neurons are
# shown Ising configurations below and above T_c, an ensemble for each size. Where they are undecided, for L → ∞, is T_c.
#   bash examples/phases.sh [folder]        some minutes on two cores; SPINPOOL names the command, default npx spinpool
set -euo pipefail
read -ra spinpool <<<"${SPINPOOL:-npx spinpool}"
out=${1:-results/phases}
sizes=(10 20 30 40)
all=$(IFS=,; echo "${sizes[*]}")
mkdir -p "$out"
simulate() {
  "${spinpool[@]}" run --size "$all" --copies 40 --sweeps 1e4 --thermalization 2000 --measure-every 10 --tempering "$@" >/dev/null
}

# 1. How many are right: 26 temperatures from 1 to 3.5, as in the paper. Whole copies are held out, and tested with at the end.
simulate --temperatures 1.0:3.5:0.1 --snapshots 2000 --seed 1 --out "$out/wide.h5"
for L in "${sizes[@]}"; do
  echo "== L = $L, T = 1 to 3.5"
  "${spinpool[@]}" dataset phases "$out/wide.h5" --size "$L" --out "$out/wide-$L.h5" >/dev/null
  "${spinpool[@]}" train "$out/wide-$L.h5" --layers 100 --activation sigmoid --l2 1e-4 --augment \
    --epochs 15 --batch 128 --schedule cosine --learning-rate 0.002 --seeds 2 --seed 1 --out "$out/wide-net-$L.h5"
done

# 2. Where T_c is: networks can only know it as closely as the temperatures they were shown lie, so these are near it, every 0.02.
# Each network is trained on copies drawn with replacement: their spread then tells of the finite data too.
simulate --temperatures 2.0:2.54:0.02 --snapshots 1600 --seed 2 --out "$out/near.h5"
predictions=()
for L in "${sizes[@]}"; do
  echo "== L = $L, T = 2 to 2.54"
  "${spinpool[@]}" dataset phases "$out/near.h5" --size "$L" --out "$out/near-$L.h5" >/dev/null
  "${spinpool[@]}" train "$out/near-$L.h5" --layers 100 --activation sigmoid --l2 1e-4 --augment --bootstrap \
    --epochs 15 --batch 128 --schedule cosine --learning-rate 0.002 --seeds 8 --seed 1 --out "$out/near-net-$L.h5"
  "${spinpool[@]}" predict "$out/near-net-$L.h5" "$out/near-$L.h5" --out "$out/output-$L.h5" >/dev/null
  predictions+=("$out/output-$L.h5")
done
"${spinpool[@]}" plot "${predictions[@]}" --out "$out/output.svg"
"${spinpool[@]}" plot "${predictions[@]}" --figure scaling --out "$out/scaling.svg"
"${spinpool[@]}" plot "$out/near-net-20.h5" --figure weights --out "$out/weights.svg"
"${spinpool[@]}" crossing "${predictions[@]}"
