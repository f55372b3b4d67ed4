#!/bin/bash
# Feeds what reads DNS messages and names with libFuzzer's inventions, under ASan and UBSan. What it finds is left in
# build/fuzz/findings. Ends with a summary; exit 1 if anything was found.
#
#     scripts/fuzz.sh [RUNS]        10,000,000 messages (the default), of up to 64 KiB; a tenth as many names
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${1:-10000000}
cores=$(nproc)
started=$SECONDS

cmake --preset fuzz >/dev/null
cmake --build --preset fuzz -- --quiet
build=build/fuzz
mkdir -p $build/findings $build/log
rm -f $build/log/*
before=$(ls $build/findings | wc -l)
$build/write_seeds $build/corpus

# fuzz TARGET RUNS LARGEST [OPTION]: RUNS of them, spread over the cores. libFuzzer says what it did in its last lines.
failed=0
fuzz() {
  local jobs=() core
  for core in $(seq "$cores"); do
    "$build/$1_fuzz" -runs=$(($2 / cores)) -max_len="$3" -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
      -artifact_prefix="$build/findings/$1-" "${@:4}" "$build/corpus/$1" >"$build/log/$1-$3-$core" 2>&1 &
    jobs+=($!)
  done
  for core in "${jobs[@]}"; do wait "$core" || failed=1; done
}
fuzz message $((runs / 50 * 49)) 4096
fuzz message $((runs / 50)) 65535 -len_control=0
fuzz name $((runs / 10)) 2048

done_runs() { cat $build/log/$1-* | sed -n 's/^stat::number_of_executed_units: *//p' | awk '{sum += $1} END {print sum + 0}'; }
echo "messages: $(done_runs message) runs, $(ls $build/corpus/message | wc -l) in the corpus"
echo "names:    $(done_runs name) runs, $(ls $build/corpus/name | wc -l) in the corpus"
echo "$cores cores, $((SECONDS - started)) s, $(($(ls $build/findings | wc -l) - before)) findings"
[ $failed -eq 0 ] || { echo "SOMETHING WAS FOUND, see $build/findings and $build/log"; exit 1; }
