// Errors: three calls, each with the result of the one before, of which one may
// fail; or one call that is tried up to three times.
//
// params.kind: how errors are dealt with.
// params.failing: failing[i % length] is the call of operation i that fails, or 0;
// for retry it is the number of attempts that fail.

function mix(value, n) { return (value * 31 + n) | 0; }

function begin(operation) {
  return { operation: operation, failing: params.failing[operation % params.failing.length], calls: 0 };
}

function fault(n) { return Object.assign(new Error('call ' + n + ' failed'), { call: n }); }

// call is the asynchronous call number n.
function call(tx, n, input, done) {
  tx.calls++;
  return n === tx.failing ? settle(fault(n), undefined, done) : settle(null, mix(input, n), done);
}

// attempt is the asynchronous attempt number n.
function attempt(tx, n, done) {
  tx.calls++;
  return n <= tx.failing ? settle(fault(n), undefined, done) : settle(null, mix(tx.operation, n), done);
}

// recover tells what takes the place of a failed call's result.
function recover(tx, error) {
  if (error.call === undefined) throw error; // not one of ours
  return ~mix(tx.operation, error.call);
}

function finish(tx, value) { return mix(value, tx.calls); }
