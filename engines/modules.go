package engines

import "context"

// A ModuleRealm is a [Realm] that may load ECMAScript modules. It is found by
// type assertion.
type ModuleRealm interface {
	// ProbeModules evaluates files[entry] as a module, with what it imports:
	// specifiers are "./" and the name of another file. It returns what was
	// logged when the module has been evaluated or nothing can go on by
	// itself: a host whose loader works outside the job queue also stops where
	// the global function promisebenchWaiting returns more than 0, by which a
	// program says that it waits for the next call of [Realm.Probe].
	//
	// The error wraps [errors.ErrUnsupported] where there are no modules.
	ProbeModules(ctx context.Context, entry string, files map[string]string) ([]string, error)
}
