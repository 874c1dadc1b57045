package play

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"
)

// Times after which a connection that does nothing is closed, and for which the end waits for what is being sent.
const (
	patience = 10 * time.Second
	farewell = time.Second
)

// Serve hands the page out on this machine's loopback interface until ctx ends, which is no error. Port 0 takes a free
// one. ready gets the address.
func (s *Site) Serve(ctx context.Context, port int, ready func(address string)) error {
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return fmt.Errorf("port %d cannot be used: %w: name another one, or none for a free one", port, err)
	}
	server := &http.Server{
		Handler: s, ReadHeaderTimeout: patience, ReadTimeout: patience, IdleTimeout: patience, MaxHeaderBytes: 1 << 16,
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	ready("http://" + l.Addr().String() + "/")
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), farewell)
	defer cancel()
	if err := server.Shutdown(last); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return server.Close()
}
