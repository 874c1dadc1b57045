package acceptance_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/testmode"
)

// Exit codes, as cmd/heft has them, and what os/exec says of a process that a signal ended.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
	killed          = -1
)

// hang is when a command counts as one that will never end. With -full networks are trained on all there is, several at once.
func hang() time.Duration {
	if testmode.Full() {
		return 4 * time.Hour
	}
	return 20 * time.Minute
}

func TestMain(m *testing.M) {
	code := m.Run()
	os.RemoveAll(buildFolder)
	os.Exit(code)
}

// buildFolder holds the command, once it is built.
var buildFolder string

// built compiles the command once.
var built = sync.OnceValues(func() (path string, err error) {
	if buildFolder, err = os.MkdirTemp("", "heft-acceptance-"); err != nil {
		return "", err
	}
	path = filepath.Join(buildFolder, "heft")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	out, err := exec.Command("go", "build", "-o", path, "github.com/heft-ml/heft/cmd/heft").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, os.Chmod(buildFolder, 0o755) // other users may start it too
})

// executable returns the path of the command.
func executable(t *testing.T) string {
	t.Helper()
	if runtime.GOOS == "js" {
		t.Skip("js/wasm starts no processes")
	}
	path, err := built()
	require.NoError(t, err)
	return path
}

// shell is where commands are started: a folder, and what the environment has beside the test's.
type shell struct {
	dir string
	env []string
	as  []string // a program and its arguments, which starts the command as somebody else
}

// newShell stands in a folder of its own.
func newShell(t *testing.T) shell { return shell{dir: t.TempDir()} }

// path returns where a file of that name is.
func (s shell) path(name string) string { return filepath.Join(s.dir, name) }

// with adds to the environment.
func (s shell) with(env ...string) shell {
	s.env = append(s.env[:len(s.env):len(s.env)], env...)
	return s
}

// result is what came of a command.
type result struct {
	code      int
	out, errs string
	lines     []line // of errs
}

// line is one line of stderr, and how long after the start it came.
type line struct {
	text string
	at   time.Duration
}

// process is a command under way.
type process struct {
	*exec.Cmd
	begun time.Time
	out   bytes.Buffer
	errs  *bufio.Scanner
	lines []line // read so far
}

// start starts a command.
func (s shell) start(t *testing.T, args ...string) *process {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), hang())
	t.Cleanup(cancel)
	whole := append(append(s.as[:len(s.as):len(s.as)], executable(t)), args...)
	p := &process{Cmd: exec.CommandContext(ctx, whole[0], whole[1:]...), begun: time.Now()}
	p.Dir, p.Env, p.Stdout = s.dir, append(os.Environ(), s.env...), &p.out
	errs, err := p.StderrPipe()
	require.NoError(t, err)
	p.errs = bufio.NewScanner(errs)
	require.NoError(t, p.Start())
	return p
}

// next reads a line of stderr; false means that there are no more.
func (p *process) next() (string, bool) {
	if !p.errs.Scan() {
		return "", false
	}
	p.lines = append(p.lines, line{p.errs.Text(), time.Since(p.begun)})
	return p.errs.Text(), true
}

// end waits for the end of the command.
func (p *process) end() result {
	for _, more := p.next(); more; _, more = p.next() {
	}
	_ = p.Wait() // the exit code says it
	var errs strings.Builder
	for _, l := range p.lines {
		errs.WriteString(l.text + "\n")
	}
	return result{p.ProcessState.ExitCode(), p.out.String(), errs.String(), p.lines}
}

// heft runs a command to its end.
func (s shell) heft(t *testing.T, args ...string) result {
	t.Helper()
	return s.start(t, args...).end()
}

// must is heft for a command that has to go well; it returns what was printed.
func (s shell) must(t *testing.T, args ...string) string {
	t.Helper()
	r := s.heft(t, args...)
	require.Equal(t, exitOK, r.code, "heft %s: %s", strings.Join(args, " "), r.errs)
	return r.out
}

// has tells whether a file is there.
func (s shell) has(name string) bool {
	_, err := os.Stat(s.path(name))
	return err == nil
}

// write writes a file into the shell's folder, and folders above it.
func (s shell) write(t *testing.T, name, text string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(s.path(name)), 0o777))
	require.NoError(t, os.WriteFile(s.path(name), []byte(text), 0o666))
}

// read reads a file of the shell's folder.
func (s shell) read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(s.path(name))
	require.NoError(t, err)
	return string(text)
}

// snapshot names the content of all files of the shell's folder, but for locks and what killed processes left.
func (s shell) snapshot(t *testing.T) map[string]string {
	t.Helper()
	files := map[string]string{}
	require.NoError(t, filepath.WalkDir(s.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == ".lock" || leftover.MatchString(d.Name()) {
			return err
		}
		text, err := os.ReadFile(path)
		files[strings.TrimPrefix(path, s.dir)] = fmt.Sprintf("%x", sha256.Sum256(text))
		return err
	}))
	return files
}
