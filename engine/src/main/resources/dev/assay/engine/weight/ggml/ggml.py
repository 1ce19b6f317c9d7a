# Rows of blocks in a type of ggml, uint8 [rows, bytes]: their values, float32 [rows, columns]. Each
# operation is one of the reference's, in its order, so that the values are the same to the last bit.
class Blocks(ModuleInterface):
  def values(self, rows: Tensor) -> Tensor:
    pass

# Blocks of 32: d, m, codes of 4 bits. d * q + m.
class Q41(Module):
  def values(self, rows: Tensor) -> Tensor:
    b = torch.reshape(rows, [-1, 20])
    codes = torch.to(__torch__.ggml.nibbles(b[:, 4:20]), 6)
    values = torch.mul_(codes, __torch__.ggml.half(b, 0))
    return torch.reshape(torch.add_(values, __torch__.ggml.half(b, 2)), [rows.size(0), -1])

# Blocks of 32: d, m, the fifth bits, codes of 4 bits. d * q + m.
class Q51(Module):
  def values(self, rows: Tensor) -> Tensor:
    b = torch.reshape(rows, [-1, 24])
    places = torch.arange(8, dtype=0, device=rows.device)
    bits = torch.bitwise_and(torch.bitwise_right_shift(torch.unsqueeze(b[:, 4:8], -1), places), 1)
    fifth = torch.bitwise_left_shift(torch.reshape(bits, [-1, 32]), 4)
    codes = torch.to(torch.bitwise_or(__torch__.ggml.nibbles(b[:, 8:24]), fifth), 6)
    values = torch.mul_(codes, __torch__.ggml.half(b, 0))
    return torch.reshape(torch.add_(values, __torch__.ggml.half(b, 2)), [rows.size(0), -1])

# Super-blocks of 256 in runs of 16: scales and minima of 4 bits, codes of 2, d, dmin.
class Q2K(Module):
  def values(self, rows: Tensor) -> Tensor:
    b = torch.reshape(rows, [-1, 84])
    pairs = b[:, 0:16]
    d = __torch__.ggml.half(b, 80) * torch.to(torch.bitwise_and(pairs, 15), 6)
    m = __torch__.ggml.half(b, 82) * torch.to(torch.bitwise_right_shift(pairs, 4), 6)
    codes = torch.to(torch.reshape(__torch__.ggml.pairs(b[:, 16:80]), [-1, 16, 16]), 6)
    return torch.reshape(__torch__.ggml.affine(codes, torch.unsqueeze(d, 2), torch.unsqueeze(m, 2)), [rows.size(0), -1])

# Super-blocks of 256 in runs of 16: third bits, codes of 2 bits, scales of 6, d.
class Q3K(Module):
  def values(self, rows: Tensor) -> Tensor:
    b = torch.reshape(rows, [-1, 110])
    low = __torch__.ggml.nibbles(b[:, 96:104])
    shifts = torch.reshape(torch.arange(0, 8, 2, dtype=0, device=rows.device), [4, 1])
    high = torch.bitwise_and(torch.bitwise_right_shift(torch.unsqueeze(b[:, 104:108], 1), shifts), 3)
    scales = torch.bitwise_or(low, torch.bitwise_left_shift(torch.reshape(high, [-1, 16]), 4))
    d = __torch__.ggml.half(b, 108) * (torch.to(scales, 6) - 32.0)
    third = torch.bitwise_left_shift(__torch__.ggml.planes(b[:, 0:32]), 2)
    codes = torch.bitwise_or(__torch__.ggml.pairs(b[:, 32:96]), third)
    levels = torch.reshape(torch.sub_(torch.to(codes, 6), 4.0), [-1, 16, 16])
    return torch.reshape(torch.mul_(levels, torch.unsqueeze(d, 2)), [rows.size(0), -1])

