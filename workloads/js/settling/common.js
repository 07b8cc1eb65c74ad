// Settling: three links of one kind, each of which makes a promise in its way.
//
// params.kind: which way.

function next(value) { return (value * 31 + 7) | 0; }

function fault(value) { return Object.assign(new Error('on purpose'), { value: value }); }

function valueOf(error) { return error.value; }

function cleanUp() {}
