// For callback styles: what a host's event loop does for callbacks. A step's
// result is handed over in a later turn, never while the caller still runs.
// All engines get this same run queue, driven by one promise job a turn,
// because hosts differ in what else they offer (setImmediate, queueMicrotask,
// nothing at all).
const turns = { next: [], scheduled: false, settled: Promise.resolve() };

function runTurn() {
  const turn = turns.next;
  turns.next = [];
  turns.scheduled = false;
  try {
    for (let k = 0; k < turn.length; k += 3) turn[k](turn[k + 1], turn[k + 2]);
  } catch (error) {
    promisebenchFail('a callback threw', error); // else the driver would only see that some never settle
  }
}

// settle ends an asynchronous step: done hears (error, value) in the next turn.
function settle(error, value, done) {
  turns.next.push(done, error, value);
  if (!turns.scheduled) {
    turns.scheduled = true;
    turns.settled.then(runTurn);
  }
}

// later is settle after a delay: on the realm's clock, or in earnest if that is
// what params.real says.
function later(delay, error, value, done) {
  (params.real ? promisebenchRealTimer : promisebenchTimer)(() => done(error, value), delay);
}
