# Weights of which those with the largest scores run, the share of them in kept; scores are learned as if each
# weight ran (a straight-through estimate). scores: [out, in]; kept: one number.
class MovementLinear(Module):
  weight : Tensor
  scores : Tensor
  kept : Tensor
  def forward(self, x: Tensor) -> Tensor:
    mask = __torch__.movement.mask(torch.detach(self.scores), float(self.kept))
    return torch.linear(x, self.weight * (mask + self.scores - torch.detach(self.scores)))
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.weight = tensors[name + ".weight"]
    self.scores = tensors[name + ".scores"]
    self.kept = tensors[name + ".kept"]

# 1 where one of the largest scores is, 0 elsewhere.
def mask(scores: Tensor, kept: float) -> Tensor:
  flat = torch.reshape(scores, [-1])
  count = int(kept * torch.numel(flat))
  values, places, = torch.topk(flat, count)
  mask = torch.zeros_like(flat)
  return torch.reshape(torch.index_fill(mask, 0, places, 1.), scores.shape)
