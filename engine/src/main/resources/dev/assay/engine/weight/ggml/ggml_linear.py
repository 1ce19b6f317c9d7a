# All values of a weight in blocks, [rows, bytes]: float32 [rows, columns], some rows at a time.
class GgmlValues(Module):
  decoder : __torch__.ggml.Blocks
  def values(self, blocks: Tensor, columns: int, step: int) -> Tensor:
    rows = blocks.size(0)
    out = torch.zeros([rows, columns], dtype=6, device=blocks.device)
    for i in range((rows + step - 1) // step):
      count = min(step, rows - i * step)
      piece = self.decoder.values(torch.narrow(blocks, 0, i * step, count))
      torch.copy_(torch.narrow(out, 0, i * step, count), piece)
    return out

# Blocks as a GGUF file has them, uint8 [out, bytes], dequantised at each call, step rows at a time.
class GgmlLinear(Module):
  blocks : Tensor
  decoder : __torch__.ggml.Blocks
  step : int
  narrow_rows : int
  def forward(self, x: Tensor) -> Tensor:
    rows = self.blocks.size(0)
    products = annotate(List[Tensor], [])
    for i in range((rows + self.step - 1) // self.step):
      count = min(self.step, rows - i * self.step)
      values = self.decoder.values(torch.narrow(self.blocks, 0, i * self.step, count))
      product = __torch__.linear.dense(x, torch.to(values, x.dtype), self.narrow_rows)
      products = torch.append(products, product)
    return torch.cat(products, -1)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.blocks = tensors[name + ".blocks"]

# Rows of such blocks, those of the tokens dequantised.
class GgmlEmbedding(Module):
  blocks : Tensor
  decoder : __torch__.ggml.Blocks
  dtype : int
  def forward(self, ids: Tensor, token_types: Optional[Tensor], position: int) -> Tensor:
    rows = torch.index_select(self.blocks, 0, torch.flatten(ids))
    return torch.to(self.decoder.values(rows), self.dtype)
  def load(self, tensors: Dict[str, Tensor], name: str) -> NoneType:
    self.blocks = tensors[name + ".blocks"]
