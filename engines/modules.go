package engines

import "context"

// A ModuleRealm is a [Realm] that may load ECMAScript modules. It is found by
// type assertion.
type ModuleRealm interface {
	// ProbeModules evaluates files[entry] as a module, with what it imports:
	// specifiers are "./" and the name of another file. It returns what was
	// logged when the module has been evaluated, no job and no timer is left.
	//
	// The error wraps [errors.ErrUnsupported] where there are no modules.
	ProbeModules(ctx context.Context, entry string, files map[string]string) ([]string, error)
}
