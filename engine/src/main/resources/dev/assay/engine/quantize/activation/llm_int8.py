# Codes of a weight in float16, uint8 around 128, scales and zeros [rows, 1], as
# int8_vectorwise_quant of bitsandbytes: multiplied by 127 over the greatest magnitude of the row.
def quantize(self, w: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
  half = torch.to(torch.to(w, 5), 6)
  greatest = torch.amax(torch.abs(half), [1], True)
  codes = torch.round(half * (127.0 / torch.clamp_min(greatest, 1e-30)))
  return (torch.to(codes + 128.0, 0), greatest / 127.0, torch.full_like(greatest, 128.0))

def columns(self, w: Tensor, columns: Tensor) -> Tensor:
  return torch.index_select(w, 1, columns)

# Values with some columns in place of theirs.
def beside(self, values: Tensor, columns: Tensor, others: Tensor) -> Tensor:
  return torch.index_copy(values, 1, torch.to(columns, 4), torch.to(others, 6))
