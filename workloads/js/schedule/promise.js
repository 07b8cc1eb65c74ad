const plans = {
  sequential(tx) {
    return params.delays.reduce((chain, _, k) => chain.then((value) => job(tx, k, value)), Promise.resolve(tx.operation));
  },

  parallel(tx) {
    return Promise.all(params.delays.map((_, k) => job(tx, k, tx.operation))).then(total);
  },

  mixed(tx) {
    const left = job(tx, 0, tx.operation).then((value) => job(tx, 1, value));
    const right = job(tx, 2, tx.operation).then((value) => job(tx, 3, value));
    return Promise.all([left, right]).then((both) => job(tx, 4, (both[0] + both[1]) | 0));
  },

  pool(tx) {
    const values = [];
    const running = new Set();
    function start(k) {
      const ended = job(tx, k, tx.operation).then((value) => {
        running.delete(ended);
        values[k] = value;
      });
      running.add(ended);
    }
    function fill(k) {
      while (k < params.delays.length) {
        start(k++);
        if (running.size === params.limit) return Promise.race(running).then(() => fill(k));
      }
      return Promise.all(running);
    }
    return fill(0).then(() => total(values));
  },
};

function operation(i) {
  const tx = begin(i);
  return plans[params.kind](tx).then((value) => finish(tx, value));
}
