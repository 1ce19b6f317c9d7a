# Every class in a list of its interface: libtorch checks a class against it there, and not when an
# archive is loaded.
class Conformance(Module):
  dense_linear : __torch__.linear.DenseLinear
  widened_linear : __torch__.linear.WidenedLinear
  prepacked_linear : __torch__.linear.PrepackedLinear
  int4_linear : __torch__.linear.Int4Linear
  int8_linear : __torch__.linear.Int8Linear
  grid_linear : __torch__.linear.GridLinear
  flat_grid_linear : __torch__.linear.FlatGridLinear
  codebook_linear : __torch__.linear.CodebookLinear
  float8_linear : __torch__.linear.Float8Linear
  block_float8_linear : __torch__.blocks.BlockFloat8Linear
  element_linear : __torch__.blocks.ElementLinear
  plain_scales : __torch__.linear.PlainScales
  nested_scales : __torch__.linear.NestedScales
  bilevel_linear : __torch__.outlier.BilevelLinear
  signs_linear : __torch__.outlier.SignsLinear
  ggml_linear : __torch__.ggml_linear.GgmlLinear
  plain_numbers : __torch__.outlier.PlainNumbers
  nested_numbers : __torch__.outlier.NestedNumbers
  q41_blocks : __torch__.ggml.Q41
  q51_blocks : __torch__.ggml.Q51
  q2k_blocks : __torch__.ggml.Q2K
  q3k_blocks : __torch__.ggml.Q3K
  q4k_blocks : __torch__.ggml.Q4K
  q5k_blocks : __torch__.ggml.Q5K
  q6k_blocks : __torch__.ggml.Q6K
  q8k_blocks : __torch__.ggml.Q8K
  iq4_nl_blocks : __torch__.ggml.Iq4Nl
  iq4_xs_blocks : __torch__.ggml.Iq4Xs
  tq1_blocks : __torch__.ggml.Tq1
  tq2_blocks : __torch__.ggml.Tq2
  mxfp4_blocks : __torch__.ggml.Mxfp4
  nvfp4_blocks : __torch__.ggml.Nvfp4
  power_scales : __torch__.blocks.PowerScales
  divided_scales : __torch__.blocks.DividedScales
  shifted_linear : __torch__.linear.ShiftedLinear
  biased_linear : __torch__.linear.BiasedLinear
  reordered_linear : __torch__.linear.ReorderedLinear
  joined_linear : __torch__.linear.JoinedLinear
  added_linear : __torch__.linear.AddedLinear
  low_rank_linear : __torch__.linear.LowRankLinear
  narrowed_linear : __torch__.linear.NarrowedLinear
  scaled_linear : __torch__.linear.ScaledLinear
  capped_linear : __torch__.linear.CappedLinear
  treated_linear : __torch__.linear.TreatedLinear
  observed_linear : __torch__.calibration.ObservedLinear
  plain_input : __torch__.input.PlainInput
  microscaled_input : __torch__.block_input.MicroscaledInput
  nvfp4_input : __torch__.block_input.Nvfp4Input
  symmetric_input : __torch__.input.SymmetricInput
  asymmetric_input : __torch__.input.AsymmetricInput
  clipped_input : __torch__.input.ClippedInput
  static_input : __torch__.input.StaticInput
  rotated_input : __torch__.input.RotatedInput
  split_input : __torch__.input.SplitInput
  grouped_input : __torch__.input.GroupedInput
  joint_input : __torch__.input.JointInput
  compressed_tensors_input : __torch__.integer_input.CompressedTensorsInput
  torchao_input : __torch__.integer_input.TorchaoInput
  qserve_input : __torch__.integer_input.QserveInput
  bitnet_input : __torch__.integer_input.BitnetInput
  zeroquant_input : __torch__.integer_input.ZeroquantInput
  outlier_input : __torch__.integer_input.OutlierInput
  float_input : __torch__.float_input.FloatInput
  static_float_input : __torch__.float_input.StaticFloatInput
  no_norm : __torch__.norm.NoNorm
  rms_norm : __torch__.norm.RmsNorm
  plain_rms_norm : __torch__.norm.PlainRmsNorm
  offset_rms_norm : __torch__.norm.OffsetRmsNorm
  layer_norm : __torch__.norm.LayerNorm
  projected_norm : __torch__.norm.ProjectedNorm
  no_positions : __torch__.position.NoPositions
  rotary_positions : __torch__.position.RotaryPositions
  alibi_positions : __torch__.position.AlibiPositions
  relative_positions : __torch__.position.RelativePositions
  no_rotation : __torch__.position.NoRotation
  half_rotation : __torch__.position.HalfRotation
  neighbour_rotation : __torch__.position.NeighbourRotation
  normed_rotation : __torch__.position.NormedRotation
  plain_choice : __torch__.model.PlainChoice
  silu : __torch__.activation.Silu
  relu : __torch__.activation.Relu
  gelu : __torch__.activation.Gelu
  gelu_tanh : __torch__.activation.GeluTanh
  scaled_activation : __torch__.activation.ScaledActivation
  dense_cache_scheme : __torch__.cache.DenseCacheScheme
  rounded_cache_scheme : __torch__.cache.RoundedCacheScheme
  quarot_cache_scheme : __torch__.quarot_cache.QuarotCacheScheme
  float8_cache_scheme : __torch__.float8.Float8CacheScheme
  kivi_cache_scheme : __torch__.kivi.KiviCacheScheme
  static_cache_scheme : __torch__.static_cache.StaticCacheScheme
  kvquant_cache_scheme : __torch__.kvquant.KvQuantCacheScheme
  causal_scores : __torch__.attention.CausalScores
  masked_scores : __torch__.attention.MaskedScores
  capped_scores : __torch__.attention.CappedScores
  exit_place : __torch__.exits.ExitPlace
  plain_feed : __torch__.feed.PlainFeed
  gated_feed : __torch__.feed.GatedFeed
  experts_feed : __torch__.feed.ExpertsFeed
  observed_feed : __torch__.calibration.ObservedFeed
  pre_norm_layer : __torch__.layer.PreNormLayer
  post_norm_layer : __torch__.layer.PostNormLayer
  sandwich_layer : __torch__.layer.SandwichLayer
  parallel_layer : __torch__.layer.ParallelLayer
  parallel_norms_layer : __torch__.layer.ParallelNormsLayer
  cross_attention_layer : __torch__.layer.CrossAttentionLayer
  shortcut_layer : __torch__.layer.ShortcutLayer
  parallel_shortcut_layer : __torch__.layer.ParallelShortcutLayer
  parallel_norms_shortcut_layer : __torch__.layer.ParallelNormsShortcutLayer
  token_embedding : __torch__.embedding.TokenEmbedding
  grid_embedding : __torch__.table.GridEmbedding
  codebook_embedding : __torch__.table.CodebookEmbedding
  float8_embedding : __torch__.table.Float8Embedding
  element_embedding : __torch__.table.ElementEmbedding
  ggml_embedding : __torch__.ggml_linear.GgmlEmbedding
  scaled_embedding : __torch__.embedding.ScaledEmbedding
  projected_embedding : __torch__.embedding.ProjectedEmbedding
  positioned_embedding : __torch__.embedding.PositionedEmbedding
  typed_embedding : __torch__.embedding.TypedEmbedding
  normed_embedding : __torch__.embedding.NormedEmbedding
  filling_head : __torch__.model.FillingHead
  classifying_head : __torch__.model.ClassifyingHead
  def count(self) -> int:
    n = 0
    linears = annotate(List[__torch__.linear.Linear], [])
    linears = torch.append(linears, self.dense_linear)
    linears = torch.append(linears, self.widened_linear)
    linears = torch.append(linears, self.prepacked_linear)
    linears = torch.append(linears, self.int4_linear)
    linears = torch.append(linears, self.int8_linear)
    linears = torch.append(linears, self.grid_linear)
    linears = torch.append(linears, self.flat_grid_linear)
    linears = torch.append(linears, self.codebook_linear)
    linears = torch.append(linears, self.bilevel_linear)
    linears = torch.append(linears, self.signs_linear)
    linears = torch.append(linears, self.ggml_linear)
    linears = torch.append(linears, self.float8_linear)
    linears = torch.append(linears, self.block_float8_linear)
    linears = torch.append(linears, self.element_linear)
    linears = torch.append(linears, self.shifted_linear)
    linears = torch.append(linears, self.biased_linear)
    linears = torch.append(linears, self.reordered_linear)
    linears = torch.append(linears, self.joined_linear)
    linears = torch.append(linears, self.added_linear)
    linears = torch.append(linears, self.low_rank_linear)
    linears = torch.append(linears, self.narrowed_linear)
    linears = torch.append(linears, self.scaled_linear)
    linears = torch.append(linears, self.capped_linear)
    linears = torch.append(linears, self.treated_linear)
    linears = torch.append(linears, self.observed_linear)
    n = n + len(linears)
    inputs = annotate(List[__torch__.input.Input], [])
    inputs = torch.append(inputs, self.plain_input)
    inputs = torch.append(inputs, self.symmetric_input)
    inputs = torch.append(inputs, self.asymmetric_input)
    inputs = torch.append(inputs, self.clipped_input)
    inputs = torch.append(inputs, self.static_input)
    inputs = torch.append(inputs, self.rotated_input)
    inputs = torch.append(inputs, self.split_input)
    inputs = torch.append(inputs, self.grouped_input)
    inputs = torch.append(inputs, self.joint_input)
    inputs = torch.append(inputs, self.compressed_tensors_input)
    inputs = torch.append(inputs, self.torchao_input)
    inputs = torch.append(inputs, self.qserve_input)
    inputs = torch.append(inputs, self.bitnet_input)
    inputs = torch.append(inputs, self.zeroquant_input)
    inputs = torch.append(inputs, self.outlier_input)
    inputs = torch.append(inputs, self.float_input)
    inputs = torch.append(inputs, self.static_float_input)
    inputs = torch.append(inputs, self.microscaled_input)
    inputs = torch.append(inputs, self.nvfp4_input)
    n = n + len(inputs)
    norms = annotate(List[__torch__.norm.Norm], [])
    norms = torch.append(norms, self.no_norm)
    norms = torch.append(norms, self.rms_norm)
    norms = torch.append(norms, self.plain_rms_norm)
    norms = torch.append(norms, self.offset_rms_norm)
    norms = torch.append(norms, self.layer_norm)
    norms = torch.append(norms, self.projected_norm)
    n = n + len(norms)
    positionss = annotate(List[__torch__.position.Positions], [])
    positionss = torch.append(positionss, self.no_positions)
    positionss = torch.append(positionss, self.rotary_positions)
    positionss = torch.append(positionss, self.alibi_positions)
    positionss = torch.append(positionss, self.relative_positions)
    n = n + len(positionss)
    rotations = annotate(List[__torch__.position.Rotation], [])
    rotations = torch.append(rotations, self.no_rotation)
    rotations = torch.append(rotations, self.half_rotation)
    rotations = torch.append(rotations, self.neighbour_rotation)
    rotations = torch.append(rotations, self.normed_rotation)
    n = n + len(rotations)
    choices = annotate(List[__torch__.model.Choice], [])
    choices = torch.append(choices, self.plain_choice)
    n = n + len(choices)
    activations = annotate(List[__torch__.activation.Activation], [])
    activations = torch.append(activations, self.silu)
    activations = torch.append(activations, self.relu)
    activations = torch.append(activations, self.gelu)
    activations = torch.append(activations, self.gelu_tanh)
    activations = torch.append(activations, self.scaled_activation)
    n = n + len(activations)
    cacheschemes = annotate(List[__torch__.cache.CacheScheme], [])
    cacheschemes = torch.append(cacheschemes, self.dense_cache_scheme)
    cacheschemes = torch.append(cacheschemes, self.rounded_cache_scheme)
    cacheschemes = torch.append(cacheschemes, self.quarot_cache_scheme)
    cacheschemes = torch.append(cacheschemes, self.float8_cache_scheme)
    cacheschemes = torch.append(cacheschemes, self.kivi_cache_scheme)
    cacheschemes = torch.append(cacheschemes, self.static_cache_scheme)
    cacheschemes = torch.append(cacheschemes, self.kvquant_cache_scheme)
    n = n + len(cacheschemes)
    scoress = annotate(List[__torch__.attention.Scores], [])
    scoress = torch.append(scoress, self.causal_scores)
    scoress = torch.append(scoress, self.masked_scores)
    scoress = torch.append(scoress, self.capped_scores)
    n = n + len(scoress)
    places = annotate(List[__torch__.exits.Place], [])
    places = torch.append(places, self.exit_place)
    n = n + len(places)
    feeds = annotate(List[__torch__.feed.Feed], [])
    feeds = torch.append(feeds, self.plain_feed)
    feeds = torch.append(feeds, self.gated_feed)
    feeds = torch.append(feeds, self.experts_feed)
    feeds = torch.append(feeds, self.observed_feed)
    n = n + len(feeds)
    layers = annotate(List[__torch__.layer.Layer], [])
    layers = torch.append(layers, self.pre_norm_layer)
    layers = torch.append(layers, self.post_norm_layer)
    layers = torch.append(layers, self.sandwich_layer)
    layers = torch.append(layers, self.parallel_layer)
    layers = torch.append(layers, self.parallel_norms_layer)
    layers = torch.append(layers, self.cross_attention_layer)
    layers = torch.append(layers, self.shortcut_layer)
    layers = torch.append(layers, self.parallel_shortcut_layer)
    layers = torch.append(layers, self.parallel_norms_shortcut_layer)
    n = n + len(layers)
    embeddings = annotate(List[__torch__.embedding.Embedding], [])
    embeddings = torch.append(embeddings, self.token_embedding)
    embeddings = torch.append(embeddings, self.grid_embedding)
    embeddings = torch.append(embeddings, self.codebook_embedding)
    embeddings = torch.append(embeddings, self.float8_embedding)
    embeddings = torch.append(embeddings, self.element_embedding)
    embeddings = torch.append(embeddings, self.ggml_embedding)
    embeddings = torch.append(embeddings, self.scaled_embedding)
    embeddings = torch.append(embeddings, self.projected_embedding)
    embeddings = torch.append(embeddings, self.positioned_embedding)
    embeddings = torch.append(embeddings, self.typed_embedding)
    embeddings = torch.append(embeddings, self.normed_embedding)
    n = n + len(embeddings)
    encoderheads = annotate(List[__torch__.model.EncoderHead], [])
    encoderheads = torch.append(encoderheads, self.filling_head)
    encoderheads = torch.append(encoderheads, self.classifying_head)
    n = n + len(encoderheads)
    blockses = annotate(List[__torch__.ggml.Blocks], [])
    blockses = torch.append(blockses, self.q41_blocks)
    blockses = torch.append(blockses, self.q51_blocks)
    blockses = torch.append(blockses, self.q2k_blocks)
    blockses = torch.append(blockses, self.q3k_blocks)
    blockses = torch.append(blockses, self.q4k_blocks)
    blockses = torch.append(blockses, self.q5k_blocks)
    blockses = torch.append(blockses, self.q6k_blocks)
    blockses = torch.append(blockses, self.q8k_blocks)
    blockses = torch.append(blockses, self.iq4_nl_blocks)
    blockses = torch.append(blockses, self.iq4_xs_blocks)
    blockses = torch.append(blockses, self.tq1_blocks)
    blockses = torch.append(blockses, self.tq2_blocks)
    blockses = torch.append(blockses, self.mxfp4_blocks)
    blockses = torch.append(blockses, self.nvfp4_blocks)
    n = n + len(blockses)
    numberses = annotate(List[__torch__.outlier.Numbers], [])
    numberses = torch.append(numberses, self.plain_numbers)
    numberses = torch.append(numberses, self.nested_numbers)
    n = n + len(numberses)
    scaleses = annotate(List[__torch__.linear.Scales], [])
    scaleses = torch.append(scaleses, self.plain_scales)
    scaleses = torch.append(scaleses, self.nested_scales)
    scaleses = torch.append(scaleses, self.power_scales)
    scaleses = torch.append(scaleses, self.divided_scales)
    n = n + len(scaleses)
    caches = annotate(List[__torch__.cache.Cache], [])
    caches = torch.append(caches, __torch__.cache.NoCache())
    none = torch.empty([0], device=torch.device("cpu"))
    caches = torch.append(caches, __torch__.cache.DenseCache(1, 1, 1, 1, none))
    caches = torch.append(caches, __torch__.cache.RoundingCache(8, 8))
    caches = torch.append(caches, __torch__.cache.RoundedCache(1, 1, 1, 1, 8, 8, none))
    caches = torch.append(caches, __torch__.quarot_cache.QuarotPass(8, 8, 1.0))
    caches = torch.append(caches, __torch__.quarot_cache.QuarotCache(1, 1, 1, 1, 8, 8, 1.0, none))
    caches = torch.append(caches, __torch__.float8.Float8Pass())
    caches = torch.append(caches, __torch__.float8.Float8Cache(1, 1, 1, 1, none))
    caches = torch.append(caches, __torch__.kivi.KiviPass(8, 8, 8, 8))
    caches = torch.append(caches, __torch__.kivi.KiviCache(1, 1, 1, 8, 8, 8, 8, 8, none))
    one = torch.ones([1, 1, 1], device=torch.device("cpu"))
    grids = __torch__.static_cache.Grids(one, one, one, one, 8, 8)
    caches = torch.append(caches, __torch__.static_cache.StaticPass(grids))
    caches = torch.append(caches, __torch__.static_cache.StaticCache(1, 1, 1, 1, grids, none))
    two = torch.zeros([2], device=torch.device("cpu"))
    rounding = __torch__.kvquant.Rounding(two, two, two, two, [1, 1], 0.0, 0, False)
    caches = torch.append(caches, __torch__.kvquant.KvQuantPass(rounding))
    caches = torch.append(caches, __torch__.kvquant.KvQuantCache(1, 1, 1, 8, rounding, none))
    caches = torch.append(caches, __torch__.calibration.RecordingCache(none))
    return n + len(caches)