# Super-blocks of 256 in runs of 32: d, dmin, scales and minima of 6 bits, codes of 4.
class Q4K(Module):
  def values(self, rows: Tensor) -> Tensor:
    b = torch.reshape(rows, [-1, 144])
    d = __torch__.ggml.half(b, 0) * __torch__.ggml.six_bit_scales(b[:, 4:16])
    m = __torch__.ggml.half(b, 2) * __torch__.ggml.six_bit_minima(b[:, 4:16])
    codes = torch.to(torch.reshape(__torch__.ggml.halves(b[:, 16:144]), [-1, 8, 32]), 6)
    return torch.reshape(__torch__.ggml.affine(codes, torch.unsqueeze(d, 2), torch.unsqueeze(m, 2)), [rows.size(0), -1])

# Super-blocks of 256 in runs of 32: d, dmin, scales and minima of 6 bits, fifth bits, codes of 4.
class Q5K(Module):
  def values(self, rows: Tensor) -> Tensor:
    b = torch.reshape(rows, [-1, 176])
    d = __torch__.ggml.half(b, 0) * __torch__.ggml.six_bit_scales(b[:, 4:16])
    m = __torch__.ggml.half(b, 2) * __torch__.ggml.six_bit_minima(b[:, 4:16])
    fifth = torch.bitwise_left_shift(__torch__.ggml.planes(b[:, 16:48]), 4)
    whole = torch.bitwise_or(__torch__.ggml.halves(b[:, 48:176]), fifth)
    codes = torch.to(torch.reshape(whole, [-1, 8, 32]), 6)
    return torch.reshape(__torch__.ggml.affine(codes, torch.unsqueeze(d, 2), torch.unsqueeze(m, 2)), [rows.size(0), -1])

# Super-blocks of 256 in runs of 16: low bits, pairs of high bits, signed scales, d.
class Q6K(Module):
  def values(self, rows: Tensor) -> Tensor:
    b = torch.reshape(rows, [-1, 210])
    d = __torch__.ggml.half(b, 208) * __torch__.ggml.signed(b[:, 192:208])
    wide = torch.reshape(b[:, 0:128], [-1, 2, 64])
    low = torch.cat([torch.bitwise_and(wide, 15), torch.bitwise_right_shift(wide, 4)], 2)
    high = torch.bitwise_left_shift(__torch__.ggml.pairs(b[:, 128:192]), 4)
    codes = torch.bitwise_or(torch.reshape(low, [-1, 256]), high)
    levels = torch.reshape(torch.sub_(torch.to(codes, 6), 32.0), [-1, 16, 16])
    return torch.reshape(torch.mul_(levels, torch.unsqueeze(d, 2)), [rows.size(0), -1])

# Super-blocks of 256: d in float32, signed codes, their sums.
class Q8K(Module):
  def values(self, rows: Tensor) -> Tensor:
    b = torch.reshape(rows, [-1, 292])
    d = torch.view_copy(torch.contiguous(b[:, 0:4]), dtype=6)
    return torch.reshape(torch.mul_(__torch__.ggml.signed(b[:, 4:260]), d), [rows.size(0), -1])

# Blocks of 32: d, codes of 4 bits into a table.
class Iq4Nl(Module):
  def values(self, rows: Tensor) -> Tensor:
    b = torch.reshape(rows, [-1, 18])
    levels = __torch__.ggml.close_about_zero(__torch__.ggml.nibbles(b[:, 2:18]))
    return torch.reshape(torch.mul_(levels, __torch__.ggml.half(b, 0)), [rows.size(0), -1])

