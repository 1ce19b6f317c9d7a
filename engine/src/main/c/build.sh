#!/bin/sh
# Builds libassay_ops.so for the processor it runs on: build.sh DIRECTORY. Without a C compiler there
# is nothing to build, and libtorch's kernels run alone; so they do where it fails, unless STRICT is
# set. CC names another compiler, TARGET the directory of its processor.
set -eu
out=$1
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$out"
# What the hash of the code knows of them, with a compiler or without, whichever it is.
cat "$here"/*.h "$here"/*.c | cksum >"$out/sources.cksum"
cc=${CC:-cc}
case ${TARGET:-$(uname -s)-$(uname -m)} in
  Linux-x86_64 | linux-x86_64) target=linux-x86_64 ;;
  Linux-aarch64 | linux-aarch64) target=linux-aarch64 ;;
  *)
    echo "assay: no kernels of our own on $(uname -s) $(uname -m)"
    exit 0
    ;;
esac
directory=$out/$target
library=$directory/libassay_ops.so
if ! command -v "$cc" >/dev/null 2>&1; then
  echo "assay: no C compiler ($cc), so no kernels of our own; libtorch's run"
  rm -f "$library"
  exit 0
fi
if [ -f "$library" ] && [ -z "$(find "$here" -newer "$library" -type f -print -quit)" ]; then
  exit 0
fi
mkdir -p "$directory"
# On the same file system, so that the library is there whole or not at all.
work=$(mktemp -d "$out/.build-XXXXXX")
trap 'rm -rf "$work"' EXIT
# The library is as old as the beginning: what changes meanwhile is built the next time.
touch "$work/begun"
# -ffast-math would switch on flush-to-zero for the whole process. A product and a sum are one
# operation only where it says so.
flags="-std=gnu11 -O3 -fPIC -fopenmp -fvisibility=hidden -ffp-contract=off -Wall -Wextra"
if [ -n "${STRICT:-}" ]; then flags="$flags -Werror"; fi
compile() { # FILE FLAGS...
  file=$1
  shift
  # shellcheck disable=SC2086
  "$cc" $flags "$@" -c -o "$work/$file.o" "$here/$file.c"
}
# The longest first, all at once.
jobs=
begin() {
  compile "$@" &
  jobs="$jobs $!"
}
if [ "$target" = linux-x86_64 ]; then
  begin grid_avx2 -mavx2 -mfma -mf16c
  begin grid_vnni -mavx512vnni -mavx512f -mavx512bw -mavx512vl -mf16c -mfma
  begin grid_avx512 -mavx512f -mavx512bw -mavx512vl -mf16c -mfma
  begin vectors_avx2 -ffp-contract=fast -mavx2 -mfma -mf16c
  begin vectors_vbmi2 -ffp-contract=fast -mavx512vbmi2 -mavx512f -mavx512bw -mavx512vl -mf16c -mfma
  begin vectors_avx512 -ffp-contract=fast -mavx512f -mavx512bw -mavx512vl -mf16c -mfma
fi
begin vectors_plain
begin grid
begin grid_plain
begin grid_ops
begin outlier_ops
begin vector_ops
begin token_ops
begin sparse_ops
begin linear_ops
begin layer_ops
begin dense_ops
begin bitmask_ops
begin csr_ops
begin read_ops
begin processor
begin ops
failed=
for job in $jobs; do
  wait "$job" || failed=yes
done
# libtorch is found by its name, which the process has loaded, and OpenMP through it: linking
# another would bring threads of its own. What cannot be found is to be found out when loading.
if [ -n "$failed" ] ||
  ! echo | "$cc" -shared -o "$work/libtorch_cpu.so" -Wl,-soname,libtorch_cpu.so -x c - ||
  ! "$cc" -shared -s -o "$work/libassay_ops.so" "$work"/*.o -Wl,-z,now -Wl,--no-as-needed \
    "$work/libtorch_cpu.so" -lm; then
  echo "assay: $cc does not build them, so no kernels of our own; libtorch's run"
  rm -f "$library"
  [ -z "${STRICT:-}" ]
  exit
fi
touch -r "$work/begun" "$work/libassay_ops.so"
mv "$work/libassay_ops.so" "$library"
echo "assay: built $library"
