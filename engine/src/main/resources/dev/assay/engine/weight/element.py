# Numbers of few bits, and blocks of them under scales. Powers of two are made of their bits in
# float32, so that nothing is rounded.

# Floor of the binary logarithm of numbers from 0 up; -127 where they are below 2^-126.
def exponent(self, m: Tensor) -> Tensor:
  return torch.bitwise_right_shift(torch.view_copy(torch.contiguous(m), dtype=3), 23) - 127

# 2^e for e from -127 to 127.
def power(self, e: Tensor) -> Tensor:
  bits = torch.where(torch.gt(e, -127), torch.bitwise_left_shift(e + 127, 23), torch.full_like(e, 4194304))
  return torch.view_copy(torch.contiguous(bits), dtype=6)

# The nearest codes. least: exponent of the smallest step; limit: the greatest number; away: half-way
# goes away from 0, otherwise to the even code; twos: two's complement in place of a sign bit.
def encode(self, x: Tensor, mantissa: int, least: int, limit: float, away: bool, twos: bool) -> Tensor:
  size = torch.clamp_max(torch.abs(x), limit)
  e = torch.clamp_min(self.exponent(size), least)
  parts = size / self.power(e - mantissa)
  if away:
    parts = torch.floor(parts + 0.5)
  else:
    parts = torch.round(parts)
  codes = torch.bitwise_left_shift(e - least, mantissa) + torch.to(parts, 3)
  negative = torch.to(torch.signbit(x), 3)
  if twos:
    codes = torch.bitwise_and(codes * (1 - 2 * negative), 255)
  else:
    codes = codes + negative * self.sign(mantissa, least)
  return torch.to(codes, 0)

# The bit of the sign: least = 2 - 2^(exponent bits - 1).
def sign(self, mantissa: int, least: int) -> int:
  bits = 1
  while 2 - (1 << (bits - 1)) > least:
    bits = bits + 1
  return 1 << (bits + mantissa)

def decode(self, codes: Tensor, table: Tensor) -> Tensor:
  values = torch.index_select(table, 0, torch.reshape(torch.to(codes, 3), [-1]))
  return torch.reshape(values, codes.size())

# Rows cut into blocks, the last filled with zeros: [rows, blocks, size].
def blocks(self, w: Tensor, size: int) -> Tensor:
  missing = (size - w.size(1) % size) % size
  return torch.reshape(torch.constant_pad_nd(w, [0, missing], 0), [w.size(0), -1, size])

# Blocks under powers of two: codes [rows, columns] and scales [rows, blocks], uint8 both. rule: 0
# floor, 1 ceil, 2 floor after rounding to a mantissa of kept bits, 3 ceil of m / limit. p: exponent
# of the element's greatest power of two.
def microscale(self, w: Tensor, size: int, rule: int, kept: int, p: int, mantissa: int, least: int, limit: float, away: bool, twos: bool) -> Tuple[Tensor, Tensor]:
  parts = self.blocks(w, size)
  greatest = torch.amax(torch.abs(parts), [2], True)
  shared = torch.clamp(self.shared(greatest, rule, kept, p, limit), -127, 127)
  codes = self.encode(parts / self.power(shared), mantissa, least, limit, away, twos)
  codes = torch.reshape(codes, [w.size(0), -1])[:, :w.size(1)]
  return (torch.contiguous(codes), torch.to(torch.squeeze(shared + 127, 2), 0))

def shared(self, m: Tensor, rule: int, kept: int, p: int, limit: float) -> Tensor:
  if rule == 0:
    return self.exponent(m) - p
  if rule == 1:
    return self.ceiling(m) - p
  if rule == 2:
    bits = torch.view_copy(torch.contiguous(m), dtype=3) + (1 << (22 - kept))
    return torch.bitwise_right_shift(bits, 23) - 127 - p
  return self.ceiling(m / limit)

# Ceiling of the binary logarithm.
def ceiling(self, m: Tensor) -> Tensor:
  bits = torch.view_copy(torch.contiguous(m), dtype=3)
  above = torch.to(torch.gt(torch.bitwise_and(bits, 8388607), 0), 3)
  return torch.bitwise_right_shift(bits, 23) - 127 + above

# The values of blocks under powers of two.
def microscaled(self, codes: Tensor, scales: Tensor, table: Tensor, size: int) -> Tensor:
  return self.scaled(codes, self.power(torch.to(scales, 3) - 127), table, size)

# The values of blocks under scales, [rows, blocks].
def scaled(self, codes: Tensor, scales: Tensor, table: Tensor, size: int) -> Tensor:
  values = self.blocks(self.decode(codes, table), size) * torch.unsqueeze(scales, 2)
  return torch.contiguous(torch.reshape(values, [codes.size(0), -1])[:, :codes.size(1)])

# E2M1 in blocks under E4M3 scales under one of all: codes [rows, columns] uint8, scales [rows,
# blocks] in E4M3, and the number that scales are divided by. whole: the greatest magnitude; rule: 0
# as compressed-tensors, 1 as torchao with two levels, 2 as torchao with one.
def nvfp4(self, w: Tensor, size: int, whole: Tensor, rule: int) -> Tuple[Tensor, Tensor, Tensor]:
  parts = self.blocks(w, size)
  m = torch.amax(torch.abs(parts), [2], True)
  g = torch.ones_like(whole)
  if rule == 0:
    g = torch.where(torch.gt(whole, 0), torch.reciprocal(whole) * 2688.0, g)
    scales = self.e4m3(g * (m / 6.0), -448.0)
    scales = torch.where(torch.eq(scales, 0), torch.full_like(scales, 0.125), scales)
    x = parts / (scales / g)
  elif rule == 1:
    each = torch.where(torch.gt(whole, 0), whole / 2688.0, g)
    scales = self.e4m3((m / 6.0) / each, 0.015625)
    x = parts * (torch.reciprocal(each) / scales)
    g = torch.reciprocal(each)
  else:
    scales = self.e4m3(m / 6.0, 0.015625)
    x = parts * torch.reciprocal(scales)
  codes = torch.reshape(self.encode(x, 1, 0, 6.0, False, False), [w.size(0), -1])[:, :w.size(1)]
  return (torch.contiguous(codes), torch.to(torch.squeeze(scales, 2), 24), g)

# Rounded to E4M3, float32.
def e4m3(self, x: Tensor, least: float) -> Tensor:
  return torch.to(torch.to(torch.clamp(x, least, 448.0), 24), 6)

def nvfp4_values(self, codes: Tensor, scales: Tensor, g: Tensor, table: Tensor, size: int) -> Tensor:
  return self.scaled(codes, torch.to(scales, 6) / g, table, size)
