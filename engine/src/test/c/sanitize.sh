#!/bin/sh
# Builds the kernels with the address and undefined-behaviour sanitizers, and runs the driver:
# sanitize.sh DIRECTORY for what it builds. CC names another compiler.
set -eu
out=$1
here=$(cd "$(dirname "$0")" && pwd)
sources=$here/../../main/c
cc=${CC:-cc}
flags="-std=gnu11 -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -ffp-contract=off"
flags="$flags -Wall -Wextra -Werror -I$sources"
jobs=
begin() { # FILE FLAGS...
  file=$1
  shift
  # shellcheck disable=SC2086
  "$cc" $flags "$@" -c -o "$out/$(basename "$file").o" "$file.c" &
  jobs="$jobs $!"
}
if [ "$(uname -m)" = x86_64 ]; then
  begin "$sources/grid_avx2" -mavx2 -mfma -mf16c
  begin "$sources/grid_vnni" -mavx512vnni -mavx512f -mavx512bw -mavx512vl -mf16c -mfma
  begin "$sources/grid_avx512" -mavx512f -mavx512bw -mavx512vl -mf16c -mfma
  begin "$sources/vectors_avx2" -ffp-contract=fast -mavx2 -mfma -mf16c
  begin "$sources/vectors_vbmi2" -ffp-contract=fast -mavx512vbmi2 -mavx512f -mavx512bw -mavx512vl -mf16c -mfma
  begin "$sources/vectors_avx512" -ffp-contract=fast -mavx512f -mavx512bw -mavx512vl -mf16c -mfma
fi
begin "$sources/vectors_plain"
begin "$sources/grid"
begin "$sources/grid_plain"
begin "$sources/processor"
begin "$sources/vector_ops"
begin "$sources/token_ops" -fopenmp
begin "$sources/sparse_ops" -fopenmp
begin "$sources/grid_ops" -fopenmp
begin "$sources/outlier_ops" -fopenmp
begin "$sources/linear_ops" -fopenmp
begin "$sources/layer_ops" -fopenmp
begin "$sources/dense_ops" -fopenmp
begin "$sources/bitmask_ops" -fopenmp
begin "$sources/csr_ops" -fopenmp
begin "$sources/read_ops" -fopenmp
begin "$here/fake_torch"
begin "$here/driver"
begin "$here/token_driver"
for job in $jobs; do
  wait "$job"
done
run() { # MAIN OTHER: everything but the other's main
  main=$1
  objects=$(find "$out" -name '*.o' ! -name "$2.o")
  # shellcheck disable=SC2086
  "$cc" $flags -fopenmp -o "$out/$main" $objects -lm
  "$out/$main"
}
run driver token_driver
run token_driver driver
