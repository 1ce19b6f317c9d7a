# How far a layer, or several, turn hidden states: [1, tokens, hidden] each.

def cosine(self, a: Tensor, b: Tensor) -> Tensor:
  x = torch.to(a, 7)
  y = torch.to(b, 7)
  both = torch.linalg_vector_norm(x, 2, [-1]) * torch.linalg_vector_norm(y, 2, [-1])
  # What is 0 turns neither way, as the published code has it.
  return torch.nan_to_num(torch.clamp(torch.sum(x * y, [-1]) / both, -1., 1.), 0.5)

# Summed over tokens.
def turned(self, a: Tensor, b: Tensor) -> float:
  return float(torch.sum(torch.rsub(self.cosine(a, b), 1.)))

# Of half a turn, averaged over tokens.
def angle(self, a: Tensor, b: Tensor) -> float:
  return float(torch.mean(torch.arccos(self.cosine(a, b)))) / 3.141592653589793

def last_token(self, x: Tensor) -> Tensor:
  return torch.clone(x[:, -1:])

# In place: from a state to what was added to it.
def become_change(self, before: Tensor, after: Tensor):
  torch.copy_(before, after - before)

# Of inputs x [sequences, tokens, in] and what is wanted besides, [sequences, tokens, out].
def add_moments(self, moments: Tensor, both: Tensor, x: Tensor, more: Tensor):
  inputs = torch.to(torch.reshape(x, [-1, x.size(-1)]), 7)
  wanted = torch.to(torch.reshape(more, [-1, more.size(-1)]), 7)
  torch.add_(moments, torch.matmul(torch.t(inputs), inputs))
  torch.add_(both, torch.matmul(torch.t(wanted), inputs))
