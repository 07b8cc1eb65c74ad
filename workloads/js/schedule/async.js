const plans = {
  async sequential(tx) {
    let value = tx.operation;
    for (let k = 0; k < params.delays.length; k++) value = await job(tx, k, value);
    return finish(tx, value);
  },

  async parallel(tx) {
    return finish(tx, total(await Promise.all(params.delays.map((_, k) => job(tx, k, tx.operation)))));
  },

  async mixed(tx) {
    const pair = async (k) => await job(tx, k + 1, await job(tx, k, tx.operation));
    const both = await Promise.all([pair(0), pair(2)]);
    return finish(tx, await job(tx, 4, (both[0] + both[1]) | 0));
  },

  async pool(tx) {
    const values = [];
    const running = new Set();
    for (let k = 0; k < params.delays.length; k++) {
      const ended = job(tx, k, tx.operation).then((value) => {
        running.delete(ended);
        values[k] = value;
      });
      running.add(ended);
      if (running.size === params.limit) await Promise.race(running);
    }
    await Promise.all(running);
    return finish(tx, total(values));
  },
};

function operation(i) { return plans[params.kind](begin(i)); }
