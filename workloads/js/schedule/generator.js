const plans = {
  * sequential(tx) {
    let value = tx.operation;
    for (let k = 0; k < params.delays.length; k++) value = yield job(tx, k, value);
    return finish(tx, value);
  },

  * parallel(tx) {
    return finish(tx, total(yield Promise.all(params.delays.map((_, k) => job(tx, k, tx.operation)))));
  },

  * mixed(tx) {
    const pair = (k) => spawn(function* () { return yield job(tx, k + 1, yield job(tx, k, tx.operation)); });
    const both = yield Promise.all([pair(0), pair(2)]);
    return finish(tx, yield job(tx, 4, (both[0] + both[1]) | 0));
  },

  * pool(tx) {
    const values = [];
    const running = new Set();
    for (let k = 0; k < params.delays.length; k++) {
      const ended = job(tx, k, tx.operation).then((value) => {
        running.delete(ended);
        values[k] = value;
      });
      running.add(ended);
      if (running.size === params.limit) yield Promise.race(running);
    }
    yield Promise.all(running);
    return finish(tx, total(values));
  },
};

function operation(i) { return spawn(() => plans[params.kind](begin(i))); }
