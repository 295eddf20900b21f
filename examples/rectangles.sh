#!/usr/bin/env bash
# Is there one rectangle in the picture? All 512 pictures of 3 x 3 pixels, and larger ones.
#   bash examples/rectangles.sh [folder]    a minute or two; SPINPOOL names the command, default npx spinpool
set -euo pipefail
read -ra spinpool <<<"${SPINPOOL:-npx spinpool}"
out=${1:-results/rectangles}
mkdir -p "$out"

echo "== 1. Sixteen hidden neurons learn all 512 pictures by heart"
"${spinpool[@]}" dataset rectangles --width 3 --height 3 --out "$out/all.h5"
"${spinpool[@]}" train "$out/all.h5" --layers 16 --epochs 500 --learning-rate 0.02 --test 0 --validation 0 --seeds 5 --seed 1 --out "$out/heart.h5"
"${spinpool[@]}" predict "$out/heart.h5" "$out/all.h5"
"${spinpool[@]}" plot "$out/heart.h5" --figure network --out "$out/network.svg"

echo "== 2. A fifth held out: those it has not seen it does not know. It has learned by heart, not what a rectangle is"
"${spinpool[@]}" train "$out/all.h5" --layers 16 --epochs 500 --learning-rate 0.02 --test 0.2 --validation 0 --seeds 5 --seed 1 --out "$out/split.h5"

echo "== 3. Pictures of 10 x 10 pixels, of which half show nearly a rectangle"
"${spinpool[@]}" dataset rectangles --width 10 --height 10 --seed 1 --out "$out/large.h5"
"${spinpool[@]}" train "$out/large.h5" --layers 512 --activation relu --optimizer adamw --weight-decay 0.1 --epochs 100 --batch 64 \
  --learning-rate 0.002 --schedule cosine --augment --validation 0.05 --test 0.1 --seed 1 --out "$out/large-net.h5"
"${spinpool[@]}" plot "$out/large-net.h5" --out "$out/learning.svg"
"${spinpool[@]}" plot "$out/large-net.h5" --figure weights --out "$out/weights.svg"
