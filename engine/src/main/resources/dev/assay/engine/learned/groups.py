# [out, in] -> [out, groups, size]. The last group of a row is filled up with its last column, which
# changes neither its least nor its greatest value.
def grouped(self, w: Tensor, size: int) -> Tensor:
  rows = w.size(0)
  columns = w.size(1)
  missing = (size - columns % size) % size
  if missing > 0:
    w = torch.cat([w, torch.expand(w[:, columns - 1:], [rows, missing])], 1)
  return torch.contiguous(torch.reshape(w, [rows, -1, size]))

def least(self, grouped: Tensor, with_zero: bool) -> Tensor:
  least = torch.amin(grouped, [2], True)
  if with_zero:
    least = torch.clamp_max(least, 0.)
  return least

def greatest(self, grouped: Tensor, with_zero: bool) -> Tensor:
  greatest = torch.amax(grouped, [2], True)
  if with_zero:
    greatest = torch.clamp_min(greatest, 0.)
  return greatest

# [out, groups] -> [out, groups, 1].
def by_group(self, x: Tensor) -> Tensor:
  return torch.clone(torch.unsqueeze(x, 2))

def filled(self, like: Tensor, value: float) -> Tensor:
  return torch.full_like(like, value)

# 1 where a weight is not 0; a single 1 where none is.
def present(self, w: Tensor) -> Tensor:
  there = torch.ne(w, 0.)
  if bool(torch.all(there)):
    return torch.ones([1], dtype=6, device=w.device)
  return torch.to(there, 6)

# The number before AdaRound's stretched sigmoid with which the soft weight is the weight itself.
def alpha(self, w: Tensor, scale: Tensor) -> Tensor:
  share = torch.div(w, scale)
  rest = share - torch.floor(share)
  return torch.neg(torch.log(1.2 / (rest + 0.1) - 1.))

# Some sequences of several batches, [sequences, tokens, width].
def sequences(self, batches: List[Tensor], batch: List[int], row: List[int]) -> Tensor:
  return torch.stack([batches[batch[i]][row[i]] for i in range(len(batch))], 0)

# Some tokens of several inputs, [tokens, in]; tokens: int64, counted through all of them.
def tokens(self, inputs: List[Tensor], tokens: Tensor) -> Tensor:
  parts = annotate(List[Tensor], [])
  first = 0
  for x in inputs:
    flat = torch.reshape(x, [-1, x.size(-1)])
    own = torch.masked_select(tokens, torch.logical_and(torch.ge(tokens, first), torch.lt(tokens, first + flat.size(0))))
    parts = torch.append(parts, torch.index_select(flat, 0, own - first))
    first = first + flat.size(0)
  return torch.cat(parts, 0)

# The trace of d H transpose(d), in float64.
def output_error(self, weight: Tensor, other: Tensor, hessian: Tensor) -> float:
  d = torch.to(weight, 7) - torch.to(other, 7)
  return float(torch.sum(torch.matmul(d, torch.to(hessian, 7)) * d))
