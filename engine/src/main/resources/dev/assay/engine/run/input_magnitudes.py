# Of the input of a linear, x [..., in]: greatest and median magnitude of its values (of two in the
# middle the lower), then the channels of the greatest magnitudes, most first, with these.
def magnitudes(self, x: Tensor, channels: int) -> Tensor:
  rows = torch.abs(torch.to(torch.reshape(x, [-1, torch.size(x, -1)]), 6))
  each = torch.amax(rows, [0])
  most = min(channels, torch.size(each, 0))
  values, indices = torch.topk(each, most)
  median = torch.median(torch.reshape(rows, [-1]))
  head = torch.to(torch.stack([torch.amax(each), median]), 7)
  return torch.cat([head, torch.to(indices, 7), torch.to(values, 7)])
