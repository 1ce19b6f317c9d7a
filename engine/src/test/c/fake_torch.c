#include "fake_torch.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_AXES = 8 };

typedef struct {
  void *data;
  int owned;
  int type;
  int64_t axes;
  int64_t sizes[MOST_AXES];
  int64_t strides[MOST_AXES];
} Fake;

static int64_t alive;

static int64_t bytes_of(int type) {
  return type == INT64 ? 8 : type == FLOAT32 ? 4 : type == UINT8 || type == FLOAT8 ? 1 : 2;
}

Tensor fake_tensor(
    void *data, int type, int axes, const int64_t *sizes, const int64_t *strides) {
  Fake *fake = calloc(1, sizeof *fake);
  fake->type = type;
  fake->axes = axes;
  int64_t count = 1;
  for (int i = axes - 1; i >= 0; i--) {
    fake->sizes[i] = sizes[i];
    fake->strides[i] = strides ? strides[i] : count;
    count *= sizes[i];
  }
  fake->owned = data == NULL;
  fake->data = data ? data : malloc((size_t)(count * bytes_of(type)));
  alive++;
  return fake;
}

int64_t fake_tensors_alive(void) { return alive; }

int32_t aoti_torch_get_data_ptr(Tensor tensor, void **data) {
  *data = ((Fake *)tensor)->data;
  return 0;
}

int32_t aoti_torch_get_sizes(Tensor tensor, int64_t **sizes) {
  *sizes = ((Fake *)tensor)->sizes;
  return 0;
}

int32_t aoti_torch_get_strides(Tensor tensor, int64_t **strides) {
  *strides = ((Fake *)tensor)->strides;
  return 0;
}

int32_t aoti_torch_get_dim(Tensor tensor, int64_t *axes) {
  *axes = ((Fake *)tensor)->axes;
  return 0;
}

int32_t aoti_torch_get_dtype(Tensor tensor, int32_t *type) {
  *type = ((Fake *)tensor)->type;
  return 0;
}

int32_t aoti_torch_empty_strided(
    int64_t axes, const int64_t *sizes, const int64_t *strides, int32_t type, int32_t device,
    int32_t index, Tensor *tensor) {
  (void)device;
  (void)index;
  *tensor = fake_tensor(NULL, type, (int)axes, sizes, strides);
  return 0;
}

int32_t aoti_torch_delete_tensor_object(Tensor tensor) {
  Fake *fake = tensor;
  if (fake->owned) {
    free(fake->data);
  }
  free(fake);
  alive--;
  return 0;
}
