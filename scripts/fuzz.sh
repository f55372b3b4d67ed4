#!/bin/bash
# Feeds what reads strangers' octets with libFuzzer's inventions, under ASan and UBSan. What it finds is left in
# build/fuzz/findings. Ends with a summary; exit 1 if anything was found.
#
#     scripts/fuzz.sh [--runs N] [--cores N] [--report FILE] [TARGET]...
#
#     --runs N       of each target; 10,000,000 is the default
#     --cores N      how many processes share them; all cores is the default
#     --report FILE  appends a row for each target: docs/fuzzing.md ends with such a table
#     TARGET         message, name, request, zone_file, http_path; all are the default
set -euo pipefail
cd "$(dirname "$0")/.."
all=(message name request zone_file http_path)
targets=() runs=10000000 cores=$(nproc) report=
while [ $# -gt 0 ]; do
  case "$1" in
    --runs) runs=$2; shift ;;
    --cores) cores=$2; shift ;;
    --report) report=$2; shift ;;
    *) [[ " ${all[*]} " = *" $1 "* ]] || { echo "fuzz.sh: '$1' is no target; there are: ${all[*]}" >&2; exit 2; }
       targets+=("$1") ;;
  esac
  shift
done
[ ${#targets[@]} -gt 0 ] || targets=("${all[@]}")

cmake --preset fuzz >/dev/null
cmake --build --preset fuzz -- --quiet
build=build/fuzz
mkdir -p $build/findings $build/log
failed=0
# Where memory was allocated is told when a finding is shown again; to note it for every input takes half of the time.
export ASAN_OPTIONS=malloc_context_size=0:quarantine_size_mb=16:max_malloc_fill_size=0

# fuzz TARGET RUNS LARGEST [OPTION]: RUNS of them, spread over the cores. libFuzzer says what it did in its last lines.
fuzz() {
  local jobs=() core
  for core in $(seq "$cores"); do
    "$build/$1_fuzz" -runs=$(($2 / cores)) -max_len="$3" -timeout=60 -report_slow_units=60 -rss_limit_mb=2048 -print_final_stats=1 \
      -artifact_prefix="$build/findings/$1-" "${@:4}" "$build/corpus/$1" >"$build/log/$1-$3-$core" 2>&1 &
    jobs+=($!)
  done
  for core in "${jobs[@]}"; do wait "$core" || failed=1; done
}

# Octets: as long as such an input is in real life, and some more.
largest_of() {
  case "$1" in
    message) echo 4096 ;;
    name) echo 2048 ;;
    zone_file) echo 256 ;;
    *) echo 512 ;;
  esac
}

count_findings() { find $build/findings -name "$1-*" | wc -l; }
done_runs() { cat $build/log/"$1"-* | sed -n 's/^stat::number_of_executed_units: *//p' | awk '{sum += $1} END {print sum + 0}'; }

with_commas() { sed ':a; s/\B[0-9]\{3\}\>/,&/; ta' <<<"$1"; }

for target in "${targets[@]}"; do
  rm -f $build/log/"$target"-*
  before=$(count_findings "$target")
  $build/write_seeds "$target" "$build/corpus/$target"
  started=$SECONDS
  fuzz "$target" "$runs" "$(largest_of "$target")"
  [ "$target" != message ] || fuzz message $((runs / 50)) 65535 -len_control=0
  ran=$(done_runs "$target") took=$((SECONDS - started)) found=$(($(count_findings "$target") - before))
  echo "$target: $(with_commas "$ran") runs in $took s, cores: $cores," \
    "$(find "$build/corpus/$target" -type f | wc -l) in the corpus, $found findings"
  [ -z "$report" ] || echo "| $(date -u +%F) | \`$target\` | $(with_commas "$ran") | $took s, cores: $cores | $found |" >>"$report"
done
[ $failed -eq 0 ] || { echo "SOMETHING WAS FOUND, see $build/findings and $build/log"; exit 1; }
