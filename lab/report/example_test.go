package report_test

import (
	"context"
	"fmt"

	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/lab/report"
)

func ExampleNew() {
	s := lab.DefaultStudy()
	s.Cases, s.Seeds, s.Setup.Steps = s.Cases[:1], 1, 10
	findings, err := s.Run(context.Background(), 1, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.New(findings).Answer[0])
	// Output:
	// Not learning after 10 steps, where guessing has a loss of 0.693: zeros (no gradient reaches any hidden layer, neither at the start nor in the end).
}
