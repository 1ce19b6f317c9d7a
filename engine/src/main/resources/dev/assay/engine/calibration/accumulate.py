# Running statistics over the inputs of a linear layer, x [..., in].

def tokens(self, x: Tensor) -> Tensor:
  return torch.to(torch.reshape(x, [-1, torch.size(x, -1)]), 6)

# H becomes the mean over `after` sequences of 2 x transpose(x), of which it held `before`.
def add_hessian(self, hessian: Tensor, x: Tensor, before: int, after: int) -> Tensor:
  torch.mul_(hessian, before / after)
  scaled = torch.mul(self.tokens(x), torch.sqrt(2. / after))
  return torch.add_(hessian, torch.matmul(torch.t(scaled), scaled))

def add_squares(self, mean: Tensor, x: Tensor, before: int, after: int) -> Tensor:
  torch.mul_(mean, before / after)
  return torch.add_(mean, torch.div(torch.sum(torch.square(self.tokens(x)), [0]), after))

# Sums are held in float64.
def add_absolute(self, total: Tensor, x: Tensor) -> Tensor:
  return torch.add_(total, torch.sum(torch.abs(self.tokens(x)), [0], dtype=7))

def add_sum(self, total: Tensor, x: Tensor) -> Tensor:
  return torch.add_(total, torch.sum(self.tokens(x), [0], dtype=7))

# FLAP's variances of the features about their running means, and those means, sequence by sequence;
# of which `before` went in already.
def add_fluctuations(self, variances: Tensor, means: Tensor, x: Tensor, before: int) -> Tensor:
  sequences = torch.reshape(x, [-1, x.size(-2), x.size(-1)])
  for i in range(torch.size(sequences, 0)):
    t = before + i
    sequence = torch.to(sequences[i], 6)
    torch.add_(torch.mul_(means, t / (t + 1)), torch.div(torch.mean(sequence, [0]), t + 1))
    if t > 0:
      about = torch.sum(torch.square(sequence - means), [0])
      torch.add_(torch.mul_(variances, (t - 1) / t), torch.div(about, t + 1))
  return variances

def mean(self, total: Tensor, tokens: int) -> Tensor:
  return torch.to(torch.div(total, tokens), 6)

def raise_to_absolute(self, greatest: Tensor, x: Tensor) -> Tensor:
  return torch.copy_(greatest, torch.maximum(greatest, torch.amax(torch.abs(self.tokens(x)), [0])))

# The greatest mean magnitude in a sequence.
def raise_to_mean(self, greatest: Tensor, x: Tensor) -> Tensor:
  return torch.copy_(greatest, torch.maximum(greatest, torch.mean(torch.abs(self.tokens(x)), [0])))

# Transpose(x) x of one of n sequences, over n; those before count less by n / (n + 1).
def add_fading(self, moments: Tensor, x: Tensor, n: int) -> Tensor:
  torch.mul_(moments, n / (n + 1))
  tokens = self.tokens(x)
  return torch.add_(moments, torch.div(torch.matmul(torch.t(tokens), tokens), n))

# The tokens whose running number, of which the first of x has `before`, is a multiple of step.
def every(self, x: Tensor, before: int, step: int) -> Tensor:
  first = (step - before % step) % step
  return torch.clone(self.tokens(x)[first::step])

def all_zero(self, x: Tensor) -> bool:
  return not bool(torch.any(torch.ne(x, 0)))

# Least and greatest value of each sequence, [sequences, 2]; of all where x has no axis for sequences.
def ranges(self, x: Tensor) -> Tensor:
  rows = torch.to(torch.reshape(x, [-1, x.size(-2) * x.size(-1)]), 6)
  return torch.stack([torch.amin(rows, [1]), torch.amax(rows, [1])], 1)
