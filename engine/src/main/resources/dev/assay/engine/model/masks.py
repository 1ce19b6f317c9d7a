# What is added to the scores of padded positions, [batch, 1, 1, tokens]; mask is 0 there.
def padding(self, mask: Tensor) -> Tensor:
  zeros = torch.zeros([mask.size(0), 1, 1, mask.size(1)], dtype=6)
  return torch.masked_fill(zeros, torch.eq(torch.reshape(mask, [mask.size(0), 1, 1, mask.size(1)]), 0), -float("inf"))

def with_padding(self, bias: Tensor, mask: Tensor) -> Tensor:
  return torch.contiguous(bias + self.padding(mask))
