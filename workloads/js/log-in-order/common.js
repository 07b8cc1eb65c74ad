// Log in order: texts are read at once and shown in their order, each as soon
// as all before it have been.
//
// params.delays: how long each read takes.

function mix(value, n) { return (value * 31 + n) | 0; }

function begin(operation) { return { operation: operation, start: promisebenchClock(), shown: operation }; }

// read is an asynchronous step.
function read(tx, k, done) { return later(params.delays[k], null, mix(tx.operation, k), done); }

function readAll(tx) { return params.delays.map((_, k) => read(tx, k)); }

// show also tells when, so that a text that is shown late is noticed.
function show(tx, text) { tx.shown = mix(mix(tx.shown, text), promisebenchClock() - tx.start); }
