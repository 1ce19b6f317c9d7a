# Codes packed in 32-bit words, lowest bits first. Words are put together in int64, where no shift
# meets a sign, and then wrapped to int32.

# Codes [n, m] -> int32 [ceil(n * bits / 32), m], packed along the first axis; the last word is
# filled with 0. Codes of 3, 5, 6 and 7 bits run across words: 32 of them fill as many as a code
# has bits.
def pack_rows(self, codes: Tensor, bits: int) -> Tensor:
  words = 1 if 32 % bits == 0 else bits
  count = 32 * words // bits
  n = torch.size(codes, 0)
  m = torch.size(codes, 1)
  blocks = (n + count - 1) // count
  padded = torch.constant_pad_nd(codes, [0, 0, 0, blocks * count - n], 0)
  x = torch.reshape(padded, [blocks, count, m])
  packed = torch.zeros([blocks, words, m], dtype=4, device=x.device)
  for i in range(count):
    word = i * bits // 32
    shift = i * bits % 32
    code = torch.to(x[:, i], 4)
    torch.add_(packed[:, word], torch.bitwise_left_shift(code, shift))
    if shift + bits > 32:
      torch.add_(packed[:, word + 1], torch.bitwise_right_shift(code, 32 - shift))
  return torch.reshape(self.wrap(packed), [-1, m])[:(n * bits + 31) // 32]

# Int32 [words, m] -> uint8 [n, m].
def unpack_rows(self, packed: Tensor, bits: int, n: int) -> Tensor:
  words = 1 if 32 % bits == 0 else bits
  count = 32 * words // bits
  m = torch.size(packed, 1)
  missing = (words - torch.size(packed, 0) % words) % words
  whole = torch.constant_pad_nd(self.unwrap(packed), [0, 0, 0, missing], 0)
  x = torch.reshape(whole, [-1, words, m])
  codes = torch.empty([torch.size(x, 0), count, m], dtype=0, device=x.device)
  for i in range(count):
    word = i * bits // 32
    shift = i * bits % 32
    code = torch.bitwise_right_shift(x[:, word], shift)
    if shift + bits > 32:
      code = torch.bitwise_or(code, torch.bitwise_left_shift(x[:, word + 1], 32 - shift))
    torch.copy_(codes[:, i], torch.bitwise_and(code, (1 << bits) - 1))
  return torch.reshape(codes, [-1, m])[:n]

# Int32 [words, m] -> uint8 [n, m], where no code runs across words: the top bits are not used.
def unpack_padded_rows(self, packed: Tensor, bits: int, n: int) -> Tensor:
  count = 32 // bits
  words = torch.size(packed, 0)
  m = torch.size(packed, 1)
  x = self.unwrap(packed)
  codes = torch.empty([words, count, m], dtype=0, device=x.device)
  for i in range(count):
    code = torch.bitwise_right_shift(x, i * bits)
    torch.copy_(codes[:, i], torch.bitwise_and(code, (1 << bits) - 1))
  return torch.reshape(codes, [-1, m])[:n]

# Int32 words plus a number, modulo 2^32.
def add_to_words(self, packed: Tensor, number: int) -> Tensor:
  return self.wrap(torch.add(self.unwrap(packed), number))

def first_columns(self, x: Tensor, n: int) -> Tensor:
  return torch.contiguous(x[:, :n])

# Int8 [n, m] -> uint8, 128 greater.
def from_signed(self, codes: Tensor) -> Tensor:
  return torch.to(torch.add(torch.to(codes, 3), 128), 0)

# LLM.int8()'s greatest values [n] -> scales [n, 1] of codes up to 127.
def rows_scale(self, greatest: Tensor) -> Tensor:
  return torch.unsqueeze(torch.div(greatest, 127.0), 1)

# Codes around 128 as signed bytes.
def to_signed(self, codes: Tensor) -> Tensor:
  return torch.to(torch.to(codes, 3) - 128, 1)

# What the scale of each row is a 127th of, [rows]: such that the division gives it back, and of
# several such numbers one that float16 has, as weights in float16 have them.
def rows_greatest(self, scales: Tensor) -> Tensor:
  scale = torch.reshape(torch.to(scales, 6), [-1])
  near = scale * 127.0
  up = torch.nextafter(near, torch.full_like(near, float("inf")))
  down = torch.nextafter(near, torch.zeros_like(near))
  other = torch.where(torch.eq(up / 127.0, scale), up, down)
  whole = torch.where(torch.eq(near / 127.0, scale), near, other)
  half = torch.to(torch.to(near, 5), 6)
  return torch.where(torch.eq(half / 127.0, scale), half, whole)

# 4-bit codes [n, m] -> int32 [n, words]: nibble i of a word holds column order[i] of eight.
def pack_interleaved(self, codes: Tensor, order: List[int]) -> Tensor:
  n = torch.size(codes, 0)
  words = (torch.size(codes, 1) + 7) // 8
  padded = torch.constant_pad_nd(codes, [0, words * 8 - torch.size(codes, 1)], 0)
  x = torch.reshape(padded, [n, words, 8])
  packed = torch.zeros([n, words], dtype=4, device=x.device)
  for i in range(8):
    torch.add_(packed, torch.bitwise_left_shift(torch.to(x[:, :, order[i]], 4), 4 * i))
  return self.wrap(packed)

# Int32 [n, words] -> uint8 [n, m].
def unpack_interleaved(self, packed: Tensor, order: List[int], m: int) -> Tensor:
  n = torch.size(packed, 0)
  words = torch.size(packed, 1)
  x = self.unwrap(packed)
  codes = torch.empty([n, words, 8], dtype=0, device=x.device)
  for i in range(8):
    code = torch.bitwise_and(torch.bitwise_right_shift(x, 4 * i), 15)
    torch.copy_(codes[:, :, order[i]], code)
  return torch.reshape(codes, [n, words * 8])[:, :m]

def wrap(self, x: Tensor) -> Tensor:
  low = torch.bitwise_and(x, 4294967295)
  return torch.to(torch.sub(torch.bitwise_xor(low, 2147483648), 2147483648), 3)

def unwrap(self, x: Tensor) -> Tensor:
  return torch.bitwise_and(torch.to(x, 4), 4294967295)

# Zeros as whole numbers of the grid, moved by an offset; those below 0 or above it come round.
def shift_zeros(self, zeros: Tensor, offset: int, max_code: int) -> Tensor:
  return torch.bitwise_and(torch.add(torch.to(zeros, 4), offset), max_code)

def least(self, x: Tensor) -> int:
  return int(torch.min(x))

def greatest(self, x: Tensor) -> int:
  return int(torch.max(x))

def transposed(self, x: Tensor) -> Tensor:
  return torch.clone(torch.contiguous(torch.t(x)))

def to_float(self, x: Tensor) -> Tensor:
  return torch.to(x, 6)

# How far apart the greatest and the least number are.
def spread(self, x: Tensor) -> float:
  return float(torch.max(x)) - float(torch.min(x))

# Codes 0, 1 and 2 of four quarters of the rows in a byte, the first quarter in the lowest bits:
# uint8 [out, in] -> uint8 [out / 4, in].
def pack_quarters(self, codes: Tensor) -> Tensor:
  quarters = torch.reshape(torch.to(codes, 3), [4, codes.size(0) // 4, codes.size(1)])
  shifts = torch.reshape(torch.arange(0, 8, 2, dtype=3, device=codes.device), [4, 1, 1])
  return torch.to(torch.sum(torch.bitwise_left_shift(quarters, shifts), [0]), 0)

def unpack_quarters(self, packed: Tensor) -> Tensor:
  shifts = torch.reshape(torch.arange(0, 8, 2, dtype=3, device=packed.device), [4, 1, 1])
  fields = torch.bitwise_right_shift(torch.unsqueeze(torch.to(packed, 3), 0), shifts)
  codes = torch.bitwise_and(fields, 3)
  return torch.to(torch.reshape(codes, [packed.size(0) * 4, packed.size(1)]), 0)

# What one over gives the first scale, [1], if there is such a number, otherwise the nearest; and the
# other way round for all rows, [rows, 1].
def inverse_of_first(self, scales: Tensor) -> Tensor:
  scale = torch.reshape(torch.to(scales, 6), [-1])[:1]
  near = torch.reciprocal(scale)
  up = torch.nextafter(near, torch.full_like(near, float("inf")))
  down = torch.nextafter(near, torch.zeros_like(near))
  other = torch.where(torch.eq(torch.reciprocal(up), scale), up, near)
  other = torch.where(torch.eq(torch.reciprocal(down), scale), down, other)
  return torch.where(torch.eq(torch.reciprocal(near), scale), near, other)

def inverse_for_rows(self, divisor: Tensor, rows: int) -> Tensor:
  inverse = torch.reciprocal(torch.reshape(torch.to(divisor, 6), [1, 1]))
  return torch.contiguous(torch.expand(inverse, [rows, 1]))

# [rows, groups], where one number is that of all.
def for_rows(self, x: Tensor, rows: int, groups: int) -> Tensor:
  if torch.numel(x) == 1:
    return torch.clone(torch.contiguous(torch.expand(torch.reshape(x, [1, 1]), [rows, groups])))
  return torch.clone(torch.contiguous(x))

# Int8 codes -> uint8, a number greater.
def above_zero(self, codes: Tensor, middle: int) -> Tensor:
  return torch.to(torch.add(torch.to(codes, 3), middle), 0)

# Codes or zeros from 0 up -> int8.
def around_zero(self, codes: Tensor, middle: int) -> Tensor:
  return torch.to(torch.sub(torch.to(codes, 3), middle), 1)

# The magnitude of BitNet b1.58, [1].
def absmean(self, w: Tensor) -> Tensor:
  return torch.reshape(torch.clamp_min(torch.mean(torch.abs(w)), 1e-5), [1])

def over(self, w: Tensor, magnitude: Tensor) -> Tensor:
  return torch.clamp(torch.round(w * torch.reciprocal(magnitude)), -1, 1)

def are_ternary(self, w: Tensor) -> bool:
  return bool(torch.all(torch.logical_or(torch.eq(w, 0), torch.eq(torch.abs(w), 1))))

def ternary_codes(self, w: Tensor) -> Tensor:
  return torch.to(torch.add(w, 1.0), 0)

# Values [out, in] -> their greatest magnitude [1], 1 where all are 0.
def magnitude(self, w: Tensor) -> Tensor:
  most = torch.reshape(torch.max(torch.abs(w)), [1])
  return torch.where(torch.eq(most, 0), torch.ones_like(most), most)

# Codes of one group a row around their zeros, as codes around 128; some may lie beyond a byte.
def around_128(self, codes: Tensor, zeros: Tensor) -> Tensor:
  return torch.sub(torch.to(codes, 3), torch.to(zeros, 3)) + 128

def to_bytes(self, codes: Tensor) -> Tensor:
  return torch.to(codes, 0)

def equal(self, x: Tensor, y: Tensor) -> bool:
  return bool(torch.all(torch.eq(x, y)))