# Super-blocks of 256 in runs of 32: d, pairs of high and low bits of scales, codes of 4 into a table.
class Iq4Xs(Module):
  def values(self, rows: Tensor) -> Tensor:
    b = torch.reshape(rows, [-1, 136])
    fours = torch.arange(0, 8, 4, dtype=0, device=rows.device)
    low = torch.bitwise_and(torch.bitwise_right_shift(torch.unsqueeze(b[:, 4:8], -1), fours), 15)
    twos = torch.arange(0, 8, 2, dtype=0, device=rows.device)
    high = torch.bitwise_and(torch.bitwise_right_shift(torch.unsqueeze(b[:, 2:4], -1), twos), 3)
    raised = torch.bitwise_left_shift(torch.reshape(high, [-1, 8]), 4)
    scales = torch.bitwise_or(torch.reshape(low, [-1, 8]), raised)
    d = __torch__.ggml.half(b, 0) * (torch.to(scales, 6) - 32.0)
    codes = __torch__.ggml.nibbles(torch.reshape(b[:, 8:136], [-1, 16]))
    levels = torch.reshape(__torch__.ggml.close_about_zero(codes), [-1, 8, 32])
    return torch.reshape(torch.mul_(levels, torch.unsqueeze(d, 2)), [rows.size(0), -1])

# Super-blocks of 256: five codes in base 3 a byte, as fractions of 256; four in the last four; d.
class Tq1(Module):
  def values(self, rows: Tensor) -> Tensor:
    b = torch.reshape(rows, [-1, 54])
    first = __torch__.ggml.base_three(b[:, 0:32], 5)
    second = __torch__.ggml.base_three(b[:, 32:48], 5)
    third = __torch__.ggml.base_three(b[:, 48:52], 4)
    codes = torch.to(torch.cat([first, second, third], 1), 6)
    return torch.reshape(torch.mul_(torch.sub_(codes, 1.0), __torch__.ggml.half(b, 52)), [rows.size(0), -1])

# Super-blocks of 256: codes of 2 bits, d.
class Tq2(Module):
  def values(self, rows: Tensor) -> Tensor:
    b = torch.reshape(rows, [-1, 66])
    codes = torch.to(__torch__.ggml.pairs(b[:, 0:64]), 6)
    return torch.reshape(torch.mul_(torch.sub_(codes, 1.0), __torch__.ggml.half(b, 64)), [rows.size(0), -1])

# Blocks of 32: the byte of a power of two, codes of E2M1.
class Mxfp4(Module):
  def values(self, rows: Tensor) -> Tensor:
    b = torch.reshape(rows, [-1, 17])
    e = torch.to(b[:, 0:1], 3)
    # Half of 2^(e - 127); the first two are below the normal numbers.
    small = torch.bitwise_left_shift(torch.full_like(e, 2097152), torch.clamp_max(e, 1))
    normal = torch.bitwise_left_shift(torch.clamp_min(e - 1, 0), 23)
    scale = torch.view_copy(torch.contiguous(torch.where(torch.gt(e, 1), normal, small)), dtype=6)
    twice = __torch__.ggml.twice_e2m1(__torch__.ggml.nibbles(b[:, 1:17]))
    return torch.reshape(torch.mul_(twice, scale), [rows.size(0), -1])

# Blocks of 64 in runs of 16: scales of 4 bits of exponent and 3 of mantissa, codes of E2M1.
class Nvfp4(Module):
  def values(self, rows: Tensor) -> Tensor:
    b = torch.reshape(rows, [-1, 36])
    bytes = torch.to(b[:, 0:4], 3)
    e = torch.bitwise_and(torch.bitwise_right_shift(bytes, 3), 15)
    mantissa = torch.bitwise_and(bytes, 7)
    bits = torch.bitwise_or(torch.bitwise_left_shift(e + 120, 23), torch.bitwise_left_shift(mantissa, 20))
    normal = torch.view_copy(torch.contiguous(bits), dtype=6)
    scale = torch.where(torch.gt(e, 0), normal, torch.to(mantissa, 6) * 0.001953125) * 0.5
    codes = __torch__.ggml.nibbles(torch.reshape(b[:, 4:36], [-1, 8]))
    twice = torch.reshape(__torch__.ggml.twice_e2m1(codes), [-1, 4, 16])
    return torch.reshape(torch.mul_(twice, torch.unsqueeze(scale, 2)), [rows.size(0), -1])

