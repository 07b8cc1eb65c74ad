package engines

import "errors"

// An Error is an error of an engine or one of its realms. Its text begins with
// the engine's name.
type Error struct {
	Engine string
	Err    error
}

func (e *Error) Error() string { return e.Engine + ": " + e.Err.Error() }
func (e *Error) Unwrap() error { return e.Err }

// Unsupported is the error for what an engine does not have, which is a reason
// to skip and no failure. It wraps [errors.ErrUnsupported].
type Unsupported struct{ Why string }

func (u Unsupported) Error() string { return u.Why + ": " + errors.ErrUnsupported.Error() }
func (u Unsupported) Unwrap() error { return errors.ErrUnsupported }

// Reason returns what err says without what its type says already: without the
// engine's name, and of an [Unsupported] the why alone.
func Reason(err error) string {
	var unsupported Unsupported
	if errors.As(err, &unsupported) {
		return unsupported.Why
	}
	var named *Error
	if errors.As(err, &named) {
		return named.Err.Error()
	}
	return err.Error()
}
