// Await: nothing but waiting for operands of one kind.
//
// params.kind: of what kind, the name of a function below.
// params.awaits: how many, one after the other.

// A Sleep is a thenable that waits and then tells how long it did.
class Sleep {
  constructor(delay) { this.delay = delay; }

  then(resolve) {
    const start = promisebenchClock();
    promisebenchTimer(() => resolve(promisebenchClock() - start), this.delay);
  }
}

const operand = {
  value(k) { return k; },
  promise(k) { return Promise.resolve(k); },
  thenable(k) { return { then(resolve) { resolve(k); } }; },
  sleep(k) { return new Sleep(k); },
}[params.kind];
