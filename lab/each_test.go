package lab_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/heft-ml/heft/lab"
)

func TestNoJobBeginsAfterOneHasFailed(t *testing.T) {
	t.Parallel()
	begun := 0
	full := errors.New("the disk is full")
	err := lab.Each(context.Background(), 100, 1, func(int) error { begun++; return full }, nil)
	assert.Equal(t, full, err)
	assert.LessOrEqual(t, begun, 2, "one may be on its way")
}

func TestTheErrorIsThatOfTheFirstJobThatHasOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		err := lab.Each(context.Background(), 100, 4, func(k int) error {
			time.Sleep(time.Duration(100-k) * time.Second) // the later, the sooner
			return fmt.Errorf("job %d", k)
		}, nil)
		assert.EqualError(t, err, "job 0")
	})
}
