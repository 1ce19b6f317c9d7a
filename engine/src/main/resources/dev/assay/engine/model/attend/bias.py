# extra[0]: what is added to the scores, masks included, of a shape that [batch, heads, tokens, end]
# covers; nothing if empty.
def attend(self, q: Tensor, k: Tensor, v: Tensor, position: int, window: int, extra: List[Tensor], nums: List[float]) -> Tensor:
  if torch.numel(extra[0]) == 0:
    return self.merge(torch.scaled_dot_product_attention(q, k, v, None, 0.0, False, scale=nums[1]))
  return self.merge(torch.scaled_dot_product_attention(q, k, v, torch.to(extra[0], q.dtype), 0.0, False, scale=nums[1]))
