package releases

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// held are the folders that this process has open, and so keeps others from removing,
// by path. The system lets go of them when the process ends, however it does.
var held sync.Map

// hold notes that a release is used, and keeps it until this process ends. The error
// wraps [os.ErrNotExist] if it is not there.
func (s *Store) hold(r Release) error {
	if _, err := os.Stat(r.Path); err != nil {
		return err
	}
	folder := s.folder(r)
	now := time.Now()
	if err := os.Chtimes(folder, now, now); err != nil {
		return err
	}
	if _, ok := held.Load(folder); ok {
		return nil
	}
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_SH); err != nil {
		return errors.Join(err, f.Close())
	}
	// Somebody may have removed it just before.
	if _, err := os.Stat(r.Path); err != nil {
		return errors.Join(err, f.Close())
	}
	if _, twice := held.LoadOrStore(folder, f); twice {
		return f.Close()
	}
	return nil
}

// remove removes a release that nobody holds, and reports whether it did.
func (s *Store) remove(r Release) (bool, error) {
	folder := s.folder(r)
	f, err := os.Open(folder)
	if errors.Is(err, os.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return false, nil
		}
		return false, err
	}
	// At once, for nobody must find a half of it.
	going, err := os.MkdirTemp(s.Dir, getting)
	if err != nil {
		return false, err
	}
	if err := os.Rename(folder, filepath.Join(going, "old")); err != nil {
		return false, errors.Join(err, os.Remove(going))
	}
	return true, os.RemoveAll(going)
}
