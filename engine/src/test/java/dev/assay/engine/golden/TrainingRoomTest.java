package dev.assay.engine.golden;

import dev.assay.engine.fixture.GoldenRoomTest;
import dev.assay.engine.train.AccumulationCheck;
import dev.assay.engine.train.ClippingCheck;
import dev.assay.engine.train.DecayCheck;
import dev.assay.engine.train.LoraRunCheck;
import dev.assay.engine.train.OptimizerCheck;
import dev.assay.engine.train.PackedCheck;
import dev.assay.engine.train.ScheduleCheck;
import dev.assay.engine.train.TeacherCheck;
import dev.assay.engine.train.TrainingFlopsCheck;
import dev.assay.engine.train.TrainingRunCheck;
import java.util.Map;

/** Optimizers, schedules and whole runs of training. */
class TrainingRoomTest extends GoldenRoomTest {
  TrainingRoomTest() {
    super(
        "training",
        Map.ofEntries(
            Map.entry("adamw", new OptimizerCheck()),
            Map.entry("adam", new OptimizerCheck()),
            Map.entry("sgd", new OptimizerCheck()),
            Map.entry("lion", new OptimizerCheck()),
            Map.entry("adafactor", new OptimizerCheck()),
            Map.entry("lr_schedule", new ScheduleCheck()),
            Map.entry("clip_grad_norm", new ClippingCheck()),
            Map.entry("weight_decay_groups", new DecayCheck()),
            Map.entry("gradient_accumulation", new AccumulationCheck()),
            Map.entry("training_run", new TrainingRunCheck()),
            Map.entry("training_run_kd", new TrainingRunCheck()),
            Map.entry("training_run_lora", new LoraRunCheck()),
            Map.entry("training_run_masked", new TrainingRunCheck()),
            Map.entry("training_run_partial", new TrainingRunCheck()),
            Map.entry("forward", new TeacherCheck()),
            Map.entry("packed_sequences", new PackedCheck()),
            Map.entry("training_flops", new TrainingFlopsCheck())));
  }
}
