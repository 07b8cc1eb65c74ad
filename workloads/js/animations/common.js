// Animations: one after the other, up to the first that fails; the result is
// the value of the last one that did not.
//
// params.delays: how long each takes.
// params.failing: failing[i % length] is the one that fails in operation i,
// counted from 1, or 0.

function mix(value, n) { return (value * 31 + n) | 0; }

function begin(operation) {
  return {
    operation: operation,
    start: promisebenchClock(),
    failing: params.failing[operation % params.failing.length],
    last: operation,
  };
}

// animate is the asynchronous animation number k.
function animate(tx, k, done) {
  const error = k + 1 === tx.failing ? Object.assign(new Error('animation ' + k + ' failed'), { animation: k }) : null;
  return later(params.delays[k], error, mix(tx.operation, k), done);
}

// stopped lets pass no error but the one that was meant to happen.
function stopped(error) { if (error.animation === undefined) throw error; }

function finish(tx) { return mix(tx.last, promisebenchClock() - tx.start); }
