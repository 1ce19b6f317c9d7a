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
fi
begin "$sources/grid"
begin "$sources/grid_plain"
begin "$sources/processor"
begin "$here/driver"
for job in $jobs; do
  wait "$job"
done
# shellcheck disable=SC2086
"$cc" $flags -o "$out/driver" "$out"/*.o -lm
"$out/driver"
