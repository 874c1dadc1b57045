// Package tune searches over the settings of a training: every combination of a grid, or settings drawn at random.
//
//	plan, err := tune.NewPlan(train.Default("moons"), tune.Space{
//		Grid:  []tune.Choices{{Name: "lr", Values: []string{"0.003", "0.01", "0.03"}}},
//		Seeds: 3,
//	}, set)
//	results, err := tune.Run(ctx, "runs/moons-tune", plan, tune.Options{})
//	fmt.Println(results.Best().Values)
//
// A setting is one choice of values. It is trained Seeds times, with the seeds Config.Seed, Config.Seed+1 and so on; each
// training is a trial.
//
// # The folder
//
//	tune.json     the plan: written first, and never changed
//	trial-0001    the folder of the first trial, as package train leaves it; trials 1 to Seeds are of the first setting
//	results.csv   the trials that are done, the best setting first; holds no times
//
// A trial that broke has a file failed.json with the reason in its folder. What is done is told by the trials' folders
// alone: results.csv is made from them again and again. So a search can be stopped and killed at any moment, goes on where
// it was, and may be worked on by many processes on machines that share the folder: see [Shard]. The results are the same
// bytes, whatever the division and the order, on processors of the same kind.
//
// # Ranking
//
// Settings are ranked by the mean over their seeds of what [Space].Rank names: the validation loss, or the validation
// score (accuracy, or R2 in regression), of the weights that a trial keeps, which are those of the last epoch, or of the
// best with patience. Of a text, the loss is in nats a character, so that tokenizers can be compared; of characters as tokens
// that is the loss of a token. Of equal settings the earlier comes first. A setting has a rank when all of its trials are finished.
// The test part plays no role: its score is looked at for the best setting alone, when the whole search is done.
package tune