# codes * d - m, in the place of the codes.
def affine(codes: Tensor, d: Tensor, m: Tensor) -> Tensor:
  return torch.sub_(torch.mul_(codes, d), m)

# The float16 at a place of each block, float32 [blocks, 1].
def half(b: Tensor, at: int) -> Tensor:
  return torch.to(torch.view_copy(torch.contiguous(torch.narrow(b, 1, at, 2)), dtype=5), 6)

# Signed bytes.
def signed(b: Tensor) -> Tensor:
  return torch.to(torch.view_copy(torch.contiguous(b), dtype=1), 6)

# Low halves of all bytes, then high ones.
def nibbles(b: Tensor) -> Tensor:
  return torch.cat([torch.bitwise_and(b, 15), torch.bitwise_right_shift(b, 4)], 1)

# The same of each 32 bytes: [blocks, 256].
def halves(b: Tensor) -> Tensor:
  bytes = torch.reshape(b, [-1, 4, 32])
  codes = torch.stack([torch.bitwise_and(bytes, 15), torch.bitwise_right_shift(bytes, 4)], 2)
  return torch.reshape(codes, [-1, 256])

# Codes of 2 bits: of each 32 bytes the lowest of all, then the next: [blocks, 256].
def pairs(b: Tensor) -> Tensor:
  shifts = torch.reshape(torch.arange(0, 8, 2, dtype=0, device=b.device), [4, 1])
  bytes = torch.reshape(b, [-1, 2, 1, 32])
  return torch.reshape(torch.bitwise_and(torch.bitwise_right_shift(bytes, shifts), 3), [-1, 256])

# Single bits: the lowest of 32 bytes, then the next: [blocks, 256].
def planes(b: Tensor) -> Tensor:
  shifts = torch.reshape(torch.arange(8, dtype=0, device=b.device), [8, 1])
  bytes = torch.reshape(b, [-1, 1, 32])
  return torch.reshape(torch.bitwise_and(torch.bitwise_right_shift(bytes, shifts), 1), [-1, 256])

# Of 12 bytes: four scales in the low bits of bytes, four put together from two, [blocks, 8].
def six_bit_scales(b: Tensor) -> Tensor:
  high = torch.bitwise_left_shift(torch.bitwise_right_shift(b[:, 0:4], 6), 4)
  late = torch.bitwise_or(torch.bitwise_and(b[:, 8:12], 15), high)
  return torch.to(torch.cat([torch.bitwise_and(b[:, 0:4], 63), late], 1), 6)

def six_bit_minima(b: Tensor) -> Tensor:
  high = torch.bitwise_left_shift(torch.bitwise_right_shift(b[:, 4:8], 6), 4)
  late = torch.bitwise_or(torch.bitwise_right_shift(b[:, 8:12], 4), high)
  return torch.to(torch.cat([torch.bitwise_and(b[:, 4:8], 63), late], 1), 6)

# The first code of all bytes, then the second: [blocks, bytes * count].
def base_three(b: Tensor, count: int) -> Tensor:
  wide = torch.to(b, 3)
  codes = annotate(List[Tensor], [])
  power = 1
  for i in range(count):
    rest = torch.bitwise_and(wide * power, 255)
    codes = torch.append(codes, torch.bitwise_right_shift(rest * 3, 8))
    power = power * 3
  return torch.cat(codes, 1)

# The numbers that 4-bit codes of IQ4 stand for.
def close_about_zero(codes: Tensor) -> Tensor:
  table = torch.tensor([-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113], dtype=6, device=codes.device)
  return torch.reshape(torch.index_select(table, 0, torch.to(torch.reshape(codes, [-1]), 3)), codes.size())

# Twice the numbers that codes of E2M1 stand for; there is no -0.
def twice_e2m1(codes: Tensor) -> Tensor:
  table = torch.tensor([0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12], dtype=6, device=codes.device)
  return torch.reshape(torch.index_select(table, 0, torch.to(torch.reshape(codes, [-1]), 3)), codes.size())
