// The part of libtorch's stable C ABI that the ops need, declared here so that nothing of libtorch is
// needed to build them. The symbols are weak: where a libtorch lacks one, its address is null.
#ifndef ASSAY_TORCH_ABI_H
#define ASSAY_TORCH_ABI_H

#include <stdint.h>

typedef void *Tensor;
typedef void *Library;

// A value is a 64-bit word: a tensor as a handle that the callee owns, an int as it is.
typedef void (*BoxedOp)(uint64_t *stack, uint64_t arguments, uint64_t results);

#define ABI __attribute__((weak)) extern

ABI int32_t aoti_torch_library_init_def(const char *, const char *, uint32_t, Library *);
ABI int32_t aoti_torch_library_init_impl(
    const char *, const char *, const char *, uint32_t, Library *);
ABI int32_t aoti_torch_library_def(Library, const char *schema);
ABI int32_t aoti_torch_library_impl(Library, const char *name, BoxedOp);
ABI int32_t aoti_torch_get_data_ptr(Tensor, void **);
ABI int32_t aoti_torch_get_sizes(Tensor, int64_t **);
ABI int32_t aoti_torch_get_strides(Tensor, int64_t **);
ABI int32_t aoti_torch_get_dim(Tensor, int64_t *);
ABI int32_t aoti_torch_get_dtype(Tensor, int32_t *);
ABI int32_t aoti_torch_empty_strided(
    int64_t, const int64_t *, const int64_t *, int32_t, int32_t, int32_t, Tensor *);
ABI int32_t aoti_torch_delete_tensor_object(Tensor);

// Numbers of c10::ScalarType.
enum { UINT8 = 0, INT16 = 2, INT64 = 4, FLOAT16 = 5, FLOAT32 = 6, BFLOAT16 = 15, FLOAT8 = 24 };

// Bytes of an element of the types of activations.
static inline int64_t type_bytes(int type) { return type == FLOAT32 ? 4 : 2; }

#endif
