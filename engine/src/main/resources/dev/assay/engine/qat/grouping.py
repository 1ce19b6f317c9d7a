# [rows, columns] -> [rows, groups, size], the last group of a row filled up with zeros; size 0: a row.
def grouped(x: Tensor, size: int) -> Tensor:
  rows = x.size(0)
  columns = x.size(1)
  if size == 0:
    return torch.reshape(x, [rows, 1, columns])
  missing = (size - columns % size) % size
  if missing > 0:
    x = torch.constant_pad_nd(x, [0, missing], 0.)
  return torch.reshape(x, [rows, -1, size])

# Back, without what filled up the last group.
def by_row(x: Tensor, columns: int) -> Tensor:
  return torch.contiguous(torch.narrow(torch.flatten(x, 1), 1, 0, columns))

# Mean magnitudes of groups of rows of so many columns, [rows, groups, 1]: what fills up the last one does not count.
def magnitudes(grouped: Tensor, columns: int) -> Tensor:
  ones = torch.ones([1, columns], dtype=grouped.dtype, device=grouped.device)
  counts = torch.sum(__torch__.grouping.grouped(ones, grouped.size(2)), [2], True)
  return torch.sum(torch.abs(torch.detach(grouped)), [2], True) / counts

# What groups have one of each, or all one of: [rows, groups, 1] or [1, 1, 1].
def steps(x: Tensor, grouped: Tensor) -> Tensor:
  if torch.numel(x) == 1:
    return torch.reshape(x, [1, 1, 1])
  return torch.reshape(x, [grouped.size(0), -1, 1])

# What is stored of groups: codes [rows, groups, size] counted from 0 on, and what [rows, groups, 1] can
# be expanded to.
def stored(codes: Tensor, scales: Tensor, zeros: Tensor, columns: int) -> List[Tensor]:
  groups = [codes.size(0), codes.size(1), 1]
  return [torch.to(__torch__.grouping.by_row(codes, columns), 0), torch.contiguous(torch.squeeze(torch.expand(scales, groups), 2)), torch.contiguous(torch.squeeze(torch.expand(zeros, groups), 2))]
