# A layer alone, without a past: the input of each group, then the layer's output.
def taps(self, x: Tensor, ws: List[Tensor], forms: List[int], dims: List[int], nums: List[float], limits: List[int], cos: Tensor, sin: Tensor, window: int, extra: List[Tensor]) -> List[Tensor]:
  none = torch.empty([0], dtype=6)
  seen = annotate(List[Tensor], [])
  out = self.layer(x, ws, 0, forms, 0, dims, nums, limits, none, none, 0, cos, sin, window, extra, seen, True)
  torch.append(seen, out)
  return seen

def attention_alone(self, y: Tensor, ws: List[Tensor], forms: List[int], dims: List[int], nums: List[float], limits: List[int], cos: Tensor, sin: Tensor, window: int, extra: List[Tensor]) -> Tensor:
  none = torch.empty([0], dtype=6)
  seen = annotate(List[Tensor], [])
  return self.attention(y, ws, 0, forms, 0, dims, nums, limits, none, none, 0, cos, sin, window, extra, seen, False)

def feed_alone(self, y: Tensor, ws: List[Tensor], forms: List[int], dims: List[int], limits: List[int]) -> Tensor:
  seen = annotate(List[Tensor], [])
  return self.feed(y, ws, 0, forms, 0, dims, limits, seen, False)

def sum(self, a: Tensor, b: Tensor) -> Tensor:
  return a + b
