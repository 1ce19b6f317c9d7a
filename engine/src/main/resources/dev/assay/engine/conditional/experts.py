# What a router makes of tokens. logits: [tokens, experts].
def logits(self, x: Tensor, router: Tensor) -> Tensor:
  return torch.linear(torch.reshape(x, [-1, x.size(-1)]), router)

# The share that each expert has in a token, [tokens, experts]; 0 of those that it does not go
# through, some of which are not there to be chosen.
def shares(self, logits: Tensor, each: int, gone: List[int]) -> Tensor:
  left = torch.clone(logits)
  for e in gone:
    column = torch.fill_(torch.narrow(left, 1, e, 1), -float("inf"))
  top, chosen = torch.topk(torch.softmax(left, -1), each, -1)
  return torch.scatter(torch.zeros_like(left), 1, chosen, top / torch.sum(top, [-1], True))

# Frobenius norm of what changes where experts have other shares. outputs: of each expert, [1, tokens,
# hidden].
def change(self, outputs: List[Tensor], before: Tensor, after: Tensor) -> float:
  by = after - before
  sum = torch.zeros_like(outputs[0])
  for e in range(len(outputs)):
    sum = torch.add_(sum, outputs[e] * torch.reshape(torch.narrow(by, 1, e, 1), [1, -1, 1]))
  return float(torch.linalg_vector_norm(torch.to(sum, 7)))

# Tokens that choose each expert, its probabilities and its shares, summed over tokens: [3, experts].
def usage(self, logits: Tensor, each: int) -> Tensor:
  p = torch.softmax(logits, -1)
  top, chosen = torch.topk(p, each, -1)
  count = torch.sum(torch.scatter(torch.zeros_like(p), 1, chosen, 1.), [0])
  return torch.stack([torch.to(count, 7), torch.sum(torch.to(p, 7), [0]), torch.sum(torch.to(self.shares(logits, each, annotate(List[int], [])), 7), [0])], 0)

# Experts that tokens go through altogether where they skip some.
def taken(self, logits: Tensor, each: int, skip_below: float) -> int:
  top, chosen = torch.topk(torch.softmax(logits, -1), each, -1)
  return torch.numel(top) - int(torch.sum(torch.lt(top, torch.narrow(top, 1, 0, 1) * skip_below)))
