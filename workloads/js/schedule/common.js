// Schedule: jobs that take time, in order of dependence or at once.
//
// params.kind: the plan.
// params.delays: how long each job takes.
// params.limit: how many jobs may run at once in a pool.
// params.real: the host's timers are used, which the realm's clock knows nothing of.
//
// The result tells the time that all of them took together and how many ran at
// once, so that a plan that waits too much or too little gives another one.

function mix(value, n) { return (value * 31 + n) | 0; }

function begin(operation) { return { operation: operation, start: promisebenchClock(), ends: [], most: 0 }; }

// job is the asynchronous job number k.
function job(tx, k, input, done) {
  const now = promisebenchClock();
  tx.ends = tx.ends.filter((end) => end > now);
  tx.ends.push(now + params.delays[k]);
  tx.most = Math.max(tx.most, tx.ends.length);
  return later(params.delays[k], null, mix(input, k + 1), done);
}

// Each result is weighed by its place, so that a wrong order is noticed.
function total(values) {
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum = (sum + values[k] * (k + 1)) | 0;
  return sum;
}

function finish(tx, value) { return mix(mix(value, promisebenchClock() - tx.start), tx.most); }
