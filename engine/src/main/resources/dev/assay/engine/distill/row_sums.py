# What is lost at the rows of logits that count, [batch, tokens, vocabulary], some rows at a time: the gradients of a few
# are found at once and kept in place of all that they come from, which so stays in the caches of a CPU.

# Rows that make about a quarter of a million logits, 64 times as many on a GPU.
def together(logits: Tensor) -> int:
  entries = 262144
  if logits.is_cuda:
    entries = 16777216
  rows = entries // logits.size(-1)
  if rows < 1:
    return 1
  return rows

def parts(logits: Tensor, rows: int) -> List[Tensor]:
  return torch.split(torch.reshape(logits, [-1, logits.size(-1)]), rows)

# which: bool [batch, tokens]; shares: [batch, tokens, teachers].
def of(loss: __torch__.row_loss.RowLoss, student: Tensor, teachers: List[Tensor], shares: Tensor, labels: Tensor, which: Tensor) -> Tensor:
  rows = __torch__.row_sums.together(student)
  own = __torch__.row_sums.parts(student, rows)
  others = [__torch__.row_sums.parts(torch.detach(teacher), rows) for teacher in teachers]
  weights = __torch__.row_sums.parts(shares, rows)
  wanted = torch.split(torch.reshape(labels, [-1]), rows)
  chosen = torch.split(torch.reshape(which, [-1]), rows)
  total = __torch__.chosen.nothing(student)
  for i in range(len(own)):
    places = __torch__.chosen.places(chosen[i])
    if torch.numel(places) > 0:
      its = __torch__.chosen.rows(own[i], places)
      theirs = [torch.index_select(other[i], 0, places) for other in others]
      share = torch.index_select(weights[i], 0, places)
      labels = torch.index_select(wanted[i], 0, places)
      total = total + __torch__.row_sums.found(loss, its, theirs, share, labels)
  return total

# Of tokens that no teacher has a share of.
def nobody(labels: Tensor) -> Tensor:
  return torch.zeros([labels.size(0), labels.size(1), 1], device=labels.device)

# With its gradient, which does not ask for what is between them again.
def found(loss: __torch__.row_loss.RowLoss, student: Tensor, teachers: List[Tensor], shares: Tensor, labels: Tensor) -> Tensor:
  if not student.requires_grad:
    return loss.of(student, teachers, shares, labels)
  leaf = torch.requires_grad_(torch.detach(student), True)
  lost = loss.of(leaf, teachers, shares, labels)
  gradient = torch.autograd.grad([lost], [leaf], None, None, False, False)[0]
  if gradient is None:
    return lost
  # Infinite logits have a gradient of 0, and a product with it is none.
  path = torch.sum(torch.masked_fill(student, torch.isinf(student), 0.) * gradient)
  return torch.detach(lost) + (path - torch.detach(path))
