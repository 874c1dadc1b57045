// Package train runs a training from a configuration and leaves a folder: weights with their recipe, the configuration,
// the metrics of every epoch and a picture of the losses.
//
//	c := train.Default()
//	c.Data, c.Model = "moons", "mlp:16,16"
//	run, err := train.Run(ctx, c, train.Options{Out: "runs/moons"})
//	fmt.Println(run.Test.Accuracy)
//
// A text is learned the same way, by a model that then goes on with a prompt: see [OpenText]. What stands in the place of
// an epoch is then a round of so many steps.
//
// A run is decided by its [Config] alone: the same configuration, version and kind of processor give the same bits.
package train
